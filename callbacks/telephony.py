"""The page of the telephone: what its address asks for, in numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dash import Dash
from dash.development.base_component import Component

from callbacks import bi_pages
from callbacks import telephony_figures as figures
from callbacks import telephony_tables as tables
from callbacks.kpis import kpis
from callbacks.page_question import Question
from callbacks.telephony_query import TelephonyQuery
from layouts import telephony
from layouts.context import Context
from layouts.telephony_data import Telephony
from metrics import telephony as measures
from metrics.behind import LISTS
from metrics.catalog import CATALOG
from metrics.crosstab import table_of
from services.backend import Backend

PEOPLE_SHOWN = 40


def content(
    question: Question[TelephonyQuery], context: Context, backend: Backend
) -> Sequence[Component]:
    """Everything below the filters."""
    source = question.snapshot.sources.get("aircall")
    if (source is None or source.state == "off") and question.tables.calls.empty:
        return [telephony.off(context)]
    at = datetime.fromtimestamp(backend.clock(), UTC)
    lines = figures.line_choices(question)
    choice = figures.choice(question)
    week = table_of(("weekday", "hour"), choice, metric=CATALOG["calls_inbound"])
    people = table_of(
        ("agent", "hour"), choice, metric=CATALOG["calls_answered"], top=(PEOPLE_SHOWN, 24)
    )
    agents, credits = tables.agents(question, choice, context)
    missed = question.number(CATALOG["calls_missed"])
    answer = question.number(CATALOG["time_to_answer"])
    every = question.number(LISTS["calls"])
    return telephony.content(
        Telephony(
            kpis=kpis(question, telephony.KEYS, at, context),
            lines=lines,
            has_main_lines=bool(question.rules.main_lines),
            heat=question.query.heat,
            week=week,
            week_loss=table_of(("weekday", "hour"), choice, metric=CATALOG["loss_rate"]),
            happened=figures.happened(question),
            peaks=figures.busiest(question, choice),
            outcomes={key: missed.parts.get(key, 0) for key in measures.OUTCOMES},
            answered=question.number(CATALOG["calls_answered"]).n,
            inbound=question.number(CATALOG["calls_inbound"]).n,
            loss=question.number(CATALOG["loss_rate"]),
            lost_hours=figures.lost_hours(choice),
            answers=figures.answer_bars(question),
            answer=answer,
            target=question.rules.service_level_seconds,
            in_time=figures.in_time(question),
            people=people,
            agent_names=figures.person_names(people.down, question, context),
            agents=agents,
            credits=credits,
            line_rows=tables.lines(question, context),
            transfers=tables.transfers(question, choice, context),
            callers=tables.callers(choice),
            owed=tables.owed(question, choice),
            recent=tables.recent(question, backend, context),
            calls=every.n,
            passports=figures.passports(question, every.n, at, context),
        ),
        context,
    )


PAGE = bi_pages.bi_page("/telephony", TelephonyQuery, content)
render = PAGE.render


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""
    bi_pages.register(app, backend, PAGE)
