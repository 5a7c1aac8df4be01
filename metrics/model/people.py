"""Who is who: members in scope, leavers, and the people behind calls."""

import pandas as pd

from metrics.model.definitions import Rules
from metrics.model.schema import CALL_AGENTS, LABEL
from metrics.model.tables import Tables

# Column of `schema.CALL_AGENTS` -> the vendor's word for that person's part in the call.
SIDES = {
    column: "user" if column == "agent_id" else column.removesuffix("_agent_id")
    for column in CALL_AGENTS
}


def with_agents(calls: pd.DataFrame, agents: pd.DataFrame) -> pd.DataFrame:
    """The calls with the columns of `schema.CALL_AGENTS`, matched by e-mail.

    People without a match keep their own row among the agents (`voice:<user id>`), so that their
    calls are never dropped.
    """
    by_email = _ids_by_email(agents)
    added = {}
    for column, side in SIDES.items():
        matched = calls[f"{side}_email"].astype("str").map(by_email).astype("str")
        fallback = "voice:" + calls[f"{side}_id"].astype("str")
        added[column] = matched.where(matched.notna(), fallback).astype(LABEL)
    return calls.assign(**added)


def _ids_by_email(agents: pd.DataFrame) -> dict[str, str]:
    """Telephone e-mail -> id; of several people Intercom's own win, present ones first.

    Of people who left, the roster remembers one e-mail only.
    """
    gone = ~agents["active"].fillna(False).astype(bool)
    lines = pd.DataFrame(
        {
            "id": agents["id"],
            "email": agents["voice_email"].fillna(agents["email"].where(gone)),
            "voice_only": agents["id"].str.startswith("voice:"),
            "gone": gone,
        }
    ).dropna(subset=["email"])
    lines = lines.sort_values(["voice_only", "gone"], kind="stable").drop_duplicates("email")
    return dict(zip(lines["email"].astype("str"), lines["id"].astype("str"), strict=True))


def members(tables: Tables, rules: Rules) -> pd.DataFrame:
    """The agents in scope: of the listed teams; else of any team; else everyone with a seat."""
    agents = tables.agents
    people = agents[agents["active"].fillna(False) & ~agents["bot"].fillna(False)]
    teams = people["team_ids"].fillna("").astype("str")
    if rules.team_ids:
        return people[_in_any(teams, rules.team_ids)]
    if len(tables.teams):
        return people[teams.ne("")]
    return people[people["seated"].fillna(False)]


def unmatched(tables: Tables, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who is known to one vendor only: people of Aircall, and members without a telephone.

    Returns:
        `id`, `name` and `email` of each, by name; the second is empty where nobody has a telephone.
    """
    agents = tables.agents
    present = agents["active"].fillna(False).astype(bool)
    voice_only = agents[agents["id"].str.startswith("voice:") & present]
    team = members(tables, rules)
    team = team[~team["id"].str.startswith("voice:")]
    without = team[team["voice_id"].isna()]
    if agents["voice_id"].isna().all():
        without = without.iloc[:0]
    columns = ["id", "name", "email"]
    both = (voice_only, without)
    first, second = (rows[columns].sort_values(["name", "id"]) for rows in both)
    return first, second


def in_teams(agents: pd.DataFrame, team_ids: tuple[str, ...]) -> set[str]:
    return set(agents.loc[_in_any(agents["team_ids"].fillna("").astype("str"), team_ids), "id"])


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
    for row in tables.agents[["id", "name", "active"]].itertuples(index=False):
        name = "" if pd.isna(row.name) else str(row.name)
        if str(row.id).startswith("voice:"):
            status = "voice"
        elif pd.isna(row.active) or not row.active:
            status = "left"
        else:
            status = "member" if inside is None or row.id in inside else "outside"
        known[str(row.id)] = (name, status)
    return known


def _names_in_calls(calls: pd.DataFrame) -> dict[str, str]:
    by_id: dict[str, str] = {}
    for column, side in SIDES.items():
        pairs = calls[[column, f"{side}_name"]].drop_duplicates().dropna(subset=[column])
        pairs = pairs[pairs[column].astype("str").str.startswith("voice:")]
        names = pairs[f"{side}_name"].astype("str").fillna("")
        by_id |= dict(zip(pairs[column].astype("str"), names, strict=True))
    return by_id


def _in_any(teams: pd.Series, team_ids: tuple[str, ...]) -> pd.Series:
    wanted = set(team_ids)
    distinct = {joined: bool(wanted & set(joined.split(","))) for joined in teams.unique()}
    return teams.map(distinct).astype(bool)
