"""What draws and fills each page of `layouts.roles`."""

from typing import Protocol

from dash import Dash

from callbacks.pages.accounts import page as accounts
from callbacks.pages.ai import page as ai
from callbacks.pages.alerts import page as alerts
from callbacks.pages.analyst import page as analyst
from callbacks.pages.backoffice import page as backoffice
from callbacks.pages.crosstabs import page as crosstabs
from callbacks.pages.details import page as details
from callbacks.pages.differences import page as differences
from callbacks.pages.operations import page as operations
from callbacks.pages.overview import page as overview
from callbacks.pages.quality import page as quality
from callbacks.pages.settings import page as settings
from callbacks.pages.staffing import page as staffing
from callbacks.pages.status import page as status
from callbacks.pages.telephony import page as telephony
from callbacks.pages.times import page as times
from callbacks.reports import filters, rows_panel
from layouts.components.context import Context
from layouts.elements import Element
from services.runtime.backend import Backend


class PageCallbacks(Protocol):
    def render(self, context: Context, search: str) -> Element:
        """The frame; what depends on data is filled by the page's callbacks."""

    def register(self, app: Dash, backend: Backend) -> None: ...


REPORTS = {
    page.path: page
    for page in (
        overview.PAGE,
        quality.PAGE,
        times.PAGE,
        ai.PAGE,
        crosstabs.PAGE,
        telephony.PAGE,
        staffing.REPORT_PAGE,
        backoffice.PAGE,
        details.PAGE,
        differences.PAGE,
    )
}
PAGES: dict[str, PageCallbacks] = {
    "/operations": operations,
    **REPORTS,
    "/analyst": analyst,
    "/alerts": alerts,
    "/status": status,
    "/accounts": accounts,
    "/settings": settings,
}


def register(app: Dash, backend: Backend) -> None:
    for page in PAGES.values():
        page.register(app, backend)
    filters.register(app, backend, REPORTS)
    rows_panel.register(app, backend, REPORTS)
