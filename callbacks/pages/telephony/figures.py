"""The figures of the telephone for one choice of calls: asked of `metrics`, handed to `layouts`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from callbacks.reports import row_lines
from callbacks.reports.filter_choices import name_person
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.components.rows_panel import Call
from layouts.pages.telephony.data import LineCalls, LineChoice, Note
from layouts.pages.telephony.tables import LINE_KEYS
from metrics.live import calls as call_tables
from metrics.live.calls import Peaks
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.extent import Gap
from metrics.model.filters import UNASSIGNED
from metrics.model.lines import MAIN, line_names, line_of, unknown_lines
from metrics.model.selection import select
from metrics.model.summary import Summary
from metrics.model.view import View
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
    used = set(calls.select(line_of().cast(pl.String).unique()).to_series()) - {UNASSIGNED}
    known = sorted(used, key=lambda line: (names.get(line, line), line))
    choices = [LineChoice(line, names.get(line, line), line in chosen) for line in known]
    if question.rules.main_lines:
        choices.insert(0, LineChoice(MAIN, "", MAIN in chosen))
    return choices


def build_notes(question: TelephonyView, gap: Gap | None, context: Context) -> list[Note]:
    """Whose calls these are where teams are configured or people chosen, and unknown lines."""
    text, rules, filters = context.text, question.rules, question.filters
    found = question.snapshot.meta.get("lines") or ()
    known = [(str(line["name"]), str(line["digits"])) for line in found]
    lines = ", ".join(name for name, _ in known)
    notes = [
        Note(
            "attention",
            text("telephony.unknown_line", line=line),
            text("telephony.unknown_line_words", known=lines),
        )
        for line in (unknown_lines(known, rules) if known else ())
    ]
    if gap == "no_person" or filters.teams:
        told = "no_person" if gap else "by_line"
    elif rules.team_ids and not filters.agents:
        told = "whole_company"
    else:
        return notes
    own = [line for line, team in rules.team_lines.items() if team in filters.teams]
    title, words = text(f"telephony.{told}"), text(f"telephony.{told}_words", lines=", ".join(own))
    return [*notes, Note("information", title, words)]


def count_weekdays(question: TelephonyView) -> list[int]:
    """How often each weekday lies in what is loaded of the period."""
    return call_tables.occurrences(question.period, question.first_day, question.today)


def find_peaks(question: TelephonyView, view: View) -> Peaks:
    return call_tables.peaks(view, count_weekdays(question))


def count_lost_by_hour(view: View) -> dict[int, Mapping[str, int]]:
    """Lost calls by hour and outcome, from the first hour that has any to the last."""
    counts = call_tables.lost_by_hour(view)
    used = [hour for hour, outcomes in counts.items() if any(outcomes.values())]
    return {hour: counts[hour] for hour in range(used[0], used[-1] + 1)} if used else {}


def measure_waits(question: TelephonyView) -> npt.NDArray[np.float64]:
    """Seconds until each answer."""
    selection = select(CATALOG["time_to_answer"], question.view)
    return selection.query.select(selection.value.drop_nulls()).collect().to_series().to_numpy()


def build_answer_bars(waits: npt.NDArray[np.float64]) -> list[tuple[int, int | None, int]]:
    """How many callers waited how long; the last bar has no end."""
    starts = range(0, STRETCH * STRETCHES + 1, STRETCH)
    counts, _ = np.histogram(waits, [*starts, np.inf])
    return list(zip(starts, [*starts[1:], None], counts.tolist(), strict=True))


def build_infos(
    question: TelephonyView, numbers: Mapping[str, Summary], at: datetime, context: Context
) -> dict[str, MetricInfo]:
    figures = {
        "calls_by_weekday_hour": "calls_inbound",
        "outcomes": "calls_inbound",
        "lost_by_hour": "calls_missed",
        "callback_debt": "calls_missed",
        "calls_by_agent_hour": "calls_answered",
        "calls_per_agent": "calls",
        "answers": "time_to_answer",
        "lines_table": "calls",
        "transfers": "transfers",
        "recurring_callers": "calls",
        "calls": "calls",
    }
    return {
        key: figure_info(
            key, numbers[listed].n, question, at, context, sources=("aircall",), listed=listed
        )
        for key, listed in figures.items()
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

    return sorted(rows, key=lambda row: (-size(row), row.name, row.id))


def list_recent(question: TelephonyView, backend: Backend, context: Context) -> list[Call]:
    started_at = pl.col("started_at")
    newest = list_rows(question, "calls", ()).filter(started_at >= started_at.top_k(RECENT).min())
    shown = arrange_rows(question, newest, "", None).slice(0, RECENT)
    lines = row_lines.build_lines(question, shown, backend, context)
    return [call for call in lines if isinstance(call, Call)]
