"""Who sees what: the roles, where each begins, and the pages with the roles that have them.

The one table of permissions on pages: navigation, guard, callbacks, files and tests read it. What
draws and fills a page stands in `callbacks.web.registry`.
"""

from dataclasses import dataclass
from typing import Final

MANAGER: Final = "manager"
ANALYST: Final = "analyst"
WALL: Final = "wall"
EVERYBODY = frozenset({MANAGER, ANALYST, WALL})
PEOPLE = frozenset({MANAGER, ANALYST})
MANAGERS = frozenset({MANAGER})
# Who reads reports; the filters, the rows behind a number and the files go with them.
REPORT_READERS = MANAGERS


@dataclass(frozen=True)
class Role:
    """`is_screen`: a television instead of a person, without navigation and without an account."""

    home: str
    is_screen: bool = False


ROLES = {
    MANAGER: Role("/overview"),
    ANALYST: Role("/analyst"),
    WALL: Role("/operations?kiosk=1", is_screen=True),
}


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        is_report: Numbers of a period: links to it carry the filters along, its numbers open the
            rows behind them, and it can be had as a file.
        is_wall: Analysts see it only where `access.analyst_wall` lets them.
    """

    path: str
    icon: str
    roles: frozenset[str]
    group: int
    is_report: bool = False
    is_wall: bool = False

    @property
    def name(self) -> str:
        """What its ids, its texts and its folders begin with."""
        return self.path.strip("/")

    def is_open_to(self, role: str, *, sees_wall: bool) -> bool:
        return role in self.roles and (sees_wall or not self.is_wall)


PAGES = {
    page.path: page
    for page in (
        Page("/operations", "broadcast", EVERYBODY, 0, is_wall=True),
        Page("/overview", "columns-gap", REPORT_READERS, 1, is_report=True),
        Page("/quality", "emoji-smile", REPORT_READERS, 1, is_report=True),
        Page("/times", "stopwatch", REPORT_READERS, 1, is_report=True),
        Page("/ai", "sparkles", REPORT_READERS, 1, is_report=True),
        Page("/crosstabs", "grid-3x3", REPORT_READERS, 1, is_report=True),
        Page("/telephony", "telephone", REPORT_READERS, 1, is_report=True),
        Page("/staffing", "calendar2-week", REPORT_READERS, 1, is_report=True),
        Page("/backoffice", "diagram-3", REPORT_READERS, 1, is_report=True),
        Page("/details", "table", REPORT_READERS, 1, is_report=True),
        Page("/differences", "question-circle", REPORT_READERS, 1, is_report=True),
        Page("/analyst", "flag", PEOPLE, 2),
        Page("/alerts", "bell", MANAGERS, 3),
        Page("/status", "hdd-network", MANAGERS, 3),
        Page("/accounts", "people", MANAGERS, 3),
        Page("/settings", "sliders", MANAGERS, 3),
    )
}


def sees_wall(role: str, *, analyst_wall: bool) -> bool:
    return role != ANALYST or analyst_wall
