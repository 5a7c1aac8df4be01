"""Who is who: members in scope, leavers, and the people behind calls."""

from collections.abc import Collection

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.schema import CALL_AGENTS, LABEL
from metrics.model.tables import Tables
from metrics.model.values import is_true

# Column of `schema.CALL_AGENTS` -> the vendor's word for that person's part in the call.
SIDES = {
    column: "user" if column == "agent_id" else column.removesuffix("_agent_id")
    for column in CALL_AGENTS
}


def with_agents(calls: pl.DataFrame, agent_ids: dict[str, str]) -> pl.DataFrame:
    """The calls with the columns of `schema.CALL_AGENTS`, matched by e-mail (`ids_by_email`).

    People without a match keep their own row among the agents (`voice:<user id>`), so that their
    calls are never dropped.
    """

    def match(side: str) -> pl.Expr:
        email = pl.col(f"{side}_email").cast(pl.String)
        matched = email.replace_strict(agent_ids, default=None, return_dtype=pl.String)
        own = pl.concat_str(pl.lit("voice:"), pl.col(f"{side}_id").cast(pl.String))
        return pl.coalesce(matched, own).cast(LABEL)

    return calls.with_columns(match(side).alias(column) for column, side in SIDES.items())


def ids_by_email(agents: pl.DataFrame) -> dict[str, str]:
    """Telephone e-mail -> id; of several people Intercom's own win, present ones first.

    Of people who left, the roster remembers one e-mail only.
    """
    is_gone = ~is_true("active")
    lines = agents.select(
        "id",
        email=pl.coalesce("voice_email", pl.when(is_gone).then("email")),
        is_voice_only=pl.col("id").str.starts_with("voice:"),
        is_gone=is_gone,
    ).drop_nulls("email")
    lines = lines.sort("is_voice_only", "is_gone", maintain_order=True).unique(
        "email", keep="first", maintain_order=True
    )
    return dict(lines.select("email", "id").iter_rows())


def members(tables: Tables, rules: Rules) -> pl.DataFrame:
    """The agents in scope: of the listed teams; else of any team; else everyone with a seat."""
    people = tables.agents.filter(is_true("active") & ~is_true("bot"))
    if rules.team_ids:
        return people.filter(_is_in_any(rules.team_ids))
    if tables.teams["active"].fill_null(value=True).any():
        return people.filter(pl.col("team_ids").fill_null("") != "")
    return people.filter(is_true("seated"))


def unmatched(tables: Tables, rules: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who is known to one vendor only: people of Aircall, and members without a telephone.

    Returns:
        `id`, `name` and `email` of each, by name; the second is empty where nobody has a telephone.
    """
    agents = tables.agents
    is_voice_only = pl.col("id").str.starts_with("voice:")
    voice_only = agents.filter(is_voice_only & is_true("active"))
    without = members(tables, rules).filter(~is_voice_only & pl.col("voice_id").is_null())
    if agents["voice_id"].is_null().all():
        without = without.clear()
    first, second = (
        rows.select("id", "name", "email").sort("name", "id", nulls_last=True)
        for rows in (voice_only, without)
    )
    return first, second


def in_teams(agents: pl.DataFrame, team_ids: Collection[str]) -> set[str]:
    return set(agents.filter(_is_in_any(team_ids))["id"])


def names(tables: Tables, rules: Rules | None = None) -> dict[str, tuple[str, str]]:
    """Agent id -> (name, status): member, outside, left (a former member) or voice (Aircall only).

    Without rules there is no scope, and nobody is outside. The name is empty for ids that nobody
    knows any more.
    """
    key = ("names", rules.team_ids if rules else None)
    return dict(tables.memory.get(key, lambda: _names(tables, rules)))


def _names(tables: Tables, rules: Rules | None) -> dict[str, tuple[str, str]]:
    inside = set(members(tables, rules)["id"]) if rules else None
    known = {agent: (name, "voice") for agent, name in _names_in_calls(tables.calls).items()}
    for agent, name, active in tables.agents.select("id", "name", "active").iter_rows():
        if agent.startswith("voice:"):
            status = "voice"
        elif not active:
            status = "left"
        else:
            status = "member" if inside is None or agent in inside else "outside"
        known[agent] = (name or "", status)
    return known


def _names_in_calls(calls: pl.DataFrame) -> dict[str, str]:
    by_id: dict[str, str] = {}
    for column, side in SIDES.items():
        pairs = calls.select(column, f"{side}_name").drop_nulls(column)
        pairs = pairs.unique(maintain_order=True).cast(pl.String)
        pairs = pairs.filter(pl.col(column).str.starts_with("voice:"))
        by_id |= {agent: name or "" for agent, name in pairs.iter_rows()}
    return by_id


def _is_in_any(team_ids: Collection[str]) -> pl.Expr:
    teams = pl.col("team_ids").fill_null("").str.split(",")
    return teams.list.set_intersection(list(team_ids)).list.len() > 0
