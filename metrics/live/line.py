"""One line of everything that waits for us, with who should take each, and why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

import polars as pl

from metrics.live.current import LoadRow, QueueRow, callback_debt, next_hands, team_names
from metrics.live.running_calls import ringing_now
from metrics.live.waiting import WaitingWork
from metrics.measures.tickets import IS_OPEN
from metrics.model.catalog import CATALOG
from metrics.model.lines import team_of
from metrics.model.office_hours import openings
from metrics.model.people import in_teams, names
from metrics.model.periods import midnight, today
from metrics.model.schema import INSTANT
from metrics.model.selection import select
from metrics.model.view import View

Kind = Literal["ringing", "chat", "unrouted", "orphaned", "callback", "ticket"]
KINDS: tuple[Kind, ...] = ("ringing", "chat", "unrouted", "orphaned", "callback", "ticket")
# Taken by whoever is free at the telephone; the others by whoever is free for conversations.
BY_PHONE = ("ringing", "callback")
# A ticket stands in the line for so long before it misses its target.
TICKET_NOTICE = timedelta(days=1)
AWAY = 5


@dataclass(frozen=True)
class Hand:
    """Who should take it.

    Attributes:
        load: What the person holds and where the person is free.
        in_team: Whether of the team that it waits in; True where it is nobody's.
        has_it: Whether it rings there, or is that person's ticket, already.
    """

    load: LoadRow
    in_team: bool
    has_it: bool = False


@dataclass(frozen=True)
class LineRow:
    """One who waits.

    Attributes:
        id: Of the conversation, call or ticket.
        due_at: From then on it is late; None when it is the customer's turn.
        holder: Who has it and does not answer, or whose ticket it is.
        phone_line: The line that was called.
        missed: So many calls were lost.
        hand: None where nobody is free, or nobody is needed.
    """

    kind: Kind
    id: str
    since: datetime | None
    due_at: datetime | None
    team_id: str | None = None
    team: str | None = None
    channel: str | None = None
    holder_id: str | None = None
    holder: str | None = None
    phone_line: str | None = None
    missed: int = 0
    subject: str | None = None
    contact_name: str | None = None
    digits: str | None = None
    window_until: datetime | None = None
    hand: Hand | None = None


def line(
    view: View, work: WaitingWork, loads: Sequence[LoadRow], *, with_calls: bool = True
) -> list[LineRow]:
    """What will be late first comes first, each by its own clock.

    Conversations that nobody has taken by the limit of the queue, those held by who is not there
    by that of `orphaned`, call-backs by the end of the day that owes them, tickets by their age.
    Before all of them comes who is on the telephone: nobody can be asked to ring for longer.

    `with_calls` is False where what is known of calls is old.
    """
    rows = [*_list_conversations(work), *_list_tickets(view)]
    if with_calls:
        rows += [*_list_ringing(view), *_list_debts(view)]
    end = datetime.max.replace(tzinfo=view.tables.now.tzinfo)
    rows.sort(key=lambda row: (row.kind != "ringing", row.due_at or end, row.since or end, row.id))
    return _name_hands(rows, view, loads)


def _list_conversations(work: WaitingWork) -> Iterator[LineRow]:
    limit = timedelta(seconds=work.rules.queue_limit_seconds)
    yield from (_conversation("chat", row, limit) for row in work.queue)
    yield from (_conversation("unrouted", row, limit) for row in work.unrouted)
    limit = timedelta(seconds=work.rules.orphaned_seconds)
    for held in work.orphaned:
        for row in held.rows:
            waiting = _conversation("orphaned", row, limit)
            yield replace(waiting, holder_id=held.agent_id, holder=held.name)


def _conversation(kind: Kind, row: QueueRow, limit: timedelta) -> LineRow:
    since = row.waiting_since
    return LineRow(
        kind=kind,
        id=row.id,
        since=since,
        due_at=None if since is None else since + limit,
        team_id=row.team_id,
        team=row.team,
        channel=row.channel,
        subject=row.subject,
        contact_name=row.contact_name,
        window_until=row.window_until,
    )


def _list_ringing(view: View) -> Iterator[LineRow]:
    """Those who call us."""
    target, teams = timedelta(seconds=view.rules.service_level_seconds), _teams(view)
    for call in ringing_now(view):
        if call.direction == "inbound":
            team = team_of(call.line, view.rules)
            yield LineRow(
                kind="ringing",
                id=call.id,
                since=call.since,
                due_at=call.since + target,
                team_id=team,
                team=teams.get(team or ""),
                holder_id=call.agent_id,
                holder=call.agent,
                phone_line=call.line,
            )


def _list_debts(view: View) -> Iterator[LineRow]:
    """Of today: they are owed until the office closes, and after that until the day is over."""
    tables, rules, teams = view.tables, view.rules, _teams(view)
    day = today(tables.now, rules.time_zone)
    closings = [end for _, end in openings(day, rules) if end > tables.now]
    due_at = max(closings, default=midnight(day + timedelta(days=1), rules.time_zone))
    start = midnight(day, rules.time_zone)
    for debt in callback_debt(tables, rules, start, view.filters.teams):
        team = team_of(debt.line_name, rules)
        yield LineRow(
            kind="callback",
            id=debt.last_call_id,
            since=debt.since,
            due_at=due_at,
            team_id=team,
            team=teams.get(team or ""),
            phone_line=debt.line_name,
            missed=debt.missed,
            contact_name=debt.contact_name,
            digits=debt.digits,
        )


def _list_tickets(view: View) -> Iterator[LineRow]:
    """Those that are about to miss their target; what has missed it stands on a page of its own."""
    tables, teams = view.tables, _teams(view)
    now, target = tables.now, timedelta(seconds=view.rules.ticket_age_seconds)
    due_at, first = pl.col("created_at") + target, pl.lit(now, INSTANT)
    rows = (
        select(CATALOG["tickets_open"], view)
        .query.filter(IS_OPEN & (due_at > first) & (due_at <= first + TICKET_NOTICE))
        .select("id", "created_at", "team_id", "subject", pl.col("agent_id").cast(pl.String))
        .collect()
    )
    known = names(tables)
    for row in rows.iter_rows(named=True):
        yield LineRow(
            kind="ticket",
            id=row["id"],
            since=row["created_at"],
            due_at=row["created_at"] + target,
            team_id=row["team_id"],
            team=teams.get(row["team_id"]),
            holder_id=row["agent_id"],
            holder=known.get(row["agent_id"], (None, ""))[0],
            subject=row["subject"],
        )


def _teams(view: View) -> Mapping[str, str]:
    return team_names(view.tables, view.rules)


def _name_hands(rows: Sequence[LineRow], view: View, loads: Sequence[LoadRow]) -> list[LineRow]:
    """The rows with who should take each.

    Whoever has it and is there keeps it. Else those of its team who are free come before others,
    who was named less often comes before who was named more, and then the order of `load` decides.
    """
    by_id = {row.agent_id: row for row in loads}
    free = {True: [row for row in loads if row.takes_next_call], False: next_hands(loads)}
    named: Counter[str] = Counter()
    on_phone: set[str] = set()
    limit = view.rules.overload_open

    @cache
    def people_of(team: str) -> set[str]:
        return in_teams(view.tables.agents, (team,))

    def choose(row: LineRow) -> Hand | None:
        holder = by_id.get(row.holder_id or "")
        if holder is not None and row.kind in ("ringing", "ticket") and holder.tier < AWAY:
            return Hand(holder, in_team=True, has_it=True)
        if row.due_at is None:
            return None
        able = [
            one
            for one in free[row.kind in BY_PHONE]
            if one.agent_id not in on_phone
            and (row.kind in BY_PHONE or one.open + named[one.agent_id] < limit)
        ]
        own = [one for one in able if row.team_id and one.agent_id in people_of(row.team_id)]
        best = min(own or able, key=lambda one: named[one.agent_id], default=None)
        return None if best is None else Hand(best, in_team=bool(own) or row.team_id is None)

    taken = []
    for row in rows:
        hand = choose(row)
        if hand is not None and row.kind == "ringing":
            on_phone.add(hand.load.agent_id)
        if hand is not None:
            named[hand.load.agent_id] += 1
        taken.append(replace(row, hand=hand))
    return taken
