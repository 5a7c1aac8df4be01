"""The figures of the telephone for one choice of calls: asked of `metrics`, handed to `layouts`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from callbacks.reports import row_lines
from callbacks.reports.filter_choices import person_word
from callbacks.reports.listing import arranged, listing
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.components.rows_panel import Call
from layouts.pages.telephony.data import AgentCalls, Caller, LineCalls, LineChoice, Owed, Transfer
from layouts.pages.telephony.tables import LINE_KEYS
from metrics.live import calls_tables
from metrics.live.calls_tables import Peaks
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.lines import MAIN, line_names, line_of
from metrics.model.periods import midnight
from metrics.model.selection import select
from metrics.model.values import word
from metrics.model.view import View
from metrics.query.crosstab import Axis
from metrics.query.drilldown import LISTS
from services.runtime.backend import Backend


class TelephonyQuery(PageQuery):
    """The filters, and what the cells of the week tell."""

    heat: Literal["mean", "loss"] | None = None


# Waiting times are told in stretches of this many seconds, up to a last one without an end.
STRETCH, STRETCHES = 5, 12

Asked = ReportView[TelephonyQuery]


def line_choices(question: Asked) -> list[LineChoice]:
    """The lines that any call came on, the main ones first as one choice."""
    calls = question.tables.calls
    names = line_names(calls)
    chosen = set(question.query.line)
    known = sorted(set(line_of(calls)) - {"none"}, key=lambda line: names.get(line, line))
    found = [LineChoice(line, names.get(line, line), line in chosen) for line in known]
    if question.rules.main_lines:
        found.insert(0, LineChoice(MAIN, "", MAIN in chosen))
    return found


def happened(question: Asked) -> list[int]:
    """How often each weekday lies in what is loaded of the period."""
    first = question.snapshot.history.first_day
    return calls_tables.occurrences(question.period, first, question.today)


def busiest(question: Asked, view: View) -> Peaks:
    """The busiest hour and weekday."""
    return calls_tables.peaks(view, happened(question))


def lost_hours(view: View) -> dict[int, Mapping[str, int]]:
    """Lost calls by hour and outcome, from the first hour that has any to the last."""
    table = calls_tables.lost_by_hour(view)
    used = np.flatnonzero(table.sum(axis=1).to_numpy())
    if not len(used):
        return {}
    shown = table.loc[used[0] : used[-1]]
    return {
        int(hour): {str(outcome): int(n) for outcome, n in row.items()}
        for hour, row in shown.iterrows()
    }


def _waits(question: Asked) -> Any:
    return (
        select(CATALOG["time_to_answer"], question.view).values.dropna().to_numpy(dtype="float64")
    )


def answer_bars(question: Asked) -> list[tuple[int, int | None, int]]:
    """How many callers waited how long; the last bar has no end."""
    waits = _waits(question)
    ends = [*range(STRETCH, STRETCH * STRETCHES + 1, STRETCH), None]
    bars: list[tuple[int, int | None, int]] = []
    for place, end in enumerate(ends):
        start = place * STRETCH
        inside = (waits >= start) & (waits < end if end is not None else True)
        bars.append((start, end, int(inside.sum())))
    return bars


def in_time(question: Asked) -> int:
    """Calls that were answered within the target; at the limit it is still met."""
    return int((_waits(question) <= question.rules.service_level_seconds).sum())


def person_names(axis: Axis, question: ReportView[Any], context: Context) -> list[str]:
    """Words of the people of an axis."""
    known = people.names(question.tables)
    return [person_word(agent, known, context) for agent in axis.keys]


def infos(question: Asked, n: int, at: datetime, context: Context) -> dict[str, MetricInfo]:
    """What each panel means and rests on."""

    def number(key: str) -> int:
        return question.number(CATALOG[key]).n

    inbound, answered = number("calls_inbound"), number("calls_answered")
    told = [
        ("calls_by_weekday_hour", inbound, "calls_inbound"),
        ("outcomes", inbound, "calls_inbound"),
        ("lost_by_hour", number("calls_missed"), "calls_missed"),
        ("callback_debt", number("calls_missed"), "calls_missed"),
        ("calls_by_agent_hour", answered, "calls_answered"),
        ("calls_per_agent", n, "calls"),
        ("answers", number("time_to_answer"), "time_to_answer"),
        ("lines_table", n, "calls"),
        ("transfers", question.number(LISTS["transfers"]).n, "transfers"),
        ("recurring_callers", n, "calls"),
        ("calls", n, "calls"),
    ]
    return {
        key: figure_info(key, rows, question, at, context, sources=("aircall",), listed=listed)
        for key, rows, listed in told
    }


RECENT = 20


def agents(question: Asked, view: View, context: Context) -> tuple[list[AgentCalls], int]:
    """The table of people, most answered first, and their participations in answered calls."""
    names = people.names(question.tables)
    given = calls_tables.transfers(view)
    found = []
    for row in calls_tables.agent_calls(view).to_dict("records"):
        agent = str(row["agent_id"])
        if agent == UNASSIGNED:
            continue
        own = given[given["giver"].eq(agent)]
        passed = [
            (_taker(str(one["taker"]), names, context), int(one["calls"]))
            for one in own.to_dict("records")
        ]
        found.append(
            AgentCalls(
                id=agent,
                name=person_word(agent, names, context),
                answered=int(row["calls_answered"]),
                outbound=int(row["calls_outbound"]),
                outbound_answered=int(row["calls_outbound_answered"]),
                talked=int(row["talked"]),
                talk_seconds=float(row["talk_seconds"]),
                talk_mean=_known(row["talk_mean"]),
                time_to_answer=_known(row["time_to_answer"]),
                passed_on=int(row["passed_on"]),
                passed=passed,
            )
        )
    return found, sum(agent.answered for agent in found)


def _taker(agent: str, names: Any, context: Context) -> str:
    if agent == UNASSIGNED:
        return context.text("telephony.unknown_taker")
    return person_word(agent, names, context)


def lines(question: Asked, context: Context) -> list[LineCalls]:
    """The table of lines, most calls first."""
    numbers = question.groups_of([CATALOG[key] for key in LINE_KEYS], "line")
    found = {line for groups in numbers.values() for line, s in groups.items() if s.n}
    names = line_names(question.tables.calls) | {UNASSIGNED: context.text("telephony.no_line")}
    rows = [
        LineCalls(
            line,
            names.get(line, line),
            {key: groups[line] for key, groups in numbers.items() if line in groups},
        )
        for line in found
    ]

    def size(row: LineCalls) -> int:
        return sum(
            row.metrics[k].n for k in ("calls_inbound", "calls_outbound") if k in row.metrics
        )

    return sorted(rows, key=lambda row: (-size(row), row.name))


def transfers(question: Asked, view: View, context: Context) -> list[Transfer]:
    """Who passed calls on to whom."""
    names = people.names(question.tables)
    return [
        Transfer(
            giver=str(row["giver"]),
            taker=str(row["taker"]),
            giver_name=person_word(str(row["giver"]), names, context),
            taker_name=_taker(str(row["taker"]), names, context),
            calls=int(row["calls"]),
        )
        for row in calls_tables.transfers(view).to_dict("records")
    ]


def callers(view: View) -> list[Caller]:
    """Numbers with two or more calls."""
    return [
        Caller(
            id=str(row["caller"]),
            digits=str(row["digits"]),
            name=word(row["contact_name"]),
            calls=int(row["calls"]),
            lost=int(row["lost"]),
            talk_mean=_known(row["talk_mean"]),
            last_at=row["last_at"].to_pydatetime(),
        )
        for row in calls_tables.recurring_callers(view).to_dict("records")
    ]


def owed(question: Asked, view: View) -> list[Owed]:
    """Who is still to be called back."""
    start = midnight(question.period.first_day, question.rules.time_zone)
    table = calls_tables.owed(view, pd.Timestamp(start))
    return [
        Owed(
            id=str(row["caller"]),
            digits=str(row["digits"]),
            name=word(row["contact_name"]),
            since=row["since"].to_pydatetime(),
            waits=float((question.tables.now - row["since"]).total_seconds()),
            missed=int(row["missed"]),
            line=word(row["line_name"]),
        )
        for row in table.to_dict("records")
    ]


def recent(question: Asked, backend: Backend, context: Context) -> list[Call]:
    """The newest calls."""
    of = listing(question, "calls", ())
    places = arranged(question, of, "", None)[:RECENT]
    found = row_lines.lines(question, of, places, backend, context)
    return [call for call in found if isinstance(call, Call)]


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
