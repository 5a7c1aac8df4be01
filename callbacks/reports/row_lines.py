"""Rows of the tables as the lines of a list."""

from typing import Any

import pandas as pd

from callbacks.reports.filter_choices import person_word
from callbacks.reports.listing import Listing, Positions, date_column, frame_of
from callbacks.reports.report_view import ReportView
from callbacks.reports.row_words import side
from callbacks.reports.ticket_lines import ticket_lines, workspace_id
from layouts.components.context import Context
from layouts.components.rows_panel import Call, Conversation
from metrics.live.current import team_names
from metrics.measures import telephony
from metrics.measures.responsiveness import time_to_close
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.filters import UNASSIGNED
from metrics.model.schema import CALL_AGENTS
from metrics.model.selection import agent_of
from metrics.model.values import word
from services.runtime.backend import Backend
from services.settings.links import conversation_url


def lines(
    question: ReportView[Any],
    of: Listing,
    places: Positions,
    backend: Backend,
    context: Context,
) -> list[Conversation | Call]:
    """The lines of these places of a listing."""
    frame = frame_of(question, of, places)
    marks = [_mark(of.metric, value, context) for value in of.values[places]]
    if of.metric.table == "calls":
        return list(_calls(frame, marks, question, context))
    if of.metric.table == "tickets":
        return list(ticket_lines(frame, marks, of.metric, question, backend, context))
    return list(_conversations(frame, marks, of.metric, question, backend, context))


def call_kinds(calls: pd.DataFrame) -> pd.Series:
    """What became of each call, as a key of the words."""
    inbound = calls["direction"].ne("outbound")
    words = pd.Series("inbound", index=calls.index, dtype="str")
    words = words.mask(inbound & calls["missed_call_reason"].notna(), "missed")
    words = words.mask(~inbound, "outbound")
    return words.mask(~inbound & calls["answered_at"].isna(), "outbound_unanswered")


def _conversations(
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
    app_id = workspace_id(question, backend)
    template = backend.settings.intercom.conversation_url
    dates = date_column(frame, metric).dt.tz_localize("UTC")
    found = []
    columns = zip(frame.to_dict("records"), agents, closed, dates, marks, strict=True)
    for row, agent, seconds, at, mark in columns:
        state = str(row["state"])
        span = None if pd.isna(seconds) else float(seconds)
        if state != "closed":
            span = float((tables.now - row["created_at"]).total_seconds())
        if metric.dated_by == "rating_at" and not pd.isna(row["rating"]):
            mark = context.text("rows.rating", n=int(row["rating"]))
        about = [word(row["contact_name"]), person_word(str(agent), names, context)]
        about.append(teams.get(word(row["team_id"]), ""))
        found.append(
            Conversation(
                id=str(row["id"]),
                at=at.to_pydatetime(),
                subject=word(row["subject"]),
                about=about,
                state=state,
                span=span,
                mark=mark,
                url=conversation_url(template, app_id, str(row["id"])),
            )
        )
    return found


def _calls(
    frame: pd.DataFrame, marks: list[str], question: ReportView[Any], context: Context
) -> list[Call]:
    names = people.names(question.tables)
    outcomes = telephony.outcome(frame, question.rules, question.tables.now)
    found = []
    records = zip(frame.to_dict("records"), call_kinds(frame), outcomes, marks, strict=True)
    for row, kind, outcome, mark in records:
        persons = [word(row[column]) for column in CALL_AGENTS]
        known = [person_word(agent, names, context) for agent in dict.fromkeys(persons) if agent]
        number = word(row["digits"]) or context.text("rows.no_number")
        name = word(row["contact_name"])
        talk = None
        if not pd.isna(row["answered_at"]) and not pd.isna(row["ended_at"]):
            talk = float((row["ended_at"] - row["answered_at"]).total_seconds())
        found.append(
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
    return found


def _mark(metric: Metric, value: float, context: Context) -> str:
    """What the row adds to the number, where that is more than one."""
    if pd.isna(value):
        return ""
    if metric.kind == "share":
        return side(metric, "1" if value else "0", context)
    if metric.unit == "seconds":
        short = context.text(f"metrics.{metric.key}.short")
        return f"{short} {context.formats.duration(value)}"
    if metric.unit == "points":
        return context.text("rows.rating", n=int(value))
    return context.text("rows.mentioned_twice") if value > 1 else ""
