"""What one agent did in the period: asked of `metrics`, handed to `layouts`."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash.development.base_component import Component

from callbacks.pages.operations.people import PATH, Choices
from callbacks.pages.operations.timeline import strips
from callbacks.pages.operations.view import OperationsView
from layouts.components.context import Context
from layouts.links import view
from layouts.pages.operations import drawer as layout
from layouts.pages.operations.drawer import Call, Drawer, Ticket
from metrics.model.filters import Filters
from metrics.model.schema import CALL_AGENTS
from metrics.model.selection import select_conversations
from metrics.model.values import word

ROWS = 100


def drawer(question: OperationsView, choices: Choices, context: Context) -> Component | None:
    """The panel of the person in the address; refused to whom that person's rows are not meant."""
    agent_id = question.query.agent
    if agent_id is None or question.kiosk:
        return None
    close = view(PATH, choices, agent=None)
    if not question.may_see(agent_id):
        return layout.refused(close, context)
    name, _ = question.names.get(agent_id, ("", ""))
    if agent_id not in question.names:
        return layout.unknown(close, context)
    tickets = _conversations(question, agent_id)
    calls = _calls(question, agent_id) if question.voice_read else None
    return layout.drawer(
        Drawer(
            agent_id=agent_id,
            name=name or context.text("operations.crew.unnamed", id=agent_id),
            close=close,
            period=question.query.period,
            at=question.snapshot.published_at,
            tickets=[_ticket(row, question) for row in tickets.head(ROWS).to_dict("records")],
            all_tickets=len(tickets),
            calls=None
            if calls is None
            else [_call(row, agent_id) for row in calls.head(ROWS).to_dict("records")],
            all_calls=0 if calls is None else len(calls),
            timeline=strips(question, only=agent_id),
        ),
        context,
    )


def _conversations(question: OperationsView, agent_id: str) -> pd.DataFrame:
    """The rows behind the table's number of conversations."""
    chosen = Filters(agents=(agent_id,))
    rows = select_conversations(question.view.with_filters(chosen))
    rows = rows[rows["created_at"].ge(question.start)]
    return rows.sort_values(["created_at", "id"], ascending=False)


def _calls(question: OperationsView, agent_id: str) -> pd.DataFrame:
    """All calls in which the person took part, whatever became of them."""
    calls = question.tables.calls
    mine = pd.Series(False, index=calls.index)
    for column in CALL_AGENTS:
        mine |= calls[column].eq(agent_id)
    found = calls[mine & calls["started_at"].ge(question.start)]
    return found.sort_values(["started_at", "id"], ascending=False)


def _ticket(row: Mapping[Any, Any], question: OperationsView) -> Ticket:
    return Ticket(
        id=str(row["id"]),
        created_at=row["created_at"].to_pydatetime(),
        subject=word(row["subject"]),
        team=question.teams.get(word(row["team_id"]), ""),
        state=str(row["state"]),
        url=question.url(str(row["id"])),
    )


def _call(row: Mapping[Any, Any], agent_id: str) -> Call:
    talked = None
    if not pd.isna(row["answered_at"]) and not pd.isna(row["ended_at"]):
        talked = float((row["ended_at"] - row["answered_at"]).total_seconds())
    recorded = row["has_recording"]
    return Call(
        id=str(row["id"]),
        started_at=row["started_at"].to_pydatetime(),
        kind=_kind(row, agent_id),
        line=word(row["line_name"]),
        talk_seconds=talked,
        has_recording=not pd.isna(recorded) and bool(recorded),
    )


def _kind(row: Mapping[Any, Any], agent_id: str) -> str:
    """The person's part in the call, as a key of the words."""
    if row["status"] != "done":
        return "running"
    if word(row["transferred_by_agent_id"]) == agent_id:
        return "passed"
    if word(row["transferred_to_agent_id"]) == agent_id:
        return "taken"
    if row["direction"] == "outbound":
        return "outbound_unanswered" if pd.isna(row["answered_at"]) else "outbound"
    return "inbound" if pd.isna(row["missed_call_reason"]) else "missed"
