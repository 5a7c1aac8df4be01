"""The figures of the second line for one choice of tickets: asked of `metrics`, drawn elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from callbacks.pages.backoffice.query import COLUMNS, LISTED, BackofficeQuery
from callbacks.reports.filter_choices import name_person
from callbacks.reports.kpis import build_kpis
from callbacks.reports.listing import Positions, list_rows, take_rows
from callbacks.reports.metric_info import figure_info, is_late, number_info
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from layouts.pages.backoffice.page import Choice, Duplicate, GroupCount, Ticket
from metrics.measures.tickets import is_open, is_overdue
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.selection import attribute_values
from metrics.model.values import instant_or_none, word
from metrics.query.drilldown import drill_down
from services.runtime.backend import Backend

STOCKS = ("tickets_open", "tickets_overdue")
DATED = ("tickets_created", "tickets_resolved", "ticket_completion", "ticket_resolution_time")
MERGED = "conversations_merged"
SHOWN, DUPLICATES_SHOWN = 200, 50
DAY = 86_400

BackofficeView = ReportView[BackofficeQuery]


def build_sheet(question: BackofficeView, at: datetime, context: Context) -> list[Kpi]:
    now = [_build_stock_kpi(key, question, at, context) for key in STOCKS]
    return [*now, *build_kpis(question, (*DATED, MERGED), at, context)]


def _build_stock_kpi(key: str, question: BackofficeView, at: datetime, context: Context) -> Kpi:
    metric = CATALOG[key]
    number = question.number(metric)
    info = number_info(
        metric,
        number,
        None,
        None,
        question.rules.clock,
        question.filter_words,
        question.snapshot,
        at,
        context,
    )
    late = is_late(metric, question.snapshot)
    return Kpi(metric, number, None, [], [], [], None, info, late, compared=False)


def count_tabs(question: BackofficeView) -> dict[str | None, int]:
    return {tab: list_rows(question, key, cells).n for tab, (key, cells) in LISTED.items()}


def arrange_tickets(question: BackofficeView) -> Positions:
    """The tickets of the tab in order: overdue first, then the oldest; those done come last."""
    key, cells = question.query.listed
    listing = list_rows(question, key, cells)
    frame = take_rows(question, listing, np.arange(listing.n)).reset_index(drop=True)
    late = is_overdue(frame, question.rules, question.tables.now)
    rank = pd.DataFrame(
        {"done": ~is_open(frame), "late": ~late, "at": frame["created_at"], "id": frame["id"]}
    )
    ordered = rank.sort_values(["done", "late", "at", "id"], kind="stable")
    places: Positions = ordered.index.to_numpy(dtype="int64")
    return places


def build_tickets(question: BackofficeView, backend: Backend, context: Context) -> list[Ticket]:
    key, cells = question.query.listed
    frame = take_rows(question, list_rows(question, key, cells), arrange_tickets(question)[:SHOWN])
    tables, links = question.tables, backend.links(question.snapshot)
    names = people.names(tables)
    late = is_overdue(frame, question.rules, tables.now)
    until = frame["resolved_at"].where(~is_open(frame)).fillna(tables.now)
    days = (until - frame["created_at"]).dt.total_seconds() // DAY
    rows = []
    for row, overdue, age in zip(frame.to_dict("records"), late, days, strict=True):
        linked = [
            conversation_id
            for conversation_id in word(row["conversation_ids"]).split(",")
            if conversation_id
        ]
        urls = [links.conversation(conversation_id) for conversation_id in linked]
        done = row["resolved_at"]
        rows.append(
            Ticket(
                id=str(row["id"]),
                number=word(row["number"]) or str(row["id"]),
                is_open=bool(row["is_open"]),
                is_overdue=bool(overdue),
                days=max(0, int(age)),
                created_at=row["created_at"].to_pydatetime(),
                resolved_at=instant_or_none(done),
                subject=word(row["subject"]),
                state=name_state(row["state_label"], row["state"], context),
                external=word(row["external_state"]),
                external_key=word(row["external_key"]),
                owner=_name_agent(row["agent_id"], names, context),
                creator=_name_agent(row["creator_id"], names, context),
                platform=word(row["platform"]),
                severity=word(row["severity"]),
                company=word(row["company"]),
                url=links.ticket(str(row["id"])),
                conversations=[url for url in urls if url],
            )
        )
    return rows


def name_state(label: Any, state: Any, context: Context) -> str:
    """The workspace's own word for a state, or ours where it has none."""
    if own := word(label):
        return own
    key = f"rows.state.{word(state)}"
    return context.text(key) if context.text.has(key) else word(state)


def build_lines(by: str, question: BackofficeView, context: Context) -> list[GroupCount]:
    late = question.groups(CATALOG["tickets_overdue"], by)
    names = people.names(question.tables)
    lines = []
    for key, number in question.groups(CATALOG["tickets_open"], by).items():
        if not number.n:
            continue
        name = name_person(key, names, context) if by == "agent" else key
        name = name or context.text("filters.empty_value")
        overdue = late[key].n if key in late else 0
        lines.append(GroupCount(name, f"{by}:{key}", number.n, overdue))
    return sorted(lines, key=lambda line: (-line.n, line.name.casefold()))


def build_choices(question: BackofficeView, context: Context) -> list[Choice]:
    """What tickets can be filtered by: values that any of them has under all other filters."""
    names, choices = people.names(question.tables), []
    for name, column in COLUMNS.items():
        chosen = question.query.chosen.get(name, ())
        others = {key: v for key, v in question.filters.tickets.items() if key != column}
        shown = replace(question.filters, tickets=others)
        counted = _count_values(column, question, shown)
        known = {**counted, **{value: counted.get(value, 0) for value in chosen}}
        values = [
            (value, _name_value(name, value, names, context), n)
            for value, n in sorted(known.items(), key=lambda item: (-item[1], item[0].casefold()))
        ]
        if len(values) > 1 or chosen:
            choices.append(Choice(name, values, chosen))
    return choices


def _count_values(column: str, question: BackofficeView, filters: Filters) -> dict[str, int]:
    view = question.view.with_filters(filters)
    still, created = (drill_down(key, (), view).rows for key in ("tickets_open", "tickets"))
    every = pd.concat([still, created[~created["id"].isin(still["id"])]])
    counted = every[column].astype("str").fillna("").value_counts()
    return {str(value): int(n) for value, n in counted.items() if n}


def _name_value(
    name: str, value: str, names: Mapping[str, tuple[str, str]], context: Context
) -> str:
    if not value:
        return context.text("filters.empty_value")
    return name_person(value, names, context) if name == "creator" else value


def describe_choices(choices: Sequence[Choice], context: Context) -> list[str]:
    parts = []
    for choice in choices:
        if choice.chosen:
            words = {value: called for value, called, _ in choice.values}
            named = ", ".join(words[value] for value in choice.chosen)
            parts.append(f"{context.text(f'backoffice.filter.{choice.name}')}: {named}")
    return parts


def has_external(question: BackofficeView, backend: Backend) -> bool:
    """Whether another system's state is looked for, or has ever been found."""
    phrase = backend.settings.backoffice.status_phrase
    return bool(phrase) or bool(question.tables.tickets["external_state"].notna().any())


def list_duplicates(
    question: BackofficeView, backend: Backend, context: Context
) -> tuple[int, list[Duplicate]]:
    """How many conversations were closed as duplicates, and the newest of them."""
    behind = question.behind(MERGED)
    newest = behind.rows.sort_values(["created_at", "id"], ascending=[False, True])
    newest = newest.head(DUPLICATES_SHOWN)
    label = question.rules.labels.reason
    reasons = attribute_values(newest, label)
    every = question.tables.conversations
    targets = every[every["id"].isin(newest["merged_into"].dropna())]
    target_reasons = dict(zip(targets["id"], attribute_values(targets, label), strict=True))
    names, links = people.names(question.tables), backend.links(question.snapshot)
    duplicates = []
    for row, reason in zip(newest.to_dict("records"), reasons, strict=True):
        into = word(row["merged_into"]) or None
        duplicates.append(
            Duplicate(
                at=row["created_at"].to_pydatetime(),
                subject=word(row["subject"]),
                agent=_name_agent(row["agent_id"], names, context),
                reason=word(reason),
                url=links.conversation(str(row["id"])),
                into=into,
                into_url=links.conversation(into) if into else None,
                into_reason=word(target_reasons[into]) if into in target_reasons else None,
            )
        )
    return behind.n, duplicates


def build_infos(
    question: BackofficeView, merged: int, at: datetime, context: Context
) -> dict[str, MetricInfo]:
    still = question.number(CATALOG["tickets_open"]).n
    key, cells = question.query.listed
    infos = {
        name: figure_info(
            name, still, question, at, context, sources=("tickets",), listed="tickets_open"
        )
        for name in (
            "tickets_by_state",
            "tickets_by_owner",
            "tickets_by_platform",
            "tickets_by_age",
        )
    }
    rows = list_rows(question, key, cells).n
    infos["tickets_table"] = figure_info(
        "tickets_table",
        rows,
        question,
        at,
        context,
        sources=("tickets",),
        listed=None if cells else key,
    )
    infos["duplicates"] = figure_info(MERGED, merged, question, at, context, listed=MERGED)
    return infos


def _name_agent(agent: Any, names: Mapping[str, tuple[str, str]], context: Context) -> str:
    agent_id = word(agent)
    return name_person(agent_id, names, context) if agent_id else ""
