"""The page of cross-tabs: what its address asks for, in numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dash import Dash
from dash.development.base_component import Component

from callbacks import bi_pages
from callbacks.crosstabs_cross import cross
from callbacks.crosstabs_query import CrosstabsQuery
from callbacks.crosstabs_reports import categories, pairs
from callbacks.page_question import Question
from layouts import crosstabs
from layouts.context import Context
from services.backend import Backend


def content(
    question: Question[CrosstabsQuery], context: Context, backend: Backend
) -> Sequence[Component]:
    """Everything below the filters."""
    at = datetime.fromtimestamp(backend.clock(), UTC)
    report = question.query.report
    if report == "reasons":
        return crosstabs.pairs(pairs(question, at, context), context)
    if report == "categories":
        return crosstabs.categories(categories(question, at, context), context)
    return crosstabs.cross(cross(question, at, context), context)


PAGE = bi_pages.bi_page("/crosstabs", CrosstabsQuery, content)
render = PAGE.render


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""
    bi_pages.register(app, backend, PAGE)
