"""How the operation stands: stocks and tables for the instant `tables.now`."""

import pandas as pd

from metrics import telephony
from metrics.catalog import metric
from metrics.filters import Filters
from metrics.people import members, names
from metrics.rules import Rules
from metrics.selection import conversations as selected
from metrics.selection import credited
from metrics.tables import Tables
from metrics.workload import RECENT

AVAILABLE = ("available", "in_call", "after_call_work")
UNAVAILABLE = ("offline", "do_not_disturb", "unavailable")
QUEUE = [
    "id",
    "team_id",
    "team",
    "waiting_since",
    "waiting_seconds",
    "channel",
    "subject",
    "contact_name",
    "created_at",
]
EVERYTHING = Filters()


def _ones(mask: pd.Series) -> pd.Series:
    return pd.Series(1.0, index=mask.index, dtype="Float64").where(mask.fillna(False).astype(bool))


def _unassigned(rows: pd.DataFrame) -> pd.Series:
    return rows["state"].eq("open") & rows["agent_id"].isna()


def waits(rows: pd.DataFrame, now: pd.Timestamp) -> pd.Series:
    """Seconds that each row has been waiting for us; NA where it is the customer's turn."""
    return (now - rows["waiting_since"]).dt.total_seconds().astype("Float64").clip(lower=0)


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="Intercom: state open, no assignee, in scope",
)
def queue(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Open conversations that nobody has taken."""
    return _ones(_unassigned(rows))


@metric(
    kind="stock",
    table="conversations",
    unit="seconds",
    better="lower",
    definition="Intercom: waiting_since of the queue; none after our own reply",
)
def longest_wait(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """The longest wait of the queue."""
    return waits(rows, now).where(_unassigned(rows))


@metric(
    kind="stock",
    table="conversations",
    unit="count",
    better="lower",
    definition="Intercom: state open, neither team nor assignee",
)
def unrouted(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Open conversations that no team has either."""
    return _ones(_unassigned(rows) & rows["team_id"].isna())


@metric(
    kind="stock",
    table="agents",
    unit="count",
    better="higher",
    definition="Intercom: members in scope with away_mode_enabled false",
)
def online_text(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Members who are available in Intercom."""
    return _ones(rows["away"].eq(False))


@metric(
    kind="stock",
    table="agents",
    unit="count",
    better="higher",
    sources=("intercom", "aircall"),
    definition="Aircall availability: available, in_call or after_call_work",
)
def online_voice(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Members who are available, on a call or in after-call work in Aircall."""
    return _ones(rows["voice_status"].isin(AVAILABLE))


def queue_table(tables: Tables, rules: Rules, filters: Filters = EVERYTHING) -> pd.DataFrame:
    """The queue, longest wait first; those that wait for the customer come last.

    Returns:
        `id`, `team_id`, `team` (NA without one), `waiting_since`, `waiting_seconds` (NA when it
        is the customer's turn), `channel`, `subject`, `contact_name`, `created_at`.
    """
    rows = selected(tables, filters, rules)
    return _queue_columns(rows[_unassigned(rows)], tables, rules)


def unrouted_table(tables: Tables, rules: Rules) -> pd.DataFrame:
    """The limbo, with the columns of `queue_table`. No team's restriction applies: it has none."""
    rows = tables.conversations
    limbo = _unassigned(rows) & rows["team_id"].isna() & ~rows["is_call"].fillna(False).astype(bool)
    return _queue_columns(rows[limbo], tables, rules)


def _queue_columns(rows: pd.DataFrame, tables: Tables, rules: Rules) -> pd.DataFrame:
    found = rows.assign(
        waiting_seconds=waits(rows, tables.now),
        team=rows["team_id"].astype("str").map(team_names(tables, rules)).astype("str"),
    )
    order = ["waiting_since", "created_at", "id"]
    return found.sort_values(order, na_position="last")[QUEUE].reset_index(drop=True)


def team_names(tables: Tables, rules: Rules) -> dict[str, str]:
    """Team id -> name; the settings' own names win."""
    known = dict(zip(tables.teams["id"], tables.teams["name"].fillna(""), strict=True))
    return known | {team.id: team.name for team in rules.teams if team.name}


def presence(tables: Tables, rules: Rules) -> pd.DataFrame:
    """Each member's two presences on one line, contradictions named.

    Returns:
        `agent_id`, `name`; `text` (active, away or unknown), `text_reason`, `text_since`; `voice`
        (the vendor's word; NA without telephony), `voice_since`, `on_call`; `contradiction`
        (voice_unavailable: active in Intercom and unavailable in Aircall; else NA); `explained`
        (away in Intercom, but because of a call).
    """
    people = members(tables, rules)
    text = pd.Series("unknown", index=people.index, dtype="str")
    text = text.mask(people["away"].eq(False).fillna(False).astype(bool), "active")
    text = text.mask(people["away"].fillna(False).astype(bool), "away")
    voice = people["voice_status"]
    on_call = voice.eq("in_call")
    clash = text.eq("active") & voice.isin(UNAVAILABLE)
    return pd.DataFrame(
        {
            "agent_id": people["id"],
            "name": people["name"],
            "text": text,
            "text_reason": people["away_reason"],
            "text_since": people["away_since"],
            "voice": voice,
            "voice_since": people["voice_since"],
            "on_call": on_call,
            "contradiction": pd.Series("voice_unavailable", index=people.index).where(clash),
            "explained": text.eq("away") & on_call,
        }
    ).reset_index(drop=True)


def load(tables: Tables, rules: Rules, start: pd.Timestamp) -> pd.DataFrame:
    """What each member holds and did, whoever can take the next case first.

    Args:
        tables: One version.
        rules: Scope and limits.
        start: From when conversations and calls are counted.

    Returns:
        `agent_id`, `name`, `open`, `open_ours` (waiting on us), `open_customers`, `snoozed` (all
        over all teams), `on_call`, `after_call`, `conversations` and `calls` (answered, since
        `start`), `recent` (30 minutes), `overloaded`, `spike`.
    """
    people = presence(tables, rules)
    ids = people["agent_id"]
    rows = tables.conversations
    rows = rows[~rows["is_call"].fillna(False).astype(bool)]
    opened = rows["state"].eq("open")
    ours = opened & rows["waiting_since"].notna()
    scoped = selected(tables, EVERYTHING, rules)
    created = scoped["created_at"]
    spike_start = tables.now - pd.Timedelta(minutes=rules.spike_minutes)

    def count(agents: pd.Series) -> pd.Series:
        return ids.map(agents.astype("str").value_counts()).fillna(0).astype("int64")

    table = pd.DataFrame(
        {
            "agent_id": ids,
            "name": people["name"],
            "open": count(rows.loc[opened, "agent_id"]),
            "open_ours": count(rows.loc[ours, "agent_id"]),
            "open_customers": count(rows.loc[opened & ~ours, "agent_id"]),
            "snoozed": count(rows.loc[rows["state"].eq("snoozed"), "agent_id"]),
            "on_call": people["on_call"].to_numpy(),
            "after_call": people["voice"].eq("after_call_work").to_numpy(),
            "conversations": count(scoped.loc[created.ge(start), "agent_id"]),
            "calls": count(_answered_since(tables, start)),
            "recent": count(scoped.loc[created.gt(tables.now - RECENT), "agent_id"]),
        }
    )
    table["overloaded"] = table["open"].ge(rules.overload_open)
    spiking = count(scoped.loc[created.gt(spike_start), "agent_id"])
    table["spike"] = spiking.ge(rules.spike_conversations)
    keys = pd.DataFrame(
        {"tier": _tier(people, table), "open": table["open"], "name": table["name"]}
    )
    order = keys.sort_values(["tier", "open", "name"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _answered_since(tables: Tables, start: pd.Timestamp) -> pd.Series:
    calls = tables.calls
    answered = calls["direction"].eq("inbound") & calls["missed_call_reason"].isna()
    done = calls["status"].eq("done") & calls["started_at"].ge(start)
    return credited(calls[answered & done])["agent"]


def _tier(people: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """0 both channels free, 1 text alone, 2 after-call work, 3 on a call, 4 full, 5 away."""
    active = people["text"].eq("active")
    tier = pd.Series(1, index=people.index).mask(people["voice"].eq("available"), 0)
    tier = tier.mask(people["voice"].eq("after_call_work"), 2).mask(people["on_call"], 3)
    return tier.mask(table["overloaded"], 4).mask(~active & ~people["on_call"], 5)


def next_hands(people: pd.DataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    """Who could take the next case, best first: active, not on a call, not overloaded.

    Args:
        people: `presence`.
        loads: `load`, in its order.

    Returns:
        `agent_id`, `name`, `open`, `voice_free` (could take a call as well).
    """
    merged = loads.merge(people[["agent_id", "text", "voice"]], on="agent_id")
    busy = merged["on_call"] | merged["after_call"] | merged["overloaded"]
    free = merged[merged["text"].eq("active") & ~busy]
    found = free.assign(voice_free=free["voice"].eq("available"))
    return found[["agent_id", "name", "open", "voice_free"]].reset_index(drop=True)


def last_assignments(tables: Tables, rules: Rules, n: int = 10) -> pd.DataFrame:
    """The latest assignments to a person, by the moment of the assignment, newest first.

    Returns:
        `id`, `at`, `agent_id`, `agent`, `team`, `subject`, `state`.
    """
    rows = selected(tables, EVERYTHING, rules)
    rows = rows[rows["agent_id"].notna() & rows["last_assignment_at"].notna()]
    rows = rows.sort_values(["last_assignment_at", "id"], ascending=False).head(n)
    known = {agent: name for agent, (name, _) in names(tables).items()}
    return pd.DataFrame(
        {
            "id": rows["id"],
            "at": rows["last_assignment_at"],
            "agent_id": rows["agent_id"].astype("str"),
            "agent": rows["agent_id"].astype("str").map(known).fillna(""),
            "team": rows["team_id"].astype("str").map(team_names(tables, rules)).astype("str"),
            "subject": rows["subject"],
            "state": rows["state"].astype("str"),
        }
    ).reset_index(drop=True)


def callback_debt(tables: Tables, rules: Rules, start: pd.Timestamp | None = None) -> pd.DataFrame:
    """Callers we lost whom nobody has talked to since, the oldest first.

    A later answered call in either direction clears the debt; so does a later conversation of a
    contact whose e-mail the call carries. Anonymous callers cannot be called back.

    Args:
        tables: One version.
        rules: Outcomes depend on the opening hours.
        start: Lost calls before it are left out.

    Returns:
        `digits`, `since` (first lost call that is still owed), `missed` (how many), `line_name`,
        `last_call_id`, `contact_name`.
    """
    calls = tables.calls[tables.calls["digits"].notna() & tables.calls["status"].eq("done")]
    gone = calls[telephony.lost(calls, rules, tables.now)]
    if start is not None:
        gone = gone[gone["started_at"].ge(start)]
    talked = calls["answered_at"].notna() & calls["missed_call_reason"].isna()
    cleared = calls[talked].groupby("digits")["started_at"].max()
    written = tables.conversations.dropna(subset=["contact_email"])
    written_at = written.groupby("contact_email")["created_at"].max()
    by_call = cleared.reindex(gone["digits"]).set_axis(gone.index)
    by_text = written_at.reindex(gone["contact_email"]).set_axis(gone.index)
    open_debt = ~(by_call.ge(gone["started_at"]) | by_text.ge(gone["started_at"]))
    owed = gone[open_debt].sort_values("started_at")
    grouped = owed.groupby("digits", sort=False)
    table = pd.DataFrame(
        {
            "since": grouped["started_at"].min(),
            "missed": grouped.size(),
            "line_name": grouped["line_name"].last().astype("str"),
            "last_call_id": grouped["id"].last(),
            "contact_name": grouped["contact_name"].last(),
        }
    )
    return table.reset_index().sort_values(["since", "digits"]).reset_index(drop=True)
