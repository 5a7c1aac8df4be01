"""The pages: their routes, who may see them, and what draws them."""

from collections.abc import Callable
from dataclasses import dataclass

from dash.development.base_component import Component

from callbacks.pages.accounts import page as accounts
from callbacks.pages.alerts import page as alerts
from callbacks.pages.analyst import page as analyst
from callbacks.pages.backoffice import page as backoffice
from callbacks.pages.crosstabs import page as crosstabs
from callbacks.pages.details import page as details
from callbacks.pages.operations import page as operations
from callbacks.pages.overview import page as overview
from callbacks.pages.quality import page as quality
from callbacks.pages.staffing import page as staffing
from callbacks.pages.status import page as status
from callbacks.pages.telephony import page as telephony
from callbacks.pages.times import page as times
from callbacks.reports import filters, rows_panel
from layouts.components.context import Context
from layouts.components.shell import ANALYST, MANAGER, WALL


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        path: Its route.
        roles: Who may see it.
        title: Key of its name.
        render: Draws its frame; what depends on data is filled by its callbacks.
    """

    path: str
    roles: frozenset[str]
    title: str
    render: Callable[[Context, str], Component]


PAGES = {
    page.path: page
    for page in (
        Page(
            "/operations", frozenset({MANAGER, ANALYST, WALL}), "nav.operations", operations.render
        ),
        Page("/overview", frozenset({MANAGER}), "nav.overview", overview.render),
        Page("/quality", frozenset({MANAGER}), "nav.quality", quality.render),
        Page("/times", frozenset({MANAGER}), "nav.times", times.render),
        Page("/crosstabs", frozenset({MANAGER}), "nav.crosstabs", crosstabs.render),
        Page("/telephony", frozenset({MANAGER}), "nav.telephony", telephony.render),
        Page("/staffing", frozenset({MANAGER}), "nav.staffing", staffing.render),
        Page("/backoffice", frozenset({MANAGER}), "nav.backoffice", backoffice.render),
        Page("/details", frozenset({MANAGER}), "nav.details", details.render),
        Page("/analyst", frozenset({MANAGER, ANALYST}), "nav.analyst", analyst.render),
        Page("/alerts", frozenset({MANAGER}), "nav.alerts", alerts.render),
        Page("/status", frozenset({MANAGER}), "nav.status", status.render),
        Page("/accounts", frozenset({MANAGER}), "nav.accounts", accounts.render),
    )
}
MODULES = (
    operations,
    overview,
    quality,
    times,
    crosstabs,
    telephony,
    staffing,
    backoffice,
    details,
    analyst,
    filters,
    rows_panel,
    alerts,
    status,
    accounts,
)
