"""The figures of the staffing page: asked of `metrics`, handed to `layouts`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args

import numpy as np

from callbacks.pages.staffing.query import Assuming, StaffingQuery
from callbacks.reports.filter_choices import name_person
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import read_page
from callbacks.reports.query import ParameterError
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.staffing.data import FairLine, PresenceLine, Stream, TimeAway, Work
from layouts.pages.staffing.page import LIMITS
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.selection import chosen_people
from metrics.model.tables import Tables
from metrics.model.view import View
from metrics.planning.adherence import Adherence, Days, adherence, observed, online
from metrics.planning.demand import Demand, Grid, call_demand, conversation_demand
from metrics.planning.fair_target import FairTarget, fair_target
from metrics.planning.schedule import Schedule, cover
from metrics.planning.staffing import Whole, plan
from services.snapshot.time_totals import load_totals
from services.storage.store import Store

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
    return compute_works(
        question.query,
        question.tables,
        question.rules,
        question.whole_days,
        question.filters,
        cover(schedule),
    )


def compute_works(
    query: Assuming,
    tables: Tables,
    rules: Rules,
    days: Sequence[date],
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
            **vars(person),
            name=name_person(person.agent_id, names, context),
            is_gone=names.get(person.agent_id, ("", "left"))[1] == "left",
        )
        for person in target.people
    ]


def list_others(
    target: FairTarget, question: StaffingView, context: Context
) -> list[tuple[str, str, int]]:
    """Who took calls without a shift: (group of the rows, name, calls)."""
    names = people.names(question.tables)
    return [(key, name_person(key, names, context), n) for key, n in target.others.items()]


def find_observed(question: StaffingView) -> Days:
    """What people did on the days on which anybody was seen, whatever the period."""
    every = Period(question.history.first_day, max(question.history.last_day, question.today))
    return observed(question.tables, question.rules, every)


def measure_presence(
    question: StaffingView, schedule: Schedule, days: Days
) -> tuple[list[Adherence], list[date]]:
    first, last = question.period.first_day, question.period.last_day
    own = {day: seen for day, seen in days.items() if first <= day <= last}
    rows = adherence(own, schedule, question.rules)
    chosen = chosen_people(question.view)
    return [row for row in rows if chosen is None or row.agent_id in chosen], sorted(own)


def build_presence_lines(
    rows: Sequence[Adherence], question: StaffingView, context: Context
) -> list[PresenceLine]:
    names = people.names(question.tables)
    return [
        PresenceLine(**vars(row), name=name_person(row.agent_id, names, context)) for row in rows
    ]


def list_time_away(view: View, state: Store) -> TimeAway:
    """Of the people that are chosen, on the days of the period of which anything was kept."""
    totals = load_totals(state, view.period)
    chosen = chosen_people(view)
    spent = {
        (agent, day): spent
        for day, known in totals.items()
        for agent, spent in known.people.items()
        if chosen is None or agent in chosen
    }
    names = people.names(view.tables)
    ids = {agent for agent, _ in spent}
    named = [(agent, names.get(agent, ("", ""))[0] or agent) for agent in ids]
    untils = [known.until for known in totals.values() if known.until]
    return TimeAway(
        days=list(totals),
        people=sorted(named, key=lambda person: (person[1].casefold(), person[0])),
        spent=spent,
        until=max(untils, default=None),
    )


def count_online(question: StaffingView, days: Days, weekday: int) -> tuple[Grid, int]:
    """How many people were seen there on a weekday, and on how many of its days."""
    own = {day: seen for day, seen in days.items() if day.weekday() == weekday}
    return online(own, question.rules), len(own)


def build_infos(
    question: StaffingView,
    works: Mapping[Stream, Work],
    presence_n: int,
    away_n: int,
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
        **{
            key: figure_info(
                key, n, question, at, context, sources=("intercom", "aircall"), listed=None
            )
            for key, n in (("schedule_adherence", presence_n), ("time_away", away_n))
        },
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
