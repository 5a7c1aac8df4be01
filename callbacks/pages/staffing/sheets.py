"""The tables of the staffing page as sheets: the week, the fair target, presence in shifts."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from callbacks.pages.staffing import figures
from callbacks.reports.detail_columns import ColumnContext
from layouts.pages.staffing.data import Work
from layouts.pages.staffing.week import clock
from metrics.live.timeline import STATES, UNOBSERVED
from metrics.planning.schedule import HALF_HOURS, WEEKDAYS, Schedule
from services.files.schedule import kept
from services.files.workbook import Column, Sheet

# Whose definitions the file tells besides those of the catalogue.
KEYS = ("staffing_need", "fair_target", "schedule_adherence")


def staffing_sheets(scope: ColumnContext) -> list[Sheet]:
    """What the page shows, for the same assumptions and filters."""
    schedule = kept(scope.backend.state).schedule
    works = figures.works(scope.question, schedule)
    return [
        *[_week(name, work, scope) for name, work in works.items()],
        _fair(schedule, scope),
        _presence(schedule, scope),
    ]


def _week(stream: str, work: Work, scope: ColumnContext) -> Sheet:
    text = scope.context.text
    names = ("half", "arrivals", "p90", "handling", "load", "there", "needed", "scheduled", "gap")
    kinds: dict[str, Any] = {"half": "text", "handling": "seconds"}
    columns = [
        Column(text("staffing.weekday"), "text", 14),
        *[Column(text(f"staffing.head.{n}"), kinds.get(n, "number"), 12) for n in names],
    ]
    kind = text(f"staffing.stream.{stream}")
    return Sheet(f"{text('staffing.sheet.week')} {kind}", columns, _halves(work, scope))


def _halves(work: Work, scope: ColumnContext) -> Iterator[tuple[Any, ...]]:
    """A line for each half-hour in which anything happens; weekdays nobody counted have none."""
    plan, demand = work.plan, work.demand
    for weekday in range(WEEKDAYS):
        known = demand.occurrences[weekday] > 0
        for half in range(HALF_HOURS):
            flow, scheduled = plan.flow(weekday, half), float(plan.scheduled[weekday, half])
            if not flow.rate and not scheduled:
                continue
            needed = int(plan.needed[weekday, half])
            reached = known and needed >= 0
            work_of = plan.handling[weekday, half]
            yield (
                scope.context.text(f"rows.weekday.{weekday}"),
                clock(half),
                float(plan.arrivals[weekday, half]) if known else None,
                float(demand.p90[weekday, half]) if known else None,
                None if np.isnan(work_of) else float(work_of),
                flow.load if known else None,
                int(plan.there[weekday, half]) if reached else None,
                needed if reached else None,
                scheduled,
                scheduled - needed if reached else None,
            )


def _fair(schedule: Schedule, scope: ColumnContext) -> Sheet:
    text = scope.context.text
    found = figures.fair(scope.question, schedule)
    names = ("calls", "expected", "difference", "share", "shifts", "hours")
    columns = [
        Column(text("staffing.fair_head.person"), "text", 30),
        *[
            Column(text(f"staffing.fair_head.{n}"), "share" if n == "share" else "number", 12)
            for n in names
        ],
    ]
    lines: list[tuple[Any, ...]] = [
        (one.name, one.calls, one.expected, one.difference, one.share, one.shifts, one.hours)
        for one in figures.fair_lines(found, scope.question, scope.context)
    ]
    # Who has no shift stands below, with calls and nothing else.
    lines += [
        (name, calls, None, None, None, 0, 0.0)
        for _, name, calls in figures.others(found, scope.question, scope.context)
    ]
    return Sheet(text("staffing.fair"), columns, lines)


def _presence(schedule: Schedule, scope: ColumnContext) -> Sheet:
    text = scope.context.text
    stretches = figures.observed(scope.question)
    table, _ = figures.presence(scope.question, schedule, stretches)
    states = (*STATES, UNOBSERVED)
    columns = [
        Column(text("staffing.fair_head.person"), "text", 30),
        Column(text("staffing.adherence"), "share", 14),
        Column(text("staffing.observed"), "seconds", 12),
        Column(text("staffing.fair_head.hours"), "number", 10),
        *[Column(text(f"operations.timeline.{state}"), "seconds", 14) for state in states],
    ]
    lines = [
        (
            one.name,
            one.adherence,
            one.observed,
            one.scheduled / 3600,
            *[one.states[state] for state in states],
        )
        for one in figures.presence_lines(table, scope.question, scope.context)
    ]
    return Sheet(text("staffing.presence"), columns, lines)
