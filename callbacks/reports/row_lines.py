"""Rows of the tables as the lines of a list, and how the list itself is called."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from callbacks.reports.filter_choices import name_person, name_team
from callbacks.reports.listing import date_of
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.rows_panel import Call, Conversation
from metrics.live.current import team_names
from metrics.measures import telephony
from metrics.measures.responsiveness import CLOSE
from metrics.measures.tickets import CREATOR, TICKET_WORDS
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.filters import UNASSIGNED
from metrics.model.lines import line_names
from metrics.model.schema import ATTRIBUTE_PREFIX, CALL_AGENTS
from metrics.model.selection import agent_of
from metrics.query.drilldown import (
    BESIDES,
    FILLED,
    OTHER_REASONS,
    OTHERS,
    PART,
    RECOGNISED_CALLS,
    VALUE,
    Cell,
    Drilldown,
)
from services.runtime.backend import Backend
from services.snapshot.call_decisions import Decision, load_decisions

CALL_KIND = (
    pl.when(telephony.IS_OUTBOUND & pl.col("answered_at").is_null())
    .then(pl.lit("outbound_unanswered"))
    .when(telephony.IS_OUTBOUND)
    .then(pl.lit("outbound"))
    .when(telephony.IS_MISSED)
    .then(pl.lit("missed"))
    .otherwise(pl.lit("inbound"))
)


def build_title(
    metric: Metric, cells: Sequence[Cell], question: ReportView[Any], context: Context
) -> tuple[str, list[str]]:
    """The title of a list, and what stands before it: the number and its period."""
    label = context.text(f"metrics.{metric.key}.label")
    period = question.period
    span = context.formats.span(period.first_day, period.last_day)
    when = context.text("passport.now") if metric.dated_by is None else span
    named = [
        name_cell(cell, metric, question, context)
        for cell in cells
        if cell.by != VALUE or metric.kind != "share"
    ]
    return (" · ".join(named), [label, when]) if named else (label, [when])


def name_side(metric: Metric, key: str | None, context: Context) -> str:
    """What the rows for (`1`) or against (`0`) a share are called."""
    text = context.text
    if key is None:
        return text("rows.side.all")
    own = f"rows.side.{metric.key}.{'yes' if key == '1' else 'no'}"
    return text(own if text.has(own) else f"rows.side.{'yes' if key == '1' else 'no'}")


def name_cell(cell: Cell, metric: Metric, question: ReportView[Any], context: Context) -> str:
    named = _NAMED.get(cell.by)
    if named is not None:
        return named(cell.key, metric, question, context)
    for prefix in (OTHERS, FILLED, BESIDES):
        if cell.by.startswith(prefix):
            by = cell.by.removeprefix(prefix)
            name = name_group(by, context)
            return context.text(f"rows.{prefix.strip('.')}", name=name)
    if cell.by.startswith(ATTRIBUTE_PREFIX):
        label = cell.by.removeprefix(ATTRIBUTE_PREFIX)
        return f"{label}: {cell.key or context.text('filters.empty_value')}"
    return cell.key


def name_group(by: str, context: Context) -> str:
    name = f"rows.by.{by}"
    return context.text(name) if context.text.has(name) else by.removeprefix(ATTRIBUTE_PREFIX)


def _name_day(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.formats.weekday(date.fromisoformat(key))


def _name_week(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    first = date.fromisoformat(key)
    return context.formats.span(first, first + timedelta(days=6))


def _name_hour(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text("rows.hour", first=key, last=int(key) + 1)


def _name_weekday(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text(f"rows.weekday.{key}")


def _name_weekday_hour(
    key: str, metric: Metric, question: ReportView[Any], context: Context
) -> str:
    weekday, _, hour = key.partition("-")
    return (
        f"{context.text(f'rows.weekday.{weekday}')}, {_name_hour(hour, metric, question, context)}"
    )


def _name_agent(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return name_person(key, people.names(question.tables), context)


def _name_team(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return name_team(key, team_names(question.tables, question.rules), context)


def _name_reason(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return key or context.text("rows.no_reason")


def _name_others(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text("rows.other_reasons")


def _name_origin(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text(f"filters.origin.{key}")


def _name_part(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    name = f"metrics.parts.{key}"
    return context.text(name) if context.text.has(name) else key


def _name_value(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    text = context.text
    low, ranged, high = key.partition("..")
    ends = {
        name: context.formats.value(float(end), metric.unit)
        for name, end in (("low", low), ("high", high))
        if end
    }
    if not ranged:
        return ends["low"]
    if len(ends) == 2:
        return text("rows.between", **ends)
    return text("rows.from", **ends) if "low" in ends else text("rows.under", **ends)


def _name_state(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    name = f"rows.state.{key}"
    return context.text(name) if context.text.has(name) else key


def _name_line(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    names = line_names(question.tables.calls)
    return names.get(key) or context.text("telephony.no_line")


def _name_caller(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    """The number itself: an address names only one of its calls."""
    calls = question.tables.calls.select("id", "digits")
    for digits in calls.filter(pl.col("id") == key)["digits"].drop_nulls():
        return str(digits)
    return context.text("rows.no_number")


def _name_giver(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text("rows.passed_by", name=_name_agent(key, metric, question, context))


def _name_taker(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    if key == UNASSIGNED:
        return context.text("telephony.unknown_taker")
    return context.text("rows.passed_to", name=_name_agent(key, metric, question, context))


def _name_standing(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text(f"rows.standing.{key}")


def _name_creator(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    name = _name_agent(key, metric, question, context)
    return context.text("rows.created_by", name=name)


def _name_word(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return key or context.text("filters.empty_value")


_NAMED = {
    **dict.fromkeys((*TICKET_WORDS, "channel"), _name_word),
    "standing": _name_standing,
    CREATOR: _name_creator,
    "state": _name_state,
    "line": _name_line,
    "caller": _name_caller,
    "transferred_by": _name_giver,
    "transferred_to": _name_taker,
    "day": _name_day,
    "week": _name_week,
    "hour": _name_hour,
    "weekday": _name_weekday,
    "weekday_hour": _name_weekday_hour,
    "agent": _name_agent,
    "user": _name_agent,
    "team": _name_team,
    "reason": _name_reason,
    OTHER_REASONS: _name_others,
    "origin": _name_origin,
    PART: _name_part,
    VALUE: _name_value,
}


def build_lines(
    question: ReportView[Any], listing: Drilldown, backend: Backend, context: Context
) -> Sequence[Conversation | Call]:
    """Of all rows of the listing: of a long one, take a slice."""
    if listing.metric.table == "calls":
        return _build_call_lines(question, listing, context)
    if listing.metric.table == "tickets":
        return _build_ticket_lines(question, listing, backend, context)
    return _build_conversation_lines(question, listing, backend, context)


def _build_ticket_lines(
    question: ReportView[Any], listing: Drilldown, backend: Backend, context: Context
) -> list[Conversation]:
    names, now = people.names(question.tables), question.tables.now
    links = backend.links(question.snapshot)
    lines = []
    for row in listing.rows.iter_rows(named=True):
        end = now if row["is_open"] else row["resolved_at"] or now
        about = [f"#{row['number'] or row['id']}"]
        about += [name_person(row["agent_id"] or UNASSIGNED, names, context)]
        about += [row[name] or "" for name in ("company", "state_label")]
        lines.append(
            Conversation(
                id=row["id"],
                at=row[date_of(listing.metric)],
                subject=row["subject"] or "",
                about=about,
                state="ticket_open" if row["is_open"] else "ticket_closed",
                span=(end - row["created_at"]).total_seconds(),
                mark=_describe_value(listing.metric, row[VALUE], context),
                url=links.ticket(row["id"]),
            )
        )
    return lines


def _build_conversation_lines(
    question: ReportView[Any], listing: Drilldown, backend: Backend, context: Context
) -> list[Conversation]:
    tables, metric = question.tables, listing.metric
    names, teams = people.names(tables), team_names(tables, question.rules)
    links = backend.links(question.snapshot)
    closed = CLOSE(question.rules.with_clock("all"), tables.now)
    decisions = load_decisions(backend.state) if metric.key == RECOGNISED_CALLS else None
    rows = listing.query.with_columns(agent=agent_of(tables, metric), span=closed).collect()
    lines = []
    for row in rows.iter_rows(named=True):
        span = row["span"]
        if row["state"] != "closed":
            span = (tables.now - row["created_at"]).total_seconds()
        mark = _describe_value(metric, row[VALUE], context)
        if metric.dated_by == "rating_at" and row["rating"] is not None:
            mark = context.text("rows.rating", n=row["rating"])
        decision = ""
        if decisions is not None:
            made = decisions.get(row["id"])
            decision = "call" if made else "conversation"
            mark = _describe_recognition(row, made, context)
        about = [row["contact_name"] or ""]
        about += [name_person(row["agent"] or UNASSIGNED, names, context)]
        about += [name_team(row["team_id"], teams, context) if row["team_id"] else ""]
        lines.append(
            Conversation(
                id=row["id"],
                at=row[date_of(metric)],
                subject=row["subject"] or "",
                about=about,
                state=row["state"],
                span=span,
                mark=mark,
                url=links.conversation(row["id"]),
                decision=decision,
            )
        )
    return lines


def _describe_recognition(row: Any, made: Decision | None, context: Context) -> str:
    """By what it is taken for a call, or who says that it is none."""
    if made is None:
        return context.text(f"rows.recognised.{'mark' if row['is_call'] else 'pair'}")
    at = context.formats.moment(datetime.fromtimestamp(made.at, UTC))
    return context.text("rows.recognised.overruled", who=made.by, at=at)


def _build_call_lines(
    question: ReportView[Any], listing: Drilldown, context: Context
) -> list[Call]:
    names = people.names(question.tables)
    lines = []
    for row in listing.query.with_columns(kind=CALL_KIND).collect().iter_rows(named=True):
        persons = dict.fromkeys(row[column] for column in CALL_AGENTS)
        known = [name_person(agent, names, context) for agent in persons if agent]
        number = row["digits"] or context.text("rows.no_number")
        is_over = row["answered_at"] and row["ended_at"]
        lines.append(
            Call(
                id=row["id"],
                at=row["started_at"],
                who=f"{row['contact_name']} · {number}" if row["contact_name"] else number,
                kind=row["kind"],
                outcome=row["outcome"] or "",
                about=[", ".join(known), row["line_name"] or ""],
                talk=(row["ended_at"] - row["answered_at"]).total_seconds() if is_over else None,
                mark=_describe_value(listing.metric, row[VALUE], context),
                has_recording=bool(row["has_recording"]),
            )
        )
    return lines


def _describe_value(metric: Metric, value: float | None, context: Context) -> str:
    """What the row adds to the number, where that is more than one."""
    if value is None:
        return ""
    if metric.kind == "share":
        return name_side(metric, "1" if value else "0", context)
    if metric.unit == "seconds":
        short = context.text(f"metrics.{metric.key}.short")
        return f"{short} {context.formats.duration(value)}"
    if metric.unit == "points":
        return context.text("rows.rating", n=int(value))
    return context.text("rows.mentioned_twice") if value > 1 else ""
