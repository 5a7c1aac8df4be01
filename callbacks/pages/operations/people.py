"""The wall's people: who is there, what each carries, who can take the next one."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from callbacks.pages.operations.view import OperationsView, instant
from layouts.links import view
from layouts.pages.operations.agents import Agent, AgentsPanel, Candidate
from metrics.live import current as now
from metrics.model import people
from metrics.model.values import word

PATH = "/operations"
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
        _agent(row, seen[str(row["agent_id"])], question, choices)
        for row in loads.to_dict("records")
    ]
    return AgentsPanel(
        agents=agents,
        candidates=[
            Candidate(word(row["name"]), int(row["open"]), bool(row["voice_free"]))
            for row in candidates.to_dict("records")
        ],
        busy=_busy(present, loads),
        limit=rules.overload_open,
        period=question.query.period,
        voice=question.has_voice,
        voice_read=question.voice_read,
        text_late=question.late_at("intercom") is not None,
        voice_late=question.late_at("aircall") is not None,
    )


def _busy(present: pd.DataFrame, loads: pd.DataFrame) -> dict[str, int]:
    """Why nobody can take the next one; each person under the first reason that fits."""
    merged = loads.merge(present[["agent_id", "text"]], on="agent_id")
    rest = pd.Series(True, index=merged.index)
    found = {}
    for reason, holds in (
        ("on_call", merged["on_call"]),
        ("after_call", merged["after_call"]),
        ("away", merged["text"].ne("active")),
        ("overloaded", merged["overloaded"]),
    ):
        found[reason] = int((rest & holds).sum())
        rest &= ~holds
    return found


def _agent(
    row: Mapping[Any, Any], seen: Mapping[Any, Any], question: OperationsView, choices: Choices
) -> Agent:
    agent_id = str(row["agent_id"])
    href = view(PATH, choices, agent=agent_id) if question.may_see(agent_id) else None
    return Agent(
        id=agent_id,
        name=word(row["name"]),
        text=str(seen["text"]),
        text_reason=word(seen["text_reason"]) or None,
        text_since=instant(seen["text_since"]),
        explained=bool(seen["explained"]) and question.has_voice,
        voice=word(seen["voice"]) or None,
        voice_since=instant(seen["voice_since"]),
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
