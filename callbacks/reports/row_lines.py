"""Rows of the tables as the lines of a list, and how the list itself is called."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from callbacks.reports.filter_choices import name_person, name_team
from callbacks.reports.listing import Listing, Positions, read_dates, take_rows
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.rows_panel import Call, Conversation
from metrics.live.current import team_names
from metrics.measures import telephony
from metrics.measures.responsiveness import time_to_close
from metrics.measures.tickets import CREATOR, TICKET_WORDS
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.filters import UNASSIGNED
from metrics.model.lines import line_names
from metrics.model.schema import ATTRIBUTE_PREFIX, CALL_AGENTS
from metrics.model.selection import agent_of
from metrics.model.values import number_or_none, word
from metrics.query.drilldown import FILLED, OTHER_REASONS, OTHERS, PART, VALUE, Cell
from services.runtime.backend import Backend


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
    for prefix in (OTHERS, FILLED):
        if cell.by.startswith(prefix):
            by = cell.by.removeprefix(prefix)
            plain = f"crosstabs.groups.{by}"
            name = by.removeprefix(ATTRIBUTE_PREFIX)
            name = context.text(plain) if context.text.has(plain) else name
            return context.text(f"rows.{prefix.strip('.')}", name=name)
    if cell.by.startswith(ATTRIBUTE_PREFIX):
        label = cell.by.removeprefix(ATTRIBUTE_PREFIX)
        return f"{label}: {cell.key or context.text('filters.empty_value')}"
    return cell.key


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
    return context.text(f"overview.origin.{key if key != 'none' else 'unknown'}")


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
    calls = question.tables.calls
    digits = calls.loc[calls["id"].eq(key), "digits"].dropna()
    return str(digits.iloc[0]) if len(digits) else context.text("rows.no_number")


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


def _name_ticket_value(
    key: str, metric: Metric, question: ReportView[Any], context: Context
) -> str:
    return key or context.text("filters.empty_value")


_NAMED = {
    **dict.fromkeys(TICKET_WORDS, _name_ticket_value),
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


def _build_ticket_lines(
    frame: pd.DataFrame,
    marks: list[str],
    metric: Metric,
    question: ReportView[Any],
    backend: Backend,
    context: Context,
) -> list[Conversation]:
    names, now = people.names(question.tables), question.tables.now
    links = backend.links(question.snapshot)
    dates = read_dates(frame, metric).dt.tz_localize("UTC")
    lines = []
    for row, at, mark in zip(frame.to_dict("records"), dates, marks, strict=True):
        is_open = bool(row["is_open"])
        end = now if is_open or pd.isna(row["resolved_at"]) else row["resolved_at"]
        owner = word(row["agent_id"]) or UNASSIGNED
        about = [f"#{word(row['number']) or row['id']}", name_person(owner, names, context)]
        about += [word(row[name]) for name in ("company", "state_label")]
        lines.append(
            Conversation(
                id=str(row["id"]),
                at=at.to_pydatetime(),
                subject=word(row["subject"]),
                about=about,
                state="ticket_open" if is_open else "ticket_closed",
                span=float((end - row["created_at"]).total_seconds()),
                mark=mark,
                url=links.ticket(str(row["id"])),
            )
        )
    return lines


def build_lines(
    question: ReportView[Any],
    listing: Listing,
    places: Positions,
    backend: Backend,
    context: Context,
) -> list[Conversation | Call]:
    frame = take_rows(question, listing, places)
    marks = [_describe_value(listing.metric, value, context) for value in listing.values[places]]
    if listing.metric.table == "calls":
        return list(_build_call_lines(frame, marks, question, context))
    if listing.metric.table == "tickets":
        return list(_build_ticket_lines(frame, marks, listing.metric, question, backend, context))
    return list(_build_conversation_lines(frame, marks, listing.metric, question, backend, context))


def classify_calls(calls: pd.DataFrame) -> pd.Series:
    inbound = calls["direction"].ne("outbound")
    words = pd.Series("inbound", index=calls.index, dtype="str")
    words = words.mask(inbound & calls["missed_call_reason"].notna(), "missed")
    words = words.mask(~inbound, "outbound")
    return words.mask(~inbound & calls["answered_at"].isna(), "outbound_unanswered")


def _build_conversation_lines(
    frame: pd.DataFrame,
    marks: list[str],
    metric: Metric,
    question: ReportView[Any],
    backend: Backend,
    context: Context,
) -> list[Conversation]:
    tables = question.tables
    names, teams = people.names(tables), team_names(tables, question.rules)
    agents = agent_of(frame, tables, metric).fillna(UNASSIGNED)
    closed = time_to_close(frame, question.rules.with_clock("all"), tables.now)
    links = backend.links(question.snapshot)
    dates = read_dates(frame, metric).dt.tz_localize("UTC")
    lines = []
    columns = zip(frame.to_dict("records"), agents, closed, dates, marks, strict=True)
    for row, agent, seconds, at, mark in columns:
        state = str(row["state"])
        span = number_or_none(seconds)
        if state != "closed":
            span = float((tables.now - row["created_at"]).total_seconds())
        if metric.dated_by == "rating_at" and not pd.isna(row["rating"]):
            mark = context.text("rows.rating", n=int(row["rating"]))
        about = [word(row["contact_name"]), name_person(str(agent), names, context)]
        about.append(teams.get(word(row["team_id"]), ""))
        lines.append(
            Conversation(
                id=str(row["id"]),
                at=at.to_pydatetime(),
                subject=word(row["subject"]),
                about=about,
                state=state,
                span=span,
                mark=mark,
                url=links.conversation(str(row["id"])),
            )
        )
    return lines


def _build_call_lines(
    frame: pd.DataFrame, marks: list[str], question: ReportView[Any], context: Context
) -> list[Call]:
    names = people.names(question.tables)
    outcomes = telephony.outcome(frame, question.rules, question.tables.now)
    lines = []
    records = zip(frame.to_dict("records"), classify_calls(frame), outcomes, marks, strict=True)
    for row, kind, outcome, mark in records:
        persons = [word(row[column]) for column in CALL_AGENTS]
        known = [name_person(agent, names, context) for agent in dict.fromkeys(persons) if agent]
        number = word(row["digits"]) or context.text("rows.no_number")
        name = word(row["contact_name"])
        talk = None
        if not pd.isna(row["answered_at"]) and not pd.isna(row["ended_at"]):
            talk = float((row["ended_at"] - row["answered_at"]).total_seconds())
        lines.append(
            Call(
                id=str(row["id"]),
                at=row["started_at"].to_pydatetime(),
                who=f"{name} · {number}" if name else number,
                kind=kind,
                outcome=word(outcome),
                about=[", ".join(known), word(row["line_name"])],
                talk=talk,
                mark=mark,
                has_recording=not pd.isna(row["has_recording"]) and bool(row["has_recording"]),
            )
        )
    return lines


def _describe_value(metric: Metric, value: float, context: Context) -> str:
    """What the row adds to the number, where that is more than one."""
    if pd.isna(value):
        return ""
    if metric.kind == "share":
        return name_side(metric, "1" if value else "0", context)
    if metric.unit == "seconds":
        short = context.text(f"metrics.{metric.key}.short")
        return f"{short} {context.formats.duration(value)}"
    if metric.unit == "points":
        return context.text("rows.rating", n=int(value))
    return context.text("rows.mentioned_twice") if value > 1 else ""
