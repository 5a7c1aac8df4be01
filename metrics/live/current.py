"""How the operation stands: lists for the instant `tables.now`."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from metrics.live.spikes import spikes
from metrics.measures.responsiveness import FIRST_CONTACT_AT
from metrics.measures.stocks import (
    AVAILABLE,
    IS_OPEN,
    IS_OURS,
    RECENT,
    WINDOW_UNTIL,
    is_ai_stuck,
    reply_due,
    reply_seconds_left,
    waiting_seconds,
)
from metrics.measures.telephony import IS_ANSWERED, IS_LOST
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.lines import on_lines_of
from metrics.model.logged_calls import is_logged_call
from metrics.model.people import members, names
from metrics.model.schema import INSTANT
from metrics.model.selection import agent_of, credit, select, select_conversations, value_of
from metrics.model.tables import Tables
from metrics.model.values import is_true
from metrics.model.view import EVERYTHING, View

UNAVAILABLE = ("offline", "do_not_disturb", "unavailable")


@dataclass(frozen=True)
class QueueRow:
    """Somebody who waits; `waiting_seconds` is None when it is the customer's turn.

    From `window_until` on the channel lets us send paid templates alone; None where it does not.
    """

    id: str
    team_id: str | None
    team: str | None
    waiting_since: datetime | None
    waiting_seconds: float | None
    channel: str | None
    subject: str | None
    contact_name: str | None
    created_at: datetime
    window_until: datetime | None = None


@dataclass(frozen=True)
class PresenceRow:
    """A member's two presences; `since` is when the present state was first seen.

    Attributes:
        text: active, away or unknown.
        voice: The vendor's word; None without telephony.
    """

    agent_id: str
    name: str
    text: str
    text_reason: str | None
    text_since: datetime | None
    voice: str | None
    voice_since: datetime | None

    @property
    def on_call(self) -> bool:
        return self.voice == "in_call"

    @property
    def after_call(self) -> bool:
        return self.voice == "after_call_work"

    @property
    def takes_calls(self) -> bool:
        return self.voice in AVAILABLE

    @property
    def contradicts(self) -> bool:
        """Active in Intercom and unavailable in Aircall."""
        return self.text == "active" and self.voice in UNAVAILABLE

    @property
    def explained(self) -> bool:
        """Away in Intercom, but because of a call."""
        return self.text == "away" and self.on_call


@dataclass(frozen=True)
class LoadRow:
    """What a member holds and did.

    Attributes:
        open: Over all teams, as is `snoozed`; `open_ours` of them wait for us.
        conversations: Since an instant, as are the answered `calls`; `recent` of 30 minutes.
    """

    seen: PresenceRow
    open: int
    open_ours: int
    snoozed: int
    conversations: int
    calls: int
    recent: int
    overloaded: bool
    spike: bool

    @property
    def agent_id(self) -> str:
        return self.seen.agent_id

    @property
    def name(self) -> str:
        return self.seen.name

    @property
    def open_customers(self) -> int:
        return self.open - self.open_ours

    @property
    def voice_free(self) -> bool:
        return self.seen.voice == "available"

    @property
    def takes_next_call(self) -> bool:
        return self.voice_free and not self.overloaded

    @property
    def tier(self) -> int:
        """0 both channels free, 1 text alone, 2 after-call work, 3 on a call, 4 full, 5 away."""
        if self.seen.text != "active" and not self.seen.on_call:
            return 5
        if self.overloaded:
            return 4
        if self.seen.on_call:
            return 3
        if self.seen.after_call:
            return 2
        return 0 if self.voice_free else 1


@dataclass(frozen=True)
class AssignmentRow:
    id: str
    at: datetime
    agent_id: str
    agent: str
    team: str | None
    subject: str | None
    state: str


@dataclass(frozen=True)
class DebtRow:
    """A caller to call back; `since` is the first of the `missed` calls that are still owed."""

    digits: str
    since: datetime
    missed: int
    line_name: str | None
    last_call_id: str
    contact_name: str | None


@dataclass(frozen=True)
class OrphanedRow:
    """What waits for us with one who will not answer, since `waiting_since` at the longest."""

    agent_id: str
    name: str
    waiting_since: datetime
    rows: list[QueueRow]

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.rows]


def queue(view: View) -> list[QueueRow]:
    """The queue, longest wait first; those that wait for the customer come last."""
    return _waiting("queue", view)


def unrouted(view: View) -> list[QueueRow]:
    """In the order of `queue`; no scope applies, because it has no team."""
    return _waiting("unrouted", view)


def with_ai(view: View) -> list[QueueRow]:
    """What the AI agent has for itself, of any team and of none, in the order of `queue`."""
    return _waiting("with_ai_now", view)


def ai_stuck(view: View, seconds: float) -> list[QueueRow]:
    """Of `with_ai`, what it has not answered for so many seconds."""
    held = select(CATALOG["with_ai_now"], view).query
    stuck = held.filter(is_ai_stuck(seconds, view.tables.now))
    return [row for _, row in _read_waiting(stuck, view)]


def _waiting(key: str, view: View) -> list[QueueRow]:
    metric = CATALOG[key]
    rows = select(metric, view).query.filter(value_of(metric, view).is_not_null())
    return [row for _, row in _read_waiting(rows, view)]


def _read_waiting(conversations: pl.LazyFrame, view: View) -> Iterator[tuple[str | None, QueueRow]]:
    """Who holds each, and what waits; the longest wait first."""
    teams = team_names(view.tables, view.rules)
    told = [name for name in QueueRow.__dataclass_fields__ if name != "team"]
    rows = (
        conversations.with_columns(
            waiting_seconds=waiting_seconds(view.tables.now), window_until=WINDOW_UNTIL
        )
        .select(*told, pl.col("agent_id").cast(pl.String))
        .sort("waiting_since", "created_at", "id", nulls_last=True)
        .collect()
    )
    for row in rows.iter_rows(named=True):
        yield row.pop("agent_id"), QueueRow(team=teams.get(row["team_id"]), **row)


def orphaned(view: View) -> list[OrphanedRow]:
    """What waits too long for us with a bot, with who left, or with who went away before that.

    Of any team and of none. The holder who keeps somebody waiting longest comes first.
    """
    tables, since = view.tables, pl.col("waiting_since")
    is_late = waiting_seconds(tables.now) > view.rules.orphaned_seconds
    agents = tables.agents.lazy().select("id", "active", "bot", "away", "away_since", is_known=True)
    is_away = is_true("away") & (pl.col("away_since") <= since).fill_null(value=False)
    held = (
        select_conversations(view, "workspace")
        .filter(IS_OPEN & IS_OURS & is_late & pl.col("agent_id").is_not_null())
        .with_columns(pl.col("agent_id").cast(pl.String))
        .join(agents.rename({"id": "agent_id"}), on="agent_id", how="left")
        .filter(~is_true("is_known") | ~is_true("active") | is_true("bot") | is_away)
    )
    known, by_holder = names(tables), defaultdict(list)
    for agent_id, row in _read_waiting(held, view):
        by_holder[agent_id or ""].append(row)
    return [
        OrphanedRow(
            agent_id=agent_id,
            name=known.get(agent_id, ("", ""))[0],
            waiting_since=rows[0].waiting_since or tables.now,
            rows=rows,
        )
        for agent_id, rows in by_holder.items()
    ]


def team_names(tables: Tables, rules: Rules) -> dict[str, str]:
    """Team id -> name; the settings' own names win."""
    known = {team: name or "" for team, name in tables.teams.select("id", "name").iter_rows()}
    return known | {team.id: team.name for team in rules.teams if team.name}


def presence(tables: Tables, rules: Rules) -> list[PresenceRow]:
    words = {False: "active", True: "away"}
    return [
        PresenceRow(
            agent_id=row["id"],
            name=row["name"] or "",
            text=words.get(row["away"], "unknown"),
            text_reason=row["away_reason"],
            text_since=row["away_since"],
            voice=row["voice_status"],
            voice_since=row["voice_since"],
        )
        for row in members(tables, rules).iter_rows(named=True)
    ]


def load(view: View, start: datetime, first_day: date | None = None) -> list[LoadRow]:
    """What each member holds and did, whoever can take the next case first.

    The filters choose the conversations since `start` and the recent ones; what a person holds
    counts whatever is chosen. Adaptive spikes compare with the history from `first_day` on.
    """
    tables, rules = view.tables, view.rules
    counts = _count_by_agent(view, start)
    if rules.spike_mode == "adaptive":
        groups = (spike.group for spike in spikes(tables, rules, first_day))
        spiking = {group.id for group in groups if group.kind == "agent"}
    else:
        least = rules.spike_conversations
        spiking = {agent for agent, own in counts.items() if own["spiking"] >= least}
    rows = []
    for seen in presence(tables, rules):
        own = counts[seen.agent_id]
        rows.append(
            LoadRow(
                seen=seen,
                open=own["open"],
                open_ours=own["ours"],
                snoozed=own["snoozed"],
                conversations=own["conversations"],
                calls=own["calls"],
                recent=own["recent"],
                overloaded=own["open"] >= rules.overload_open,
                spike=seen.agent_id in spiking,
            )
        )
    return sorted(rows, key=lambda row: (row.tier, row.open, not row.name, row.name))


def _count_by_agent(view: View, start: datetime) -> dict[str, Counter[str]]:
    tables, rules = view.tables, view.rules
    created, is_snoozed = pl.col("created_at"), pl.col("state") == "snoozed"
    instants = start, tables.now - RECENT, tables.now - timedelta(minutes=rules.spike_minutes)
    began, recent, spiking = (pl.lit(instant, INSTANT) for instant in instants)
    agent = pl.col("agent_id").cast(pl.String).alias("agent")
    held = select(CATALOG["open_now"], view.with_filters(EVERYTHING), by_person=True).query
    held = held.filter(IS_OPEN | is_snoozed)
    came = select_conversations(view).filter(created >= pl.min_horizontal(began, recent, spiking))
    calls = tables.derived("calls", rules).lazy().filter(pl.col("started_at") >= began)
    answered = credit(calls.filter(IS_ANSWERED & (pl.col("status") == "done")))
    queries = [
        held.group_by(agent).agg(
            open=IS_OPEN.sum(),
            ours=(IS_OPEN & pl.col("waiting_since").is_not_null()).sum(),
            snoozed=is_snoozed.sum(),
        ),
        came.group_by(agent).agg(
            conversations=(created >= began).sum(),
            recent=(created > recent).sum(),
            spiking=(created > spiking).sum(),
        ),
        answered.group_by(pl.col("agent").cast(pl.String)).agg(calls=pl.len()),
    ]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for table in pl.collect_all(queries):
        for row in table.iter_rows(named=True):
            counts[row.pop("agent")].update(row)
    return counts


def next_hands(loads: Iterable[LoadRow]) -> list[LoadRow]:
    """Those who are active, not on a call and not overloaded, in the order of `load`."""
    return [row for row in loads if row.tier < 2]


def last_assignments(view: View, n: int = 10) -> list[AssignmentRow]:
    """The latest assignments to a person, by the moment of the assignment, newest first."""
    tables = view.tables
    teams = team_names(tables, view.rules)
    known = {agent: name for agent, (name, _) in names(tables).items()}
    at, agent = pl.col("last_assignment_at"), agent_of(tables)
    rows = select_conversations(view).filter(at.is_not_null() & agent.is_not_null())
    latest = (
        rows.filter(at >= at.top_k(n).min())
        .select("id", "team_id", "subject", "state", at=at, agent_id=agent)
        .sort("at", "id", descending=True)
        .head(n)
        .collect()
    )
    return [
        AssignmentRow(
            agent=known.get(row["agent_id"], ""), team=teams.get(row.pop("team_id")), **row
        )
        for row in latest.iter_rows(named=True)
    ]


def callback_debt(
    tables: Tables, rules: Rules, start: datetime | None = None, teams: Collection[str] = ()
) -> list[DebtRow]:
    """Callers we lost, since `start` if any, whom nobody has talked to since, the oldest first.

    Of `teams`, those who called on one of their lines.

    A later answered call in either direction clears the debt, also one that still goes on; so does
    a later conversation of a contact whose e-mail the call carries. Calls that were written as
    conversations are no conversations. Anonymous callers cannot be called back.
    """
    started, created = pl.col("started_at"), pl.col("created_at")
    calls = tables.derived("calls", rules).lazy().drop_nulls("digits")
    texts = tables.conversations.lazy().filter(~is_logged_call(tables, rules))
    if start is not None:
        # What was before cannot clear what was lost since.
        calls = calls.filter(started >= pl.lit(start, INSTANT))
        texts = texts.filter(created >= pl.lit(start, INSTANT))
    is_talk = pl.col("answered_at").is_not_null()
    talked = calls.filter(is_talk).group_by("digits").agg(talked_at=started.max())
    wrote = texts.group_by("contact_email").agg(wrote_at=created.max())
    is_cleared = (pl.col("talked_at") > started).fill_null(value=False) | (
        pl.col("wrote_at") > started
    ).fill_null(value=False)
    is_ours = on_lines_of(tables.calls, teams, rules) if teams else None
    lost = calls.filter(IS_LOST & (pl.col("status") == "done"))
    rows = (
        (lost if is_ours is None else lost.filter(is_ours))
        .join(talked, on="digits", how="left")
        .join(wrote, on="contact_email", how="left")
        .filter(~is_cleared)
        .sort("started_at", "id")
        .group_by("digits")
        .agg(
            since=started.first(),
            missed=pl.len(),
            line_name=pl.col("line_name").drop_nulls().last(),
            last_call_id=pl.col("id").last(),
            contact_name=pl.col("contact_name").drop_nulls().last(),
        )
        .sort("since", "digits")
        .collect()
    )
    return [DebtRow(**row) for row in rows.iter_rows(named=True)]


def first_responses_due(view: View) -> pl.DataFrame:
    """The rows of `awaiting_first_response`, the one that is due first (or longest late) first.

    Returns:
        The columns of conversations, and `since` (when the clock started), `seconds_left` (negative
        when late) and `due` (the part of the metric).
    """
    rules, now = view.rules, view.tables.now
    left = reply_seconds_left(rules, now)
    return (
        select(CATALOG["awaiting_first_response"], view)
        .query.filter(IS_OPEN, left.is_not_null())
        .with_columns(since=FIRST_CONTACT_AT, seconds_left=left, due=reply_due(rules, now))
        .sort("seconds_left", "id")
        .collect()
    )
