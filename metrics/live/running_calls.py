"""The telephone at this moment: what rings, and who talks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from metrics.model.lines import on_lines_of
from metrics.model.people import in_teams, names
from metrics.model.schema import INSTANT
from metrics.model.view import View

# A call that never ends is a slip of the vendor's.
LONGEST = timedelta(hours=4)


@dataclass(frozen=True)
class RunningCall:
    """`since`: its start while it rings, then the answer; `agent` may be nobody yet."""

    id: str
    direction: str | None
    since: datetime
    line: str | None
    agent_id: str | None
    agent: str | None


def ringing_now(view: View) -> list[RunningCall]:
    """The one that has rung longest first; those that people of ours make are among them."""
    return _running("initial", view)


def on_call_now(view: View) -> list[RunningCall]:
    """The longest talk first."""
    return _running("answered", view)


def _running(status: str, view: View) -> list[RunningCall]:
    tables, teams = view.tables, view.filters.teams
    started, agent = pl.col("started_at"), pl.col("agent_id")
    since = started if status == "initial" else pl.coalesce("answered_at", started)
    is_running = (pl.col("status") == status) & (started > pl.lit(tables.now - LONGEST, INSTANT))
    if teams:
        # Where no line is a team's, what nobody has taken may be anybody's.
        on_line = on_lines_of(tables.calls, teams, view.rules)
        is_own = agent.is_in(list(in_teams(tables.agents, teams))).fill_null(value=False)
        is_running &= is_own | (agent.is_null() if on_line is None else on_line)
    rows = (
        tables.calls.lazy()
        .filter(is_running)
        .select(
            "id",
            "direction",
            since=since,
            line=pl.coalesce("line_name", "line_digits").cast(pl.String),
            agent_id=agent.cast(pl.String),
            agent=pl.col("user_name").cast(pl.String),
        )
        .sort("since", "id")
        .collect()
    )
    known = {agent_id: name for agent_id, (name, _) in names(tables).items() if name}
    return [
        RunningCall(**row | {"agent": known.get(row["agent_id"], row["agent"])})
        for row in rows.iter_rows(named=True)
    ]
