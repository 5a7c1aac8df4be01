"""The wall's people: who is there, what each carries, the day of each, and the panel of one."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from callbacks.pages.operations.query import OperationsView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.elements import Element
from layouts.links import view
from layouts.pages.operations import PATH
from layouts.pages.operations import drawer as layout
from layouts.pages.operations.agents import Agent, AgentsPanel, Candidate
from layouts.pages.operations.drawer import Call, Drawer, Ticket
from layouts.pages.operations.timeline import AgentDay, StateSpan, Timeline
from metrics.live import current as now
from metrics.live.timeline import UNOBSERVED, hours_by_state, timeline
from metrics.model import people
from metrics.model.filters import Filters
from metrics.model.office_hours import openings
from metrics.model.periods import Period
from metrics.model.schema import CALL_AGENTS
from metrics.model.selection import select_conversations
from metrics.model.values import instant_or_none, word

Choices = Mapping[str, list[str]]


def build_agents_panel(question: OperationsView, choices: Choices) -> AgentsPanel:
    """Everybody in scope, and of the chosen teams if there are any."""
    tables, rules = question.tables, question.rules
    present = now.presence(tables, rules)
    first_day = question.snapshot.history.first_day
    loads = now.load(question.view, question.start, first_day)
    if question.query.team:
        inside = people.in_teams(tables.agents, question.query.team)
        present = present[present["agent_id"].isin(inside)]
        loads = loads[loads["agent_id"].isin(inside)]
    candidates = now.next_hands(present, loads)
    seen = {str(row["agent_id"]): row for row in present.to_dict("records")}
    agents = [
        _build_agent(row, seen[str(row["agent_id"])], question, choices)
        for row in loads.to_dict("records")
    ]
    return AgentsPanel(
        agents=agents,
        candidates=[
            Candidate(word(row["name"]), int(row["open"]), bool(row["voice_free"]))
            for row in candidates.to_dict("records")
        ],
        busy=_count_busy(present, loads),
        limit=rules.overload_open,
        period=question.query.period,
        voice=question.has_voice,
        voice_read=question.voice_read,
        text_late=question.late_at("intercom") is not None,
        voice_late=question.late_at("aircall") is not None,
    )


def _count_busy(present: pd.DataFrame, loads: pd.DataFrame) -> dict[str, int]:
    """Why nobody can take the next one; each person under the first reason that fits."""
    merged = loads.merge(present[["agent_id", "text"]], on="agent_id")
    rest = pd.Series(True, index=merged.index)
    counts = {}
    for reason, holds in (
        ("on_call", merged["on_call"]),
        ("after_call", merged["after_call"]),
        ("away", merged["text"].ne("active")),
        ("overloaded", merged["overloaded"]),
    ):
        counts[reason] = int((rest & holds).sum())
        rest &= ~holds
    return counts


def _build_agent(
    row: Mapping[Any, Any], seen: Mapping[Any, Any], question: OperationsView, choices: Choices
) -> Agent:
    agent_id = str(row["agent_id"])
    href = view(PATH, choices, agent=agent_id) if question.may_see(agent_id) else None
    return Agent(
        id=agent_id,
        name=word(row["name"]),
        text=str(seen["text"]),
        text_reason=word(seen["text_reason"]) or None,
        text_since=instant_or_none(seen["text_since"]),
        explained=bool(seen["explained"]) and question.has_voice,
        voice=word(seen["voice"]) or None,
        voice_since=instant_or_none(seen["voice_since"]),
        clash=not pd.isna(seen["contradiction"]) and question.has_voice,
        ours=int(row["open_ours"]),
        customers=int(row["open_customers"]),
        snoozed=int(row["snoozed"]),
        recent=int(row["recent"]),
        conversations=int(row["conversations"]),
        calls=int(row["calls"]),
        overloaded=bool(row["overloaded"]),
        spike=bool(row["spike"]),
        href=href,
    )


HOUR = timedelta(hours=1)


def build_timeline(
    question: OperationsView,
    info: Callable[[str], MetricInfo | None] = lambda key: None,
    only: str | None = None,
) -> Timeline | None:
    """Other people's hours are no analyst's business, and no screen's in a room."""
    if question.kiosk:
        return None
    table = timeline(question.tables, question.rules, question.today)
    if question.query.team:
        inside = people.in_teams(question.tables.agents, question.query.team)
        table = table[table["agent_id"].isin(inside)]
    mine = [agent for agent in table["agent_id"].unique() if question.may_see(str(agent))]
    table = table[table["agent_id"].isin(mine if only is None else [only])]
    if table.empty:
        return None
    first, last = _find_window(table, question)
    inside = table.assign(start=table["start"].clip(lower=first), end=table["end"].clip(upper=last))
    inside = inside[inside["end"].gt(inside["start"])]
    seconds = hours_by_state(inside)
    strips = [
        AgentDay(
            word(rows["name"].iloc[0]) or str(agent),
            [
                StateSpan(str(state), start.to_pydatetime(), end.to_pydatetime())
                for state, start, end in zip(rows["state"], rows["start"], rows["end"], strict=True)
            ],
            {str(state): float(value) for state, value in seconds.loc[agent].items()},
        )
        for agent, rows in inside.groupby("agent_id", sort=False)
    ]
    return Timeline(first.to_pydatetime(), last.to_pydatetime(), strips, info("timeline"))


def _find_window(
    table: pd.DataFrame, question: OperationsView
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Full hours around the opening times, and around everything that was seen."""
    zone = question.rules.time_zone
    begin, end = (
        pd.Timestamp(edge) for edge in Period(question.today, question.today).bounds(zone)
    )
    hours = openings(question.today, question.rules)
    seen = table[table["state"].ne(UNOBSERVED)]
    starts = [*seen["start"], *(start for start, _ in hours)]
    ends = [question.tables.now, *(end for _, end in hours)]
    first = min(pd.Timestamp(instant) for instant in [*starts, question.tables.now])
    last = max(pd.Timestamp(instant) for instant in ends)
    return max(begin, first.floor("h")), min(end, last.ceil("h") if last > first else last + HOUR)


ROWS = 100


def draw_drawer(question: OperationsView, choices: Choices, context: Context) -> Element | None:
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
    tickets = _select_conversations(question, agent_id)
    calls = _select_calls(question, agent_id) if question.voice_read else None
    return layout.drawer(
        Drawer(
            agent_id=agent_id,
            name=name or context.text("operations.crew.unnamed", id=agent_id),
            close=close,
            period=question.query.period,
            at=question.snapshot.published_at,
            tickets=[_build_ticket(row, question) for row in tickets.head(ROWS).to_dict("records")],
            all_tickets=len(tickets),
            calls=None
            if calls is None
            else [_build_call(row, agent_id) for row in calls.head(ROWS).to_dict("records")],
            all_calls=0 if calls is None else len(calls),
            timeline=build_timeline(question, only=agent_id),
        ),
        context,
    )


def _select_conversations(question: OperationsView, agent_id: str) -> pd.DataFrame:
    """The rows behind the table's number of conversations."""
    chosen = Filters(agents=(agent_id,))
    rows = select_conversations(question.view.with_filters(chosen))
    rows = rows[rows["created_at"].ge(question.start)]
    return rows.sort_values(["created_at", "id"], ascending=False)


def _select_calls(question: OperationsView, agent_id: str) -> pd.DataFrame:
    """All calls in which the person took part, whatever became of them."""
    calls = question.tables.calls
    mine = pd.Series(False, index=calls.index)
    for column in CALL_AGENTS:
        mine |= calls[column].eq(agent_id)
    own_calls = calls[mine & calls["started_at"].ge(question.start)]
    return own_calls.sort_values(["started_at", "id"], ascending=False)


def _build_ticket(row: Mapping[Any, Any], question: OperationsView) -> Ticket:
    return Ticket(
        id=str(row["id"]),
        created_at=row["created_at"].to_pydatetime(),
        subject=word(row["subject"]),
        team=question.teams.get(word(row["team_id"]), ""),
        state=str(row["state"]),
        url=question.links.conversation(str(row["id"])),
    )


def _build_call(row: Mapping[Any, Any], agent_id: str) -> Call:
    talked = None
    if not pd.isna(row["answered_at"]) and not pd.isna(row["ended_at"]):
        talked = float((row["ended_at"] - row["answered_at"]).total_seconds())
    recorded = row["has_recording"]
    return Call(
        id=str(row["id"]),
        started_at=row["started_at"].to_pydatetime(),
        kind=_classify_call(row, agent_id),
        line=word(row["line_name"]),
        talk_seconds=talked,
        has_recording=not pd.isna(recorded) and bool(recorded),
    )


def _classify_call(row: Mapping[Any, Any], agent_id: str) -> str:
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
