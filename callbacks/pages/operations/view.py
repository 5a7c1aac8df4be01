"""What the wall asks of a version: for whom, for which teams, from when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from callbacks.pages.operations.query import OperationsQuery
from callbacks.reports.report_view import VersionView
from layouts.pages.operations.page import Late
from metrics.live.current import team_names
from metrics.model import people
from metrics.model.filters import Filters
from metrics.model.periods import Period
from services.accounts.accounts import Viewer
from services.settings.config import Settings
from services.settings.links import conversation_url

NAMES = {"intercom": "Intercom", "aircall": "Aircall"}


@dataclass(frozen=True)
class OperationsView(VersionView[OperationsQuery]):
    """What the wall and the panel beside it answer.

    Attributes:
        viewer: Who asks; from the session.
        settings: Where things open, and what devices may show.
    """

    viewer: Viewer
    settings: Settings

    @property
    def kiosk(self) -> bool:
        """Whether the wall hangs in a room; a device's screen always does."""
        return self.query.kiosk is not None or self.viewer.role == "wall"

    @property
    def filters(self) -> Filters:
        return self.query.filters

    @property
    def period(self) -> Period:
        """Today, whatever stretch is asked for: `start` says from when volume is counted."""
        return Period(self.today, self.today)

    @cached_property
    def start(self) -> pd.Timestamp:
        """From when volume and calls are counted."""
        return self.query.start(self.tables.now, self.rules)

    @cached_property
    def teams(self) -> dict[str, str]:
        """Id -> name of the teams in scope."""
        known = team_names(self.tables, self.rules)
        return {team: known.get(team, "") for team in self.rules.team_ids} or known

    @cached_property
    def names(self) -> Mapping[str, tuple[str, str]]:
        """Id -> (name, status) of everybody."""
        return people.names(self.tables)

    @property
    def has_voice(self) -> bool:
        """Whether there is telephony at all."""
        return self._state("aircall") not in (None, "off")

    @property
    def voice_read(self) -> bool:
        """Whether Aircall has ever answered."""
        return self.has_voice and self.snapshot.sources["aircall"].as_of is not None

    def late_at(self, source: str) -> datetime | None:
        """When a late or failed source last answered; None while all is well with it."""
        if self._state(source) not in ("late", "failed"):
            return None
        return self.snapshot.sources[source].as_of

    @property
    def late(self) -> list[Late]:
        """The sources without a recent answer, and what that means for the numbers."""
        late = [name for name in NAMES if self._state(name) in ("late", "failed")]
        return [self._late(name, len(late) > 1) for name in late]

    def _late(self, name: str, both: bool) -> Late:
        status = self.snapshot.sources[name]
        key = "both" if both else name
        if name == "intercom" and not self.has_voice:
            key = "intercom_alone"
        if name == "aircall" and status.as_of is None:
            key = "aircall_never"
        helps = self.viewer.role == "manager" and not self.kiosk
        return Late(NAMES[name], key, status.as_of, helps)

    def _state(self, source: str) -> str | None:
        status = self.snapshot.sources.get(source)
        return None if status is None else status.state

    def may_see(self, agent_id: str | None) -> bool:
        """Whether the reader may see the rows of that person, behind the numbers.

        A screen in a room shows nobody's, whoever signed it in.
        """
        if self.kiosk:
            return False
        if self.viewer.role == "manager":
            return True
        return agent_id is not None and agent_id == self.viewer.agent_id

    def url(self, conversation_id: str) -> str | None:
        """Where a conversation opens."""
        template = self.settings.intercom.conversation_url
        return conversation_url(template, self.snapshot.meta.get("app_id"), conversation_id)


def instant(value: Any) -> datetime | None:
    """An instant of a table; None where it is missing."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).to_pydatetime()
