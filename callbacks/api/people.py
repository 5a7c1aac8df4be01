"""People with their numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from callbacks.api.answers import Request, number
from callbacks.api.rows import Row, instant
from callbacks.reports.query import AgentsQuery
from metrics.live import current as now
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import midnight
from metrics.model.summary import summarise
from metrics.model.view import view_of_today
from metrics.query.agents import AgentRow, agent_rows

NOTHING = pd.Series([], dtype="float64")
# What a person holds now -> the stock that counts it.
HELD = {"open": "open_now", "snoozed": "snoozed_now", "recent": "arrivals_recent"}


def agents(request: Request, query: AgentsQuery) -> Row:
    """Members, and whoever else has rows: leavers, people outside the teams, nobody."""
    rows = request.remembered("agents", query, compute=lambda: _rows(request, query))
    return request.dated(query) | {"agents": rows}


def _rows(request: Request, query: AgentsQuery) -> list[Row]:
    view = request.view(query)
    tables, rules = view.tables, view.rules
    start = pd.Timestamp(midnight(request.today, rules.time_zone))
    present = now.presence(tables, rules).set_index("agent_id").to_dict("index")
    first_day = request.snapshot.history.first_day
    loads = (
        now.load(view_of_today(tables, rules), start, first_day=first_day)
        .set_index("agent_id")
        .to_dict("index")
    )
    emails = dict(zip(tables.agents["id"], tables.agents["email"], strict=True))
    asked = view.filters.agents
    dated = [metric for metric in CATALOG.values() if metric.kind != "stock"]
    rows = []
    for row in agent_rows(
        view,
        [*(metric.key for metric in dated), *HELD.values()],
        always=(UNASSIGNED,) if request.scope.everything else asked,
    ):
        if asked and row.id not in asked:
            continue
        email, load = emails.get(row.id), loads.get(row.id)
        rows.append(
            {
                "id": row.id,
                "name": row.name,
                "email": None if pd.isna(email) else email,
                "status": row.status,
                **_presence(present.get(row.id)),
                **{name: _held(row, load, name) for name in HELD},
                "metrics": {
                    metric.key: number(
                        request, metric, row.metrics.get(metric.key) or summarise(metric, NOTHING)
                    )
                    for metric in dated
                },
            }
        )
    return sorted(rows, key=lambda row: (row["id"] == UNASSIGNED, row["name"].casefold()))


def _held(row: AgentRow, load: Mapping[Any, Any] | None, name: str) -> int:
    """How much a person holds; for members over all teams, as their load says."""
    if load is not None:
        return int(load[name])
    stock = row.metrics.get(HELD[name])
    return int(stock.value or 0) if stock else 0


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
