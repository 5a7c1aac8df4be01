"""The times page: how fast conversations are answered and closed, and what runs late now."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dash import Dash
from dash.development.base_component import Component

from callbacks import bi_pages
from callbacks import times_figures as figures
from callbacks.kpis import kpis
from callbacks.page_question import Question
from callbacks.times_query import TimesQuery
from layouts import times
from layouts.context import Context
from layouts.times_data import Group, Times
from metrics.catalog import CATALOG
from metrics.schema import attribute
from services.backend import Backend

STOCKS = ("backlog_age", "awaiting_first_response")


def content(
    question: Question[TimesQuery], context: Context, backend: Backend
) -> Sequence[Component]:
    """Everything below the filters."""
    at = datetime.fromtimestamp(backend.clock(), UTC)
    rules = question.rules
    groups, hidden = figures.groups(question, context)
    sheet = kpis(question, times.KEYS, at, context)
    stocks = {key: question.number(CATALOG[key]) for key in STOCKS}
    numbers = {kpi.metric.key: kpi.now for kpi in sheet} | stocks
    missing = attribute(rules.labels.reason) not in question.tables.conversations
    return times.content(
        Times(
            kpis=sheet,
            spreads=figures.spreads(question, numbers),
            by=question.query.group,
            groups=groups,
            hidden=hidden,
            every=question.query.every is not None,
            total=Group("", context.text("overview.total"), numbers),
            label=rules.labels.reason if question.query.by == "reason" and missing else "",
            hours=figures.hours(question),
            slow_key=question.query.slowest,
            slowest=figures.slowest(question, backend, context),
            reopened=figures.reopened(question),
            price=numbers["reopen_price"],
            reopen_rate=numbers["reopen_rate"],
            backlog=numbers["backlog_age"].parts,
            sla=numbers["sla_hit_rate"].parts,
            sla_rate=numbers["sla_hit_rate"],
            due=figures.due(question, backend, context),
            due_parts=numbers["awaiting_first_response"].parts,
            target=rules.first_response_seconds,
            at=at,
            passports=figures.passports(question, numbers, at, context),
        ),
        context,
    )


PAGE = bi_pages.bi_page("/times", TimesQuery, content)
render = PAGE.render


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""
    bi_pages.register(app, backend, PAGE)
