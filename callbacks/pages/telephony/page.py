"""The page of the telephone: what its address asks for, in numbers."""

from collections.abc import Sequence

from callbacks.pages.telephony import figures
from callbacks.pages.telephony.figures import TelephonyQuery
from callbacks.reports.kpis import build_kpis
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.telephony import page as telephony
from layouts.pages.telephony.data import Telephony
from metrics.live import calls
from metrics.measures import telephony as measures
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.query.crosstab import table_of
from metrics.query.drilldown import LISTS
from services.runtime.backend import Backend

PEOPLE_SHOWN = 40


def content(
    question: ReportView[TelephonyQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    source = question.snapshot.sources.get("aircall")
    if (source is None or source.state == "off") and question.tables.calls.empty:
        return [telephony.off(context)]
    at = backend.now()
    lines = figures.list_line_choices(question)
    chosen = question.view
    week = table_of(("weekday", "hour"), chosen, metric=CATALOG["calls_inbound"])
    people = table_of(
        ("agent", "hour"), chosen, metric=CATALOG["calls_answered"], top=(PEOPLE_SHOWN, 24)
    )
    agents = [row for row in calls.agent_calls(chosen) if row.id != UNASSIGNED]
    transfers = calls.transfers(chosen)
    named = {*people.down.keys, *(row.id for row in agents)}
    named |= {person for row in transfers for person in (row.giver, row.taker)}
    missed = question.number(CATALOG["calls_missed"])
    answer = question.number(CATALOG["time_to_answer"])
    every = question.number(LISTS["calls"])
    return telephony.content(
        Telephony(
            kpis=build_kpis(question, telephony.KEYS, at, context),
            lines=lines,
            has_main_lines=bool(question.rules.main_lines),
            heat=question.query.heat,
            week=week,
            week_loss=table_of(("weekday", "hour"), chosen, metric=CATALOG["loss_rate"]),
            happened=figures.count_weekdays(question),
            peaks=figures.find_peaks(question, chosen),
            outcomes={key: missed.parts.get(key, 0) for key in measures.OUTCOMES},
            answered=question.number(CATALOG["calls_answered"]).n,
            inbound=question.number(CATALOG["calls_inbound"]).n,
            loss=question.number(CATALOG["loss_rate"]),
            lost_hours=figures.count_lost_by_hour(chosen),
            answers=figures.build_answer_bars(question),
            answer=answer,
            target=question.rules.service_level_seconds,
            in_time=figures.count_in_time(question),
            people=people,
            names=figures.person_words(question, named, context),
            agents=agents,
            credits=sum(row.answered for row in agents),
            line_rows=figures.build_lines(question, context),
            transfers=transfers,
            callers=calls.recurring_callers(chosen),
            owed=calls.owed(chosen),
            recent=figures.list_recent(question, backend, context),
            calls=every.n,
            infos=figures.build_infos(question, every.n, at, context),
        ),
        context,
    )


PAGE = ReportPage("/telephony", TelephonyQuery, content)
