"""The numbers of the times page for one choice of rows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from callbacks.reports.filter_choices import name_person, name_team
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.times.data import Case, Group, Spread
from metrics.live.current import first_responses_due, team_names
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.schema import attribute
from metrics.model.selection import agent_of, select
from metrics.model.summary import P90_MINIMUM, Summary
from metrics.query import report
from metrics.query.distribution import buckets
from services.runtime.backend import Backend


class TimesQuery(PageQuery):
    by: Literal["team", "reason"] | None = None
    slow: Literal["close"] | None = None
    every: Literal["group"] | None = None

    @property
    def group(self) -> str:
        return self.by or "agent"

    @property
    def slowest(self) -> str:
        return "time_to_close" if self.slow else "first_response_time"


# Of groups, and of single cases; everything else is one click away.
SHOWN, CASES = 12, 8
# The most cases that a file lists.
LISTED = 200
SECONDS = "seconds"
TIMED = {
    "first_response_time": "first_response_within_target",
    "time_to_close": "close_within_target",
}
COLUMNS = (*TIMED, *TIMED.values(), "reopen_rate")

TimesView = ReportView[TimesQuery]


def build_spreads(question: TimesView, numbers: Mapping[str, Summary]) -> list[Spread]:
    rules = question.rules
    targets = (rules.first_response_seconds, rules.close_seconds)
    timed = [select(CATALOG[key], question.view) for key in TIMED]
    seconds = timed[0].query.select(selection.value for selection in timed).collect()
    return [
        Spread(key, buckets(seconds[key]), numbers[key], within, numbers[within], target)
        for (key, within), target in zip(TIMED.items(), targets, strict=True)
    ]


def build_groups(question: TimesView, context: Context) -> list[Group]:
    """People, teams or reasons, the slowest first response first.

    Groups of a few rows come last: one slow case would put them on top.
    """
    by = question.query.group
    breakdowns = report.breakdowns([CATALOG[key] for key in COLUMNS], by, question.view)
    numbers: dict[str, dict[str, Summary]] = {}
    for metric, groups in breakdowns.items():
        for group in groups:
            numbers.setdefault(group.key, {})[metric] = group.summary
    keys = [
        key for key, groups in numbers.items() if any(groups[m].n for m in TIMED if m in groups)
    ]

    def slowness(key: str) -> tuple[bool, float, int, str]:
        first = numbers[key].get("first_response_time")
        few = first is None or first.n < P90_MINIMUM
        return few, -(first.value or 0) if first else 0, -(first.n if first else 0), key

    keys.sort(key=slowness)
    names = people.names(question.tables, question.rules)
    teams = team_names(question.tables, question.rules)

    def name(key: str) -> str:
        if by == "agent":
            return name_person(key, names, context)
        if by == "team":
            return name_team(key, teams, context)
        return context.text("rows.no_reason") if key == EMPTY else key

    return [
        Group(key, name(key), numbers[key], by == "agent" and names.get(key, ("", ""))[1] == "left")
        for key in keys
    ]


def group_by_hour(question: TimesView) -> dict[int, Summary]:
    """First response by hour of arrival, from the first hour with any to the last."""
    hours = question.groups(CATALOG["first_response_time"], "hour")
    used = [int(hour) for hour, number in hours.items() if number.n]
    return {h: hours[str(h)] for h in range(min(used), max(used) + 1)} if used else {}


def list_slowest(question: TimesView, backend: Backend, context: Context) -> list[Case]:
    selection = select(CATALOG[question.query.slowest], question.view)
    rows = selection.query.with_columns(selection.value.alias(SECONDS))
    # What cannot be among them goes before anything is sorted.
    rows = rows.filter(pl.col(SECONDS) >= pl.col(SECONDS).top_k(LISTED).min())
    slowest = rows.sort(SECONDS, descending=True, maintain_order=True).head(LISTED)
    return _build_cases(slowest, question, backend, context)


def list_due(question: TimesView, backend: Backend, context: Context) -> list[Case]:
    """Open conversations that nobody has answered, the first to be late (or latest) first."""
    target = question.rules.first_response_seconds
    rows = first_responses_due(question.view).head(LISTED)
    waiting = rows.with_columns((target - pl.col("seconds_left")).alias(SECONDS))
    cases = _build_cases(waiting.lazy(), question, backend, context)
    return [
        replace(case, since=since, due_at=since + timedelta(seconds=target), due=due)
        for case, since, due in zip(cases, rows["since"], rows["due"], strict=True)
    ]


def _build_cases(
    rows: pl.LazyFrame, question: TimesView, backend: Backend, context: Context
) -> list[Case]:
    tables, rules = question.tables, question.rules
    names, teams = people.names(tables), team_names(tables, rules)
    links = backend.links(question.snapshot)
    told = rows.select(
        *("id", "subject", "team_id", "created_at", SECONDS),
        agent=agent_of(tables).fill_null(UNASSIGNED),
        reason=attribute(rules.labels.reason),
    ).collect()
    return [
        Case(
            id=row["id"],
            subject=row["subject"] or "",
            about=[
                name_person(row["agent"], names, context),
                name_team(row["team_id"], teams, context) if row["team_id"] else "",
                row["reason"] or "",
            ],
            at=row["created_at"],
            seconds=row[SECONDS],
            url=links.conversation(row["id"]),
        )
        for row in told.iter_rows(named=True)
    ]


def build_infos(
    question: TimesView, numbers: Mapping[str, Summary], at: datetime, context: Context
) -> dict[str, MetricInfo]:
    def of(key: str, listed: str, timed: bool = True) -> MetricInfo:
        n = numbers[listed].n
        return figure_info(key, n, question, at, context, timed=timed, listed=listed)

    infos = [
        of("first_response_spread", "first_response_time"),
        of("close_spread", "time_to_close"),
        of("times_by", "first_response_time"),
        of("times_by_hour", "first_response_time"),
        of("slowest", question.query.slowest),
        of("reopened", "reopen_price"),
        of("sla_hit_rate", "sla_hit_rate", timed=False),
        of("backlog_age", "backlog_age", timed=False),
        of("awaiting_first_response", "awaiting_first_response", timed=False),
    ]
    return {info.key: info for info in infos}
