"""The overview: what its address asks for, in numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dash import Dash
from dash.development.base_component import Component

from callbacks import bi_pages
from callbacks import overview_figures as figures
from callbacks.kpis import kpis
from callbacks.overview_query import OverviewQuery
from callbacks.page_question import Question
from layouts import overview
from layouts.context import Context
from layouts.overview_data import Overview
from metrics import telephony
from metrics.schema import attribute
from services.backend import Backend


def content(
    question: Question[OverviewQuery], context: Context, backend: Backend
) -> Sequence[Component]:
    """Everything below the filters."""
    at = datetime.fromtimestamp(backend.clock(), UTC)
    rules = question.rules
    sheet = kpis(question, overview.KEYS, at, context)
    reasons, mentions = figures.reasons(question)
    counted = figures.volume(question)
    agents, total = figures.agents(question, context)
    credits = telephony.calls_per_agent(question.tables, question.period, question.filters, rules)
    return overview.content(
        Overview(
            kpis=sheet,
            news=figures.news(sheet, reasons, context),
            reasons=reasons,
            mentions=mentions,
            reason_label=rules.labels.reason,
            reason_missing=attribute(rules.labels.reason) not in question.tables.conversations,
            days=figures.days(question, counted),
            hours=figures.hours(question, counted),
            points=figures.points(question, context),
            by_reason=question.query.matrix == "reason",
            origins=figures.origins(question),
            agents=agents,
            total=total,
            csat_minimum=rules.csat_minimum,
            goal=rules.goal_classification,
            participations=int(credits.loc[credits["agent_id"].notna(), "calls"].sum()),
            passports=figures.passports(question, at, context),
        ),
        context,
    )


PAGE = bi_pages.bi_page("/overview", OverviewQuery, content)
render = PAGE.render


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""
    bi_pages.register(app, backend, PAGE)
