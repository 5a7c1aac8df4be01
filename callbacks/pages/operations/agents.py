"""The wall's people: who is there, what each carries, the day of each, and the panel of one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from callbacks.pages.operations.query import OperationsView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.elements import Element
from layouts.links import view
from layouts.pages.operations import PATH
from layouts.pages.operations import drawer as layout
from layouts.pages.operations.agents import Agent, AgentsPanel, Candidate
from layouts.pages.operations.drawer import Call, Drawer, Ticket
from layouts.pages.operations.timeline import Timeline
from metrics.live import current as now
from metrics.live.current import LoadRow
from metrics.live.timeline import UNOBSERVED, AgentDay, timeline
from metrics.model import people
from metrics.model.filters import Filters
from metrics.model.office_hours import openings
from metrics.model.periods import Period
from metrics.model.schema import INSTANT
from metrics.model.selection import CREDITED, select_conversations

Choices = Mapping[str, list[str]]


def build_agents_panel(question: OperationsView, choices: Choices) -> AgentsPanel:
    """Everybody in scope, and of the chosen teams if there are any."""
    loads = question.loads
    if question.query.team:
        inside = people.in_teams(question.tables.agents, question.query.team)
        loads = [row for row in loads if row.agent_id in inside]
    return AgentsPanel(
        agents=[_build_agent(row, question, choices) for row in loads],
        candidates=[Candidate(row.name, row.open, row.voice_free) for row in now.next_hands(loads)],
        busy=_count_busy(loads),
        limit=question.rules.overload_open,
        period=question.query.period,
        voice=question.has_voice,
        voice_read=question.voice_read,
        text_late=question.late_at("intercom") is not None,
        voice_late=question.late_at("aircall") is not None,
    )


def _count_busy(loads: Collection[LoadRow]) -> dict[str, int]:
    """Why nobody can take the next one; each person under the first reason that fits."""
    counts = dict.fromkeys(("on_call", "after_call", "away", "overloaded"), 0)
    for row in loads:
        if row.seen.on_call:
            counts["on_call"] += 1
        elif row.seen.after_call:
            counts["after_call"] += 1
        elif row.seen.text != "active":
            counts["away"] += 1
        elif row.overloaded:
            counts["overloaded"] += 1
    return counts


def _build_agent(row: LoadRow, question: OperationsView, choices: Choices) -> Agent:
    seen = row.seen
    may_see = question.may_see(row.agent_id)
    return Agent(
        id=row.agent_id,
        name=row.name,
        text=seen.text,
        text_reason=seen.text_reason,
        text_since=seen.text_since,
        explained=seen.explained and question.has_voice,
        voice=seen.voice,
        voice_since=seen.voice_since,
        clash=seen.contradicts and question.has_voice,
        ours=row.open_ours,
        customers=row.open_customers,
        snoozed=row.snoozed,
        recent=row.recent,
        conversations=row.conversations,
        calls=row.calls,
        overloaded=row.overloaded,
        spike=row.spike,
        href=view(PATH, choices, agent=row.agent_id) if may_see else None,
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
    days = timeline(question.tables, question.rules, question.today)
    if question.query.team:
        inside = people.in_teams(question.tables.agents, question.query.team)
        days = [day for day in days if day.agent_id in inside]
    if only is None:
        days = [day for day in days if question.may_see(day.agent_id)]
    else:
        days = [day for day in days if day.agent_id == only]
    if not days:
        return None
    first, last = _find_window(days, question)
    strips = [
        replace(day.between(first, last), name=day.name or day.agent_id)
        for day in days
        if day.stretches[-1].end > first
    ]
    return Timeline(first, last, strips, info("timeline"))


def _find_window(days: Collection[AgentDay], question: OperationsView) -> tuple[datetime, datetime]:
    """Full hours around the opening times, and around everything that was seen."""
    begin, end = Period(question.today, question.today).bounds(question.rules.time_zone)
    hours = openings(question.today, question.rules)
    seen = [s.start for day in days for s in day.stretches if s.state != UNOBSERVED]
    first = min([*seen, *(start for start, _ in hours), question.tables.now])
    last = max([question.tables.now, *(end for _, end in hours)])
    if last == first or _floor_hour(last) < last:
        last += HOUR
    return max(begin, _floor_hour(first)), min(end, _floor_hour(last))


def _floor_hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


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
            tickets=[
                _build_ticket(row, question) for row in tickets.head(ROWS).iter_rows(named=True)
            ],
            all_tickets=len(tickets),
            calls=None
            if calls is None
            else [_build_call(row, agent_id) for row in calls.head(ROWS).iter_rows(named=True)],
            all_calls=0 if calls is None else len(calls),
            timeline=build_timeline(question, only=agent_id),
        ),
        context,
    )


def _select_conversations(question: OperationsView, agent_id: str) -> pl.DataFrame:
    """The rows behind the table's number of conversations."""
    chosen = Filters(agents=(agent_id,))
    return (
        select_conversations(question.view.with_filters(chosen))
        .filter(pl.col("created_at") >= pl.lit(question.start, INSTANT))
        .select("id", "created_at", "subject", "team_id", "state")
        .sort("created_at", "id", descending=True)
        .collect()
    )


def _select_calls(question: OperationsView, agent_id: str) -> pl.DataFrame:
    """All calls in which the person took part, whatever became of them."""
    is_own = pl.any_horizontal(pl.col(CREDITED) == agent_id)
    is_since = pl.col("started_at") >= pl.lit(question.start, INSTANT)
    calls = question.tables.calls.lazy().filter(is_since & is_own)
    return calls.sort("started_at", "id", descending=True).collect()


def _build_ticket(row: Mapping[str, Any], question: OperationsView) -> Ticket:
    return Ticket(
        id=row["id"],
        created_at=row["created_at"],
        subject=row["subject"] or "",
        team=question.teams.get(row["team_id"], ""),
        state=row["state"],
        url=question.links.conversation(row["id"]),
    )


def _build_call(row: Mapping[str, Any], agent_id: str) -> Call:
    talked = None
    if row["answered_at"] and row["ended_at"]:
        talked = (row["ended_at"] - row["answered_at"]).total_seconds()
    return Call(
        id=row["id"],
        started_at=row["started_at"],
        kind=_classify_call(row, agent_id),
        line=row["line_name"] or "",
        talk_seconds=talked,
        has_recording=bool(row["has_recording"]),
    )


def _classify_call(row: Mapping[str, Any], agent_id: str) -> str:
    """The person's part in the call, as a key of the words."""
    if row["status"] != "done":
        return "running"
    if row["transferred_by_agent_id"] == agent_id:
        return "passed"
    if row["transferred_to_agent_id"] == agent_id:
        return "taken"
    if row["direction"] == "outbound":
        return "outbound" if row["answered_at"] else "outbound_unanswered"
    return "inbound" if row["answered_at"] else "missed"
