"""How the operation stands: lists for the instant `tables.now`."""

from datetime import date

import pandas as pd

from metrics.live.spikes import spikes
from metrics.measures import telephony
from metrics.measures.stocks import RECENT, reply_due, reply_seconds_left, waiting_seconds
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.people import members, names
from metrics.model.selection import agent_of, credited, select, select_conversations
from metrics.model.tables import Tables
from metrics.model.view import EVERYTHING, View

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


def queue(view: View) -> pd.DataFrame:
    """The queue, longest wait first; those that wait for the customer come last.

    Returns:
        `id`, `team_id`, `team` (NA without one), `waiting_since`, `waiting_seconds` (NA when it
        is the customer's turn), `channel`, `subject`, `contact_name`, `created_at`.
    """
    return _waiting("queue", view)


def unrouted(view: View) -> pd.DataFrame:
    """The columns of `queue`; no scope applies, because it has no team."""
    return _waiting("unrouted", view)


def _waiting(key: str, view: View) -> pd.DataFrame:
    tables, rules = view.tables, view.rules
    rows = select(CATALOG[key], view).rows
    rows = rows[CATALOG[key].measure(rows, rules, tables.now).notna()]
    rows = rows.assign(
        waiting_seconds=waiting_seconds(rows, tables.now),
        team=rows["team_id"].astype("str").map(team_names(tables, rules)).astype("str"),
    )
    order = ["waiting_since", "created_at", "id"]
    return rows.sort_values(order, na_position="last", ignore_index=True)[QUEUE]


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


def load(view: View, start: pd.Timestamp, first_day: date | None = None) -> pd.DataFrame:
    """What each member holds and did, whoever can take the next case first.

    The filters choose the conversations since `start` and the recent ones; what a person holds
    counts whatever is chosen. Adaptive spikes compare with the history from `first_day` on.

    Returns:
        `agent_id`, `name`, `open`, `open_ours` (waiting on us), `open_customers`, `snoozed` (all
        over all teams), `on_call`, `after_call`, `conversations` and `calls` (answered, since
        `start`), `recent` (30 minutes), `overloaded`, `spike`.
    """
    tables, rules = view.tables, view.rules
    people = presence(tables, rules)
    ids = people["agent_id"]
    held = select(CATALOG["open_now"], view.with_filters(EVERYTHING), by_person=True).rows
    opened = held["state"].eq("open")
    ours = opened & held["waiting_since"].notna()
    scoped = select_conversations(view)
    created = scoped["created_at"]
    spike_start = tables.now - pd.Timedelta(minutes=rules.spike_minutes)

    def count(agents: pd.Series) -> pd.Series:
        return ids.map(agents.astype("str").value_counts()).fillna(0).astype("int64")

    table = pd.DataFrame(
        {
            "agent_id": ids,
            "name": people["name"],
            "open": count(held.loc[opened, "agent_id"]),
            "open_ours": count(held.loc[ours, "agent_id"]),
            "open_customers": count(held.loc[opened & ~ours, "agent_id"]),
            "snoozed": count(held.loc[held["state"].eq("snoozed"), "agent_id"]),
            "on_call": people["on_call"].to_numpy(),
            "after_call": people["voice"].eq("after_call_work").to_numpy(),
            "conversations": count(scoped.loc[created.ge(start), "agent_id"]),
            "calls": count(_answered_since(tables, start)),
            "recent": count(scoped.loc[created.gt(tables.now - RECENT), "agent_id"]),
        }
    )
    table["overloaded"] = table["open"].ge(rules.overload_open)
    if rules.spike_mode == "adaptive":
        groups = (spike.group for spike in spikes(tables, rules, first_day))
        table["spike"] = ids.isin([group.id for group in groups if group.kind == "agent"])
    else:
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
    """Those who are active, not on a call and not overloaded, in the order of `load`."""
    merged = loads.merge(people[["agent_id", "text", "voice"]], on="agent_id")
    busy = merged["on_call"] | merged["after_call"] | merged["overloaded"]
    free = merged[merged["text"].eq("active") & ~busy]
    hands = free.assign(voice_free=free["voice"].eq("available"))
    return hands[["agent_id", "name", "open", "voice_free"]].reset_index(drop=True)


def last_assignments(view: View, n: int = 10) -> pd.DataFrame:
    """The latest assignments to a person, by the moment of the assignment, newest first."""
    tables, rules = view.tables, view.rules
    rows = select_conversations(view)
    rows = rows.assign(agent_id=agent_of(rows, tables, None))
    rows = rows.dropna(subset=["agent_id", "last_assignment_at"])
    rows = rows.sort_values(["last_assignment_at", "id"], ascending=False).head(n)
    known = {agent: name for agent, (name, _) in names(tables).items()}
    return pd.DataFrame(
        {
            "id": rows["id"],
            "at": rows["last_assignment_at"],
            "agent_id": rows["agent_id"],
            "agent": rows["agent_id"].map(known).fillna(""),
            "team": rows["team_id"].astype("str").map(team_names(tables, rules)).astype("str"),
            "subject": rows["subject"],
            "state": rows["state"].astype("str"),
        }
    ).reset_index(drop=True)


def callback_debt(tables: Tables, rules: Rules, start: pd.Timestamp | None = None) -> pd.DataFrame:
    """Callers we lost, since `start` if any, whom nobody has talked to since, the oldest first.

    A later answered call in either direction clears the debt, also one that still goes on; so does
    a later conversation of a contact whose e-mail the call carries. Calls that were written as
    conversations are no conversations. Anonymous callers cannot be called back.

    Returns:
        `digits`, `since` (first lost call that is still owed), `missed` (how many), `line_name`,
        `last_call_id`, `contact_name`.
    """
    calls = tables.calls[tables.calls["digits"].notna()]
    is_lost = calls["status"].eq("done") & telephony.lost(calls, rules, tables.now)
    if start is not None:
        is_lost &= calls["started_at"].ge(start)
    talked = calls["answered_at"].notna() & calls["missed_call_reason"].isna()
    written = tables.conversations[~tables.conversations["is_call"].fillna(False).astype(bool)]
    by_call = calls[talked].groupby("digits")["started_at"].max()
    by_text = written.groupby("contact_email")["created_at"].max()
    lost = calls[is_lost]
    called = by_call.reindex(lost["digits"]).set_axis(lost.index).gt(lost["started_at"])
    wrote = by_text.reindex(lost["contact_email"]).set_axis(lost.index).gt(lost["started_at"])
    owed = lost[~called & ~wrote].sort_values(["started_at", "id"])
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
    return table.reset_index().sort_values(["since", "digits"], ignore_index=True)


def first_responses_due(view: View) -> pd.DataFrame:
    """The rows of `awaiting_first_response`, the one that is due first (or longest late) first.

    Returns:
        The columns of conversations, and `since` (when the clock started), `seconds_left` (negative
        when late) and `due` (the part of the metric).
    """
    tables, rules = view.tables, view.rules
    rows = select(CATALOG["awaiting_first_response"], view).rows
    left = reply_seconds_left(rows, rules, tables.now)
    rows = rows.assign(
        since=rows["first_contact_reply_at"].fillna(rows["created_at"]),
        seconds_left=left,
        due=reply_due(rows, rules, tables.now),
    )[left.notna()]
    return rows.sort_values(["seconds_left", "id"], ignore_index=True)
