"""People with their numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from callbacks.api.answers import Request, number
from callbacks.api.rows import Row, instant
from callbacks.reports.query import AgentsQuery
from metrics.live import current as now
from metrics.model import people
from metrics.model.catalog import CATALOG, Metric
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import midnight
from metrics.model.summary import summarise
from metrics.model.view import view_of_today
from metrics.query import report

NOTHING = pd.Series([], dtype="float64")
# What a person holds now -> the stock that counts it.
HELD = {"open": "open_now", "snoozed": "snoozed_now", "recent": "arrivals_recent"}
Numbers = Mapping[str, Mapping[str, Row]]


def agents(request: Request, query: AgentsQuery) -> Row:
    """Members, and whoever else has rows: leavers, people outside the teams, nobody."""
    rows = request.remembered("agents", query, compute=lambda: _rows(request, query))
    return request.dated(query) | {"agents": rows}


def _rows(request: Request, query: AgentsQuery) -> list[Row]:
    tables, rules = request.snapshot.tables, request.rules(query)
    numbers = _numbers(request, query)
    start = pd.Timestamp(midnight(request.today, rules.time_zone))
    present = now.presence(tables, rules).set_index("agent_id").to_dict("index")
    first_day = request.snapshot.history.first_day
    loads = (
        now.load(view_of_today(tables, rules), start, first_day=first_day)
        .set_index("agent_id")
        .to_dict("index")
    )
    emails = dict(zip(tables.agents["id"], tables.agents["email"], strict=True))
    known = people.names(tables) | {UNASSIGNED: ("unassigned", "unassigned")}
    rows = []
    for agent_id in _shown(request, query, numbers):
        name, status = known.get(agent_id, (agent_id, "left"))
        email = emails.get(agent_id)
        held = {
            column: _held(numbers[key], loads.get(agent_id), agent_id, column)
            for column, key in HELD.items()
        }
        rows.append(
            {
                "id": agent_id,
                "name": name,
                "email": None if pd.isna(email) else email,
                "status": status,
                **_presence(present.get(agent_id)),
                **held,
                "metrics": {
                    key: numbers[key].get(agent_id) or _none(request, metric)
                    for key, metric in CATALOG.items()
                    if metric.kind != "stock"
                },
            }
        )
    return sorted(rows, key=lambda row: (row["id"] == UNASSIGNED, row["name"].casefold()))


def _numbers(request: Request, query: AgentsQuery) -> Numbers:
    """Metric -> person -> number."""
    view = request.view(query)
    return {
        key: {
            group.key: number(request, metric, group.summary)
            for group in report.breakdown(metric, "agent", view)
        }
        for key, metric in CATALOG.items()
        if metric.kind != "stock" or key in HELD.values()
    }


def _shown(request: Request, query: AgentsQuery, numbers: Numbers) -> set[str]:
    asked = request.filters(query).agents
    if not request.scope.everything:
        return set(asked)
    with_rows = {
        agent_id for groups in numbers.values() for agent_id, told in groups.items() if told["n"]
    }
    members = people.members(request.snapshot.tables, request.backend.rules)["id"]
    everybody = {*members, *with_rows, UNASSIGNED}
    return everybody & set(asked) if asked else everybody


def _held(
    groups: Mapping[str, Row], load: Mapping[Any, Any] | None, agent_id: str, column: str
) -> int | None:
    """How much a person holds; for members over all teams, as their load says."""
    if load is not None:
        return int(load[column])
    told = groups.get(agent_id)
    return 0 if told is None else told["value"]


def _presence(seen: Mapping[Any, Any] | None) -> Row:
    if seen is None:
        return {"text": None, "voice": None}
    reason, voice = seen["text_reason"], seen["voice"]
    return {
        "text": {
            "state": seen["text"],
            "reason": None if pd.isna(reason) else reason,
            "since": instant(seen["text_since"]),
        },
        "voice": None
        if pd.isna(voice)
        else {"state": voice, "since": instant(seen["voice_since"])},
    }


def _none(request: Request, metric: Metric) -> Row:
    return number(request, metric, summarise(metric, NOTHING))
