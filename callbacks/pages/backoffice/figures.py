"""The figures of the second line for one choice of tickets: asked of `metrics`, drawn elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from callbacks.pages.backoffice.query import COLUMNS, LISTED, BackofficeQuery
from callbacks.reports.filter_choices import name_person
from callbacks.reports.kpis import build_kpis
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.metric_info import figure_info, is_late, number_info
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.kpi import Kpi
from layouts.components.metric_info import MetricInfo
from layouts.pages.backoffice.page import Choice, Duplicate, GroupCount, Ticket
from metrics.measures.tickets import DAY, EVERY, IS_OPEN, is_overdue
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import EMPTY
from metrics.model.schema import attribute
from metrics.model.selection import select
from metrics.model.summary import Summary
from metrics.query.drilldown import VALUE, Drilldown
from metrics.query.grouping import ROW
from services.runtime.backend import Backend

STOCKS = ("tickets_open", "tickets_overdue")
DATED = ("tickets_created", "tickets_resolved", "ticket_completion", "ticket_resolution_time")
MERGED = "conversations_merged"
SHOWN, DUPLICATES_SHOWN = 200, 50
# What is shown of a ticket as it is.
PLAIN = ("subject", "external_key", "platform", "severity", "company")

BackofficeView = ReportView[BackofficeQuery]


def build_sheet(
    question: BackofficeView, numbers: Mapping[str, Summary], at: datetime, context: Context
) -> list[Kpi]:
    now = [_build_stock_kpi(key, numbers[key], question, at, context) for key in STOCKS]
    return [*now, *build_kpis(question, (*DATED, MERGED), at, context)]


def _build_stock_kpi(
    key: str, number: Summary, question: BackofficeView, at: datetime, context: Context
) -> Kpi:
    metric = CATALOG[key]
    info = number_info(
        metric,
        number,
        None,
        None,
        question.filter_words,
        question.snapshot,
        question.rules,
        at,
        context,
    )
    late = is_late(metric, question.snapshot)
    return Kpi(metric, number, None, [], [], [], None, info, late, compared=False)


def count_tabs(question: BackofficeView) -> dict[str | None, int]:
    return {tab: list_rows(question, key, cells).n for tab, (key, cells) in LISTED.items()}


def arrange_tickets(question: BackofficeView) -> Drilldown:
    """The tickets of the tab in order: overdue first, then the oldest; those done come last."""
    key, cells = question.query.listed
    listing = list_rows(question, key, cells)
    is_late = is_overdue(question.rules, question.tables.now)
    ordered = listing.query.sort(~IS_OPEN, ~is_late, "created_at", "id")
    return replace(listing, lines=ordered.select(ROW, VALUE).collect())


def build_tickets(question: BackofficeView, backend: Backend, context: Context) -> list[Ticket]:
    tables, links = question.tables, backend.links(question.snapshot)
    names = people.names(tables)
    shown = arrange_tickets(question).slice(0, SHOWN).query
    late = is_overdue(question.rules, tables.now)
    rows = []
    for row in shown.with_columns(late=late).collect().iter_rows(named=True):
        linked = (row["conversation_ids"] or "").split(",")
        urls = [links.conversation(conversation) for conversation in linked if conversation]
        end = tables.now if row["is_open"] else row["resolved_at"] or tables.now
        rows.append(
            Ticket(
                id=row["id"],
                number=row["number"] or row["id"],
                is_open=bool(row["is_open"]),
                is_overdue=row["late"],
                days=max(0, (end - row["created_at"]) // DAY),
                created_at=row["created_at"],
                resolved_at=row["resolved_at"],
                state=name_state(row["state_label"], row["state"], context),
                external=row["external_state"] or "",
                owner=_name_agent(row["agent_id"], names, context),
                creator=_name_agent(row["creator_id"], names, context),
                url=links.ticket(row["id"]),
                conversations=[url for url in urls if url],
                **{name: row[name] or "" for name in PLAIN},
            )
        )
    return rows


def name_state(label: str | None, state: str | None, context: Context) -> str:
    """The workspace's own word for a state, or ours where it has none."""
    key = f"rows.state.{state}"
    return label or (context.text(key) if context.text.has(key) else state or "")


def build_lines(by: str, question: BackofficeView, context: Context) -> list[GroupCount]:
    still, late = question.groups_of([CATALOG[key] for key in STOCKS], by).values()
    names = people.names(question.tables)
    lines = []
    for key, number in still.items():
        if not number.n:
            continue
        name = name_person(key, names, context) if by == "agent" else key
        name = name or context.text("filters.empty_value")
        lines.append(GroupCount(name, f"{by}:{key}", number.n, late[key].n))
    return sorted(lines, key=lambda line: (-line.n, line.name.casefold()))


def build_choices(question: BackofficeView, context: Context) -> list[Choice]:
    """What tickets can be filtered by: values that any of them has under all other filters."""
    names, choices = people.names(question.tables), []
    counted = _count_tickets(question)
    for name, column in COLUMNS.items():
        chosen = question.query.chosen.get(name, ())
        others = [
            pl.col(other).is_in(words)
            for other, words in question.filters.tickets.items()
            if other != column
        ]
        rows = counted.filter(*others).group_by(column).agg(pl.col("len").sum())
        known = dict.fromkeys(chosen, 0) | dict(rows.iter_rows())
        values = [
            (value, _name_value(name, value, names, context), n)
            for value, n in sorted(
                known.items(), key=lambda item: (-item[1], item[0].casefold(), item[0])
            )
        ]
        if len(values) > 1 or chosen:
            choices.append(Choice(name, values, chosen))
    return choices


def _count_tickets(question: BackofficeView) -> pl.DataFrame:
    """Tickets that are open, or of the period, by the words in all columns of the filters."""
    view = question.view.with_filters(replace(question.filters, tickets={}))
    lists = [select(metric, view) for metric in (CATALOG["tickets_open"], EVERY)]
    is_listed = [rows.predicate & rows.value.is_not_null() for rows in lists]
    words = [pl.col(column).cast(pl.String).fill_null(EMPTY) for column in COLUMNS.values()]
    query = lists[0].table.lazy().filter(pl.any_horizontal(is_listed))
    return query.group_by(words).len().collect()


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
    return bool(phrase) or question.tables.tickets["external_state"].count() > 0


def list_duplicates(
    question: BackofficeView, backend: Backend, context: Context
) -> tuple[int, list[Duplicate]]:
    """How many conversations were closed as duplicates, and the newest of them."""
    merged = arrange_rows(question, list_rows(question, MERGED, ()), "", None)
    told = ("id", "created_at", "subject", "agent_id", "merged_into")
    reason = pl.col(attribute(question.rules.labels.reason)).alias("reason")
    newest = merged.slice(0, DUPLICATES_SHOWN).query.select(*told, reason).collect()
    every = question.tables.derived("conversations", question.rules).lazy()
    targets = every.filter(pl.col("id").is_in(newest["merged_into"].drop_nulls().to_list()))
    reasons = dict(targets.select("id", reason.fill_null("")).collect().iter_rows())
    names, links = people.names(question.tables), backend.links(question.snapshot)
    duplicates = []
    for row in newest.iter_rows(named=True):
        into = row["merged_into"] or None
        duplicates.append(
            Duplicate(
                at=row["created_at"],
                subject=row["subject"] or "",
                agent=_name_agent(row["agent_id"], names, context),
                reason=row["reason"] or "",
                url=links.conversation(row["id"]),
                into=into,
                into_url=links.conversation(into) if into else None,
                into_reason=reasons.get(into),
            )
        )
    return merged.n, duplicates


def build_infos(
    question: BackofficeView, still: int, merged: int, at: datetime, context: Context
) -> dict[str, MetricInfo]:
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


def _name_agent(agent: str | None, names: Mapping[str, tuple[str, str]], context: Context) -> str:
    return name_person(agent, names, context) if agent else ""
