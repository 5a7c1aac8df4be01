"""The figures of the telephone for one choice of calls: asked of `metrics`, handed to `layouts`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import numpy as np

from callbacks.reports import row_lines
from callbacks.reports.filter_choices import name_person
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.components.rows_panel import Call
from layouts.pages.telephony.data import LineCalls, LineChoice
from layouts.pages.telephony.tables import LINE_KEYS
from metrics.live import calls as call_tables
from metrics.live.calls import Peaks
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.lines import MAIN, line_names, line_of
from metrics.model.selection import select
from metrics.model.view import View
from metrics.query.drilldown import LISTS
from services.runtime.backend import Backend


class TelephonyQuery(PageQuery):
    heat: Literal["mean", "loss"] | None = None


# Waiting times are told in stretches of this many seconds, up to a last one without an end.
STRETCH, STRETCHES = 5, 12

TelephonyView = ReportView[TelephonyQuery]


def list_line_choices(question: TelephonyView) -> list[LineChoice]:
    """The lines that any call came on, the main ones first as one choice."""
    calls = question.tables.calls
    names = line_names(calls)
    chosen = set(question.query.line)
    known = sorted(set(line_of(calls)) - {"none"}, key=lambda line: names.get(line, line))
    choices = [LineChoice(line, names.get(line, line), line in chosen) for line in known]
    if question.rules.main_lines:
        choices.insert(0, LineChoice(MAIN, "", MAIN in chosen))
    return choices


def count_weekdays(question: TelephonyView) -> list[int]:
    """How often each weekday lies in what is loaded of the period."""
    first = question.snapshot.history.first_day
    return call_tables.occurrences(question.period, first, question.today)


def find_peaks(question: TelephonyView, view: View) -> Peaks:
    return call_tables.peaks(view, count_weekdays(question))


def count_lost_by_hour(view: View) -> dict[int, Mapping[str, int]]:
    """Lost calls by hour and outcome, from the first hour that has any to the last."""
    table = call_tables.lost_by_hour(view)
    used = np.flatnonzero(table.sum(axis=1).to_numpy())
    if not len(used):
        return {}
    shown = table.loc[used[0] : used[-1]]
    return {
        int(hour): {str(outcome): int(n) for outcome, n in row.items()}
        for hour, row in shown.iterrows()
    }


def _list_waits(question: TelephonyView) -> Any:
    return (
        select(CATALOG["time_to_answer"], question.view).values.dropna().to_numpy(dtype="float64")
    )


def build_answer_bars(question: TelephonyView) -> list[tuple[int, int | None, int]]:
    """How many callers waited how long; the last bar has no end."""
    waits = _list_waits(question)
    ends = [*range(STRETCH, STRETCH * STRETCHES + 1, STRETCH), None]
    bars: list[tuple[int, int | None, int]] = []
    for place, end in enumerate(ends):
        start = place * STRETCH
        inside = (waits >= start) & (waits < end if end is not None else True)
        bars.append((start, end, int(inside.sum())))
    return bars


def count_in_time(question: TelephonyView) -> int:
    """Calls that were answered within the target; at the limit it is still met."""
    return int((_list_waits(question) <= question.rules.service_level_seconds).sum())


def build_infos(
    question: TelephonyView, n: int, at: datetime, context: Context
) -> dict[str, MetricInfo]:
    def number(key: str) -> int:
        return question.number(CATALOG[key]).n

    inbound, answered = number("calls_inbound"), number("calls_answered")
    figures = [
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
        for key, rows, listed in figures
    }


RECENT = 20


def person_words(
    question: TelephonyView, agents: Iterable[str], context: Context
) -> dict[str, str]:
    names = people.names(question.tables)
    return {agent: name_person(agent, names, context) for agent in agents}


def build_lines(question: TelephonyView, context: Context) -> list[LineCalls]:
    """The table of lines, most calls first."""
    numbers = question.groups_of([CATALOG[key] for key in LINE_KEYS], "line")
    used = {line for groups in numbers.values() for line, s in groups.items() if s.n}
    names = line_names(question.tables.calls) | {UNASSIGNED: context.text("telephony.no_line")}
    rows = [
        LineCalls(
            line,
            names.get(line, line),
            {key: groups[line] for key, groups in numbers.items() if line in groups},
        )
        for line in used
    ]

    def size(row: LineCalls) -> int:
        return sum(
            row.metrics[k].n for k in ("calls_inbound", "calls_outbound") if k in row.metrics
        )

    return sorted(rows, key=lambda row: (-size(row), row.name))


def list_recent(question: TelephonyView, backend: Backend, context: Context) -> list[Call]:
    listing = list_rows(question, "calls", ())
    places = arrange_rows(question, listing, "", None)[:RECENT]
    lines = row_lines.build_lines(question, listing, places, backend, context)
    return [call for call in lines if isinstance(call, Call)]
