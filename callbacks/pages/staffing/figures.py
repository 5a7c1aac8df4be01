"""The figures of the staffing page: asked of `metrics`, handed to `layouts`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, get_args

import numpy as np
import pandas as pd

from callbacks.pages.staffing.query import Assuming, StaffingQuery
from callbacks.reports.filter_choices import name_person
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import read_page
from callbacks.reports.query import ParameterError
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.staffing.data import FairLine, PresenceLine, Stream, Work
from layouts.pages.staffing.page import LIMITS
from metrics.live.timeline import STATES, UNOBSERVED
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.periods import Period, today
from metrics.model.selection import chosen_people
from metrics.model.tables import Tables
from metrics.model.values import number_or_none
from metrics.planning import adherence
from metrics.planning.demand import Demand, Grid, call_demand, conversation_demand
from metrics.planning.fair_target import FairTarget, fair_target
from metrics.planning.schedule import Schedule, cover
from metrics.planning.staffing import Whole, plan
from services.snapshot.dataset import Snapshot

StaffingView = ReportView[StaffingQuery]


def read_assumptions(search: str | None, rules: Rules) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the address assumes, and what holds where it says nothing; both by name."""
    plain = StaffingQuery()
    defaults: dict[str, Any] = {name: getattr(plain, name) for name in LIMITS}
    defaults["seconds"] = plain.target_seconds(rules)
    try:
        query = read_page(StaffingQuery, search)
    except ParameterError:
        return {**defaults, "stream": plain.stream}, defaults
    values = {name: getattr(query, name) for name in LIMITS}
    values["seconds"] = query.target_seconds(rules)
    return {**values, "stream": query.stream}, defaults


def build_works(question: StaffingView, schedule: Schedule) -> dict[Stream, Work]:
    days = list_whole_days(question.snapshot, question.rules)
    tables, filters = question.tables, question.filters
    return compute_works(question.query, tables, question.rules, days, filters, cover(schedule))


def list_whole_days(snapshot: Snapshot, rules: Rules) -> pd.DatetimeIndex:
    """Days of a version that are loaded and over."""
    present = today(snapshot.published_at, rules.time_zone)
    first = snapshot.history.first_day or present
    return pd.date_range(first, present - timedelta(days=1), freq="D", unit="s")


def compute_works(
    query: Assuming,
    tables: Tables,
    rules: Rules,
    days: pd.DatetimeIndex,
    filters: Filters,
    scheduled: Grid,
) -> dict[Stream, Work]:
    """The same for a screen and for a machine.

    `days` are loaded and over, `filters` of conversations, `scheduled` people, 7 × 48.
    """
    works: dict[Stream, Work] = {}
    for stream in get_args(Stream):
        if query.stream not in (stream, "both"):
            continue
        if stream == "calls":
            demand = call_demand(tables, rules, days)
            assumed = query.for_calls(rules)
        else:
            demand = conversation_demand(tables, rules, days, filters, query.minutes * 60.0)
            assumed = query.for_conversations(rules)
        arrivals = demand.p90 if query.level == "p90" else demand.mean
        planned = plan(arrivals, demand.handling, scheduled, assumed)
        works[stream] = Work(demand, planned, assumed.target.seconds)
    return works


def sum_needed(works: Mapping[Stream, Work]) -> Whole:
    """People needed for all kinds of work together; -1 where one of them cannot be reached."""
    each = [work.plan.needed for work in works.values()]
    total = np.sum(each, axis=0)
    impossible = np.any([grid < 0 for grid in each], axis=0)
    return np.asarray(np.where(impossible, -1, total), dtype=np.int64)


def compute_fair(question: StaffingView, schedule: Schedule) -> FairTarget:
    return fair_target(
        question.view,
        schedule,
        transfers=question.query.transfers is not None,
        basis=question.query.basis,
        first_day=question.snapshot.history.first_day,
    )


def build_fair_lines(
    target: FairTarget, question: StaffingView, context: Context
) -> list[FairLine]:
    names = people.names(question.tables)
    return [
        FairLine(
            agent_id=row.agent_id,
            name=name_person(row.agent_id, names, context),
            is_gone=_is_gone(row.agent_id, names),
            calls=int(row.calls),
            shifts=int(row.shifts),
            hours=float(row.hours),
            expected=float(row.expected),
            difference=float(row.difference),
            share=number_or_none(row.share),
        )
        for row in target.people.itertuples(index=False)
    ]


def list_others(
    target: FairTarget, question: StaffingView, context: Context
) -> list[tuple[str, str, int]]:
    """Who took calls without a shift: (group of the rows, name, calls)."""
    names = people.names(question.tables)
    others = []
    for agent, calls in zip(target.others["agent_id"], target.others["calls"], strict=True):
        key = "none" if pd.isna(agent) else str(agent)
        others.append((key, name_person(key, names, context), int(calls)))
    return others


def find_observed(question: StaffingView) -> adherence.Stretches:
    """What people did on the days on which anybody was seen, whatever the period."""
    every = Period(question.history.first_day, max(question.history.last_day, question.today))
    return adherence.observed(question.tables, question.rules, every)


def measure_presence(
    question: StaffingView, schedule: Schedule, stretches: adherence.Stretches
) -> tuple[pd.DataFrame, list[date]]:
    first, last = question.period.first_day, question.period.last_day
    own = {day: table for day, table in stretches.items() if first <= day <= last}
    table = adherence.adherence(own, schedule, question.rules)
    chosen = chosen_people(question.view)
    if chosen is not None:
        table = table[table["agent_id"].isin(chosen)]
    return table, sorted(own)


def build_presence_lines(
    table: pd.DataFrame, question: StaffingView, context: Context
) -> list[PresenceLine]:
    names = people.names(question.tables)
    return [
        PresenceLine(
            agent_id=row["agent_id"],
            name=name_person(row["agent_id"], names, context),
            scheduled=float(row["scheduled"]),
            observed=float(row["observed"]),
            states={state: float(row[state]) for state in (*STATES, UNOBSERVED)},
            adherence=number_or_none(row["adherence"]),
        )
        for row in table.to_dict("records")
    ]


def count_online(
    question: StaffingView, stretches: adherence.Stretches, weekday: int
) -> tuple[Any, int]:
    """How many people were seen there on a weekday, and on how many of its days."""
    own = {day: table for day, table in stretches.items() if day.weekday() == weekday}
    return adherence.online(own, question.rules), len(own)


def build_infos(
    question: StaffingView,
    works: Mapping[Stream, Work],
    presence_n: int,
    at: datetime,
    context: Context,
) -> dict[str, MetricInfo]:
    arrived = sum(work.demand.total for work in works.values())
    sources: Any = tuple("aircall" if name == "calls" else "intercom" for name in works)
    needed_one = _build_demand_info(question, works, arrived, at, context, sources)
    return {
        "staffing_need": needed_one,
        "staffing_day": MetricInfo("staffing_day", needed_one.lines),
        "fair_target": figure_info(
            "fair_target",
            question.number(CATALOG["calls_answered"]).n,
            question,
            at,
            context,
            sources=("aircall",),
            listed="calls_answered",
        ),
        "schedule_adherence": figure_info(
            "schedule_adherence",
            presence_n,
            question,
            at,
            context,
            sources=("intercom", "aircall"),
            listed=None,
        ),
    }


def _build_demand_info(
    question: StaffingView,
    works: Mapping[Stream, Work],
    arrived: int,
    at: datetime,
    context: Context,
    sources: Any,
) -> MetricInfo:
    """The history is not the period's: its own days stand in the place of them."""
    text = context.text
    info = figure_info(
        "staffing_need", arrived, question, at, context, sources=sources, listed=None
    )
    days = describe_span(next(iter(works.values())).demand, context)
    lines = [
        (what, days if what == text("passport.period") else words) for what, words in info.lines
    ]
    return MetricInfo("staffing_need", (*lines, _build_assumed_line(question, works, context)))


def _build_assumed_line(
    question: StaffingView, works: Mapping[Stream, Work], context: Context
) -> tuple[str, str]:
    """Everything that was assumed: whoever is shown the number did not move the sliders."""
    text, query = context.text, question.query
    parts = [
        text(
            "staffing.assumed",
            target=query.target,
            occupancy=query.occupancy,
            shrinkage=query.shrinkage,
            volume=query.volume,
            handling=query.handling,
        )
    ]
    for name, work in works.items():
        seconds = context.formats.duration(work.target_seconds)
        values = {"patience": query.patience, "minutes": query.minutes, "at_once": query.at_once}
        key = f"staffing.assumed_{name}"
        if name == "calls" and query.patience:
            key += "_patience"
        parts.append(text(key, seconds=seconds, **values))
    return text("staffing.assumptions"), "; ".join(parts)


def describe_span(demand: Demand, context: Context) -> str:
    if demand.days is None:
        return context.text("staffing.no_days")
    return context.text(
        "staffing.days",
        span=context.formats.span(*demand.days),
        n=sum(demand.occurrences),
    )


def _is_gone(agent: str, names: Mapping[str, tuple[str, str]]) -> bool:
    return names.get(agent, ("", "left"))[1] == "left"
