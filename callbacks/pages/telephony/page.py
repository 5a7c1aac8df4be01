"""The page of the telephone: what its address asks for, in numbers."""

from collections.abc import Sequence

from callbacks.pages.telephony import figures
from callbacks.pages.telephony.figures import TelephonyQuery
from callbacks.reports.kpis import build_kpis
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components import report_frame
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.telephony import page as telephony
from layouts.pages.telephony.data import Telephony
from metrics.live import calls
from metrics.measures.telephony import OUTCOMES
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
    if (source is None or source.state == "off") and question.tables.calls.is_empty():
        return [telephony.off(context)]
    at = backend.now()
    listed = (LISTS["calls"], LISTS["transfers"], LISTS["call_contradictions"])
    numbers = question.numbers([*(CATALOG[key] for key in telephony.KEYS), *listed])
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
    waits = figures.measure_waits(question)
    return telephony.content(
        Telephony(
            kpis=build_kpis(question, telephony.KEYS, at, context),
            gap=numbers["calls_missed"].gap,
            notes=figures.build_notes(question, numbers["calls_missed"].gap, context),
            lines=lines,
            has_main_lines=bool(question.rules.main_lines),
            heat=question.query.heat,
            week=week,
            week_loss=table_of(("weekday", "hour"), chosen, metric=CATALOG["loss_rate"]),
            happened=figures.count_weekdays(question),
            peaks=figures.find_peaks(question, chosen),
            outcomes={key: numbers["calls_missed"].parts.get(key, 0) for key in OUTCOMES},
            answered=numbers["calls_answered"].n,
            contradictions=numbers["call_contradictions"].n,
            inbound=numbers["calls_inbound"].n,
            loss=numbers["loss_rate"],
            lost_hours=figures.count_lost_by_hour(chosen),
            answers=figures.build_answer_bars(waits),
            answer=numbers["time_to_answer"],
            target=question.rules.service_level_seconds,
            in_time=int((waits <= question.rules.service_level_seconds).sum()),
            people=people,
            names=figures.person_words(question, named, context),
            agents=agents,
            credits=sum(row.answered for row in agents),
            line_rows=figures.build_lines(question, context),
            transfers=transfers,
            callers=calls.recurring_callers(chosen),
            owed=calls.owed(chosen),
            recent=figures.list_recent(question, backend, context),
            calls=numbers["calls"].n,
            infos=figures.build_infos(question, numbers, at, context),
        ),
        context,
    )


PAGE = ReportPage(
    "/telephony",
    TelephonyQuery,
    content,
    source="aircall",
    frame=report_frame.page_with_trend,
    trends=telephony.TRENDS,
)
