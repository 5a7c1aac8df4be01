"""Who is who: members in scope, leavers, and the people behind calls."""

from collections.abc import Mapping

import pandas as pd

from metrics.rules import Rules
from metrics.schema import CALL_AGENTS, LABEL
from metrics.tables import Tables


def with_agents(calls: pd.DataFrame, agents: pd.DataFrame) -> pd.DataFrame:
    """The calls with the columns of `schema.CALL_AGENTS`, matched by e-mail.

    People without a match keep their own row among the agents (`voice:<user id>`), so that their
    calls are never dropped.

    Args:
        calls: As in `schema.CALLS`.
        agents: As in `schema.AGENTS`; `voice_email` is their e-mail in Aircall.
    """
    known = agents[agents["voice_email"].notna()].drop_duplicates("voice_email")
    by_email = dict(zip(known["voice_email"].astype("str"), known["id"].astype("str"), strict=True))
    added = {}
    for column in CALL_AGENTS:
        side = "user" if column == "agent_id" else column.removesuffix("_agent_id")
        matched = calls[f"{side}_email"].astype("str").map(by_email)
        fallback = "voice:" + calls[f"{side}_id"].astype("str")
        added[column] = matched.where(matched.notna(), fallback).astype("str").astype(LABEL)
    return calls.assign(**added)


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


def in_teams(agents: pd.DataFrame, team_ids: tuple[str, ...]) -> set[str]:
    """Ids of the agents that belong to any of the teams."""
    return set(agents.loc[_in_any(agents["team_ids"].fillna("").astype("str"), team_ids), "id"])


def names(tables: Tables, rules: Rules | None = None) -> Mapping[str, tuple[str, str]]:
    """Agent id -> (name, status): member, outside, left (a former member) or voice (Aircall only).

    The name is empty for ids that nobody knows any more.
    """
    inside = set(members(tables, rules)["id"]) if rules else None
    found = {}
    for row in tables.agents[["id", "name", "active"]].itertuples(index=False):
        name = "" if pd.isna(row.name) else str(row.name)
        if str(row.id).startswith("voice:"):
            status = "voice"
        elif pd.isna(row.active) or not row.active:
            status = "left"
        else:
            status = "member" if inside is None or row.id in inside else "outside"
        found[str(row.id)] = (name, status)
    return found


def _in_any(teams: pd.Series, team_ids: tuple[str, ...]) -> pd.Series:
    wanted = set(team_ids)
    distinct = {joined: bool(wanted & set(joined.split(","))) for joined in teams.unique()}
    return teams.map(distinct).astype(bool)
