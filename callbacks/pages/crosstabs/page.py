"""The page of cross-tabs: what its address asks for, in numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dash import Dash
from dash.development.base_component import Component

from callbacks.pages.crosstabs.cross import cross
from callbacks.pages.crosstabs.query import CrosstabsQuery
from callbacks.pages.crosstabs.reports import categories, pairs
from callbacks.reports import report_page
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.pages.crosstabs import page as crosstabs
from services.runtime.backend import Backend


def content(
    question: ReportView[CrosstabsQuery], context: Context, backend: Backend
) -> Sequence[Component]:
    """Everything below the filters."""
    at = datetime.fromtimestamp(backend.clock(), UTC)
    report = question.query.report
    if report == "reasons":
        return crosstabs.pairs(pairs(question, at, context), context)
    if report == "categories":
        return crosstabs.categories(categories(question, at, context), context)
    return crosstabs.cross(cross(question, at, context), context)


PAGE = report_page.add_report_page("/crosstabs", CrosstabsQuery, content)
render = PAGE.render


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""
    report_page.register(app, backend, PAGE)
