"""How often a card says that a number is not usual: of a steady team, and after a change.

python -m bench.bench_verdicts [--seeds 20] [--echo 0.5]

An invented team of 90 days whose weekdays, hours, waits and ratings never change but by chance (and
with weeks that resemble the one before, by `--echo`) is looked at one morning: of the cards of four
pages, how many have a verdict? Then something changes at midnight, and every next morning is looked
at until the card of that number says so. What lies after the morning is not there: who has not been
answered by then is open.
"""

import argparse
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from callbacks.reports.kpis import build_kpis
from callbacks.reports.page_query import PageQuery, read_page
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.formats import Formats
from layouts.i18n import text_for
from layouts.pages.overview import page as overview
from layouts.pages.quality import page as quality
from layouts.pages.telephony import page as telephony
from layouts.pages.times import page as times
from metrics.model import schema
from metrics.model.people import ids_by_email, with_agents
from metrics.model.tables import Tables
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot
from services.snapshot.extents import find_extents
from services.snapshot.manifest import History, SourceStatus

# A Wednesday, nine o'clock in São Paulo; seeds look on different weekdays.
MORNING = datetime(2026, 11, 25, 12, tzinfo=UTC)
MIDNIGHT_UTC, DAY = 3 * 3600, 86400
HISTORY, LATER = 90, 40
VIEWS = ("yesterday", "7d", "28d")
CARDS = dict.fromkeys((*overview.KEYS, *times.KEYS, *quality.KEYS, *telephony.KEYS))
# Of Monday to Sunday, and of the hours from midnight on.
WEEK = np.array([1.2, 1.1, 1.05, 1.0, 0.95, 0.35, 0.25])
HOURS = np.array(
    [1, 1, 1, 1, 1, 2, 4, 8, 16, 20, 22, 20, 16, 20, 22, 20, 18, 14, 10, 8, 6, 4, 3, 2]
)
Column = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Team:
    """What a day brings and how it is worked; `changed` is the same from the change on."""

    conversations: float = 200
    calls: float = 70
    response: float = 480
    classified: float = 0.9
    talk: float = 240


# The card whose number changes, in words by how much, and how the team is then.
CHANGES = (
    ("conversations", "+40 %", {"conversations": 280}),
    ("conversations", "+60 %", {"conversations": 320}),
    ("classification_rate", "-10 points", {"classified": 0.8}),
    ("classification_rate", "-20 points", {"classified": 0.7}),
    ("first_response_time", "+60 %", {"response": 768}),
    ("first_response_time", "x 2", {"response": 960}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--echo", type=float, default=0.5)
    arguments = parser.parse_args()
    print("| weeks | view | cards | with a verdict | share | which |\n|---|---|---|---|---|---|")
    for echo in (0.0, arguments.echo):
        said: dict[str, Counter[str]] = {view: Counter() for view in VIEWS}
        cards: Counter[str] = Counter()
        for seed in range(arguments.seeds):
            now = MORNING + timedelta(days=seed % 7)
            seen = look(invent(Team(), Team(), seed, echo, now), now, list(CARDS))
            for view, verdicts in seen.items():
                cards[view] += len(verdicts)
                said[view].update(k for k, verdict in verdicts.items() if is_news(verdict))
        for view in VIEWS:
            total, most = said[view].total(), said[view].most_common(4)
            kind = f"each resembles the last by {echo}" if echo else "independent"
            names = ", ".join(f"{key} {count}" for key, count in most)
            told = f"{total} | {total / cards[view]:.1%} | {names}"
            print(f"| {kind} | {view} | {cards[view]} | {told} |", flush=True)
    print("\n| card | change | view | days until it is said: median, latest | never |")
    print("|---|---|---|---|---|", flush=True)
    for key, words, change in CHANGES:
        delays: dict[str, list[int]] = defaultdict(list)
        for seed in range(arguments.seeds):
            for view, days in measure_delays(key, change, seed).items():
                delays[view].append(days)
        for view in VIEWS:
            found = [days for days in delays[view] if days <= LATER - 2]
            told = f"{np.median(found):.0f}, {max(found)}" if found else "-"
            print(
                f"| {key} | {words} | {view} | {told} | {len(delays[view]) - len(found)} |",
                flush=True,
            )


def measure_delays(key: str, change: dict[str, float], seed: int) -> dict[str, int]:
    """View -> mornings after the change until its card says so; more than are looked at: never."""
    start = MORNING + timedelta(days=seed % 7)
    world = invent(Team(), replace(Team(), **change), 1000 + seed, 0.0, start)
    delays = dict.fromkeys(VIEWS, LATER)
    for days in range(1, LATER - 1):
        waiting = [view for view in VIEWS if delays[view] == LATER]
        if not waiting:
            break
        now = start + timedelta(days=days)
        for view, verdicts in look(world, now, [key], waiting).items():
            if is_news(verdicts[key]):
                delays[view] = days
    return delays


def is_news(verdict: str | None) -> bool:
    return verdict in ("above", "below")


def look(
    world: dict[str, pl.DataFrame], now: datetime, keys: list[str], views: Any = VIEWS
) -> dict[str, dict[str, str | None]]:
    """View -> card -> its verdict at that instant, with 90 days of history."""
    settings = Settings()
    rules, text = settings.rules(), text_for("pt-BR")
    context = Context(text, Formats(text, settings.zone), "dark", "manager", "Gestora")
    first = now - timedelta(days=HISTORY - 1)
    tables = _see(world, now, first.replace(hour=3))
    status = {name: SourceStatus("ok", now) for name in ("intercom", "aircall")}
    history = History(HISTORY, HISTORY, complete=True, first_day=first.date())
    tables = replace(tables, extents=find_extents(status, history, {}))
    snapshot = Snapshot(1, tables, status, history, {}, now)
    seen = {}
    for view in views:
        question = ReportView(snapshot, read_page(PageQuery, f"?period={view}"), rules)
        cards = build_kpis(question, keys, now, context)
        seen[view] = {card.metric.key: card.verdict for card in cards if card.now.n}
    return seen


def invent(
    before: Team, after: Team, seed: int, echo: float, morning: datetime
) -> dict[str, pl.DataFrame]:
    """All that happens in 90 days and in the weeks after; the first day of these is changed."""
    chance = np.random.default_rng(seed)
    start = morning.replace(hour=0) - timedelta(days=HISTORY + 1)
    days = HISTORY + LATER
    epoch = int(start.timestamp()) + MIDNIGHT_UTC
    weekdays = (np.arange(days) + start.weekday()) % 7
    is_after = np.arange(days) > HISTORY
    moods = [_shake(days, echo, chance) for _ in range(4)]

    def of(name: str) -> Column:
        return np.where(is_after, getattr(after, name), getattr(before, name))

    def arrive(often: Column) -> tuple[npt.NDArray[np.int64], Column]:
        day = np.repeat(np.arange(days), chance.poisson(often * WEEK[weekdays]))
        hour = chance.choice(24, len(day), p=HOURS / HOURS.sum())
        return day, epoch + day * DAY + hour * 3600 + chance.integers(0, 3600, len(day))

    def last(median: Column, spread: float) -> Column:
        return median * np.exp(chance.normal(0, spread, len(median)))

    day, created = arrive(of("conversations") * moods[0])
    n = len(day)
    labels = Settings().rules().labels
    replied = created + last((of("response") * moods[1])[day], 1.1)
    closed = replied + last(np.full(n, 7200.0), 1.3)
    is_reopened = chance.random(n) < 0.08
    last_closed = closed + np.where(is_reopened, last(np.full(n, 14400.0), 0.8), 0)
    rating = chance.choice([1, 2, 3, 4, 5], n, p=[0.05, 0.03, 0.06, 0.2, 0.66])
    classified = chance.random(n) < of("classified")[day]
    conversations = pl.DataFrame(
        {
            "id": np.arange(n).astype(str),
            "created": created,
            "replied": replied,
            "closed": closed,
            "last_closed": last_closed,
            "rating": pl.Series(rating).set(pl.Series(chance.random(n) > 0.35), None),
            "count_reopens": is_reopened.astype(int),
            "agent_id": chance.integers(0, 12, n).astype(str),
            "sla_status": np.where(replied - created < 3600, "hit", "missed"),
            schema.attribute(labels.reason): pl.Series(
                np.char.add("Motivo ", chance.integers(0, 20, n).astype(str))
            ).set(pl.Series(~classified), None),
            schema.attribute(labels.status): np.where(
                chance.random(n) < 0.8, labels.resolved_value, "Pendente"
            ),
        }
    )
    day, started = arrive(of("calls") * moods[2])
    n = len(day)
    outbound = chance.random(n) < 0.3
    answered = chance.random(n) < np.where(outbound, 0.6, 0.75)
    rings = last(np.full(n, 18.0), 0.7)
    missed = chance.choice(
        ["agents_did_not_answer", "short_abandoned", "abandoned_in_ivr"], n, p=[0.5, 0.3, 0.2]
    )
    calls = pl.DataFrame(
        {
            "id": np.arange(n).astype(str),
            "started": started,
            "answered": pl.Series(started + rings).set(pl.Series(~answered), None),
            "ended": started + rings + last((of("talk") * moods[3])[day], 0.8),
            "direction": np.where(outbound, "outbound", "inbound"),
            "missed_call_reason": pl.Series(missed).set(pl.Series(answered | outbound), None),
            "user_email": np.char.add(chance.integers(0, 12, n).astype(str), "@example.com"),
        }
    )
    return {"conversations": conversations, "calls": calls}


def _shake(days: int, echo: float, chance: np.random.Generator) -> Column:
    """By how much each day differs by chance, and each week from the others."""
    weeks = [0.0]
    for _ in range(days // 7 + 20):
        weeks.append(echo * weeks[-1] + chance.normal(0, 0.04 * np.sqrt(1 - echo**2)))
    return np.exp(np.repeat(weeks[-(days // 7 + 1) :], 7)[:days] + chance.normal(0, 0.05, days))


def _see(world: dict[str, pl.DataFrame], now: datetime, first: datetime) -> Tables:
    """What the vendors tell at that instant."""

    def instants(name: str) -> pl.Expr:
        seconds = pl.when(pl.col(name) <= now.timestamp()).then(pl.col(name))
        return pl.from_epoch(seconds.cast(pl.Int64), "s").cast(schema.INSTANT)

    def loaded(table: str, dated_by: str) -> pl.DataFrame:
        return world[table].filter(pl.col(dated_by).is_between(first.timestamp(), now.timestamp()))

    is_closed = pl.col("last_closed") <= now.timestamp()
    conversations = loaded("conversations", "created").select(
        pl.exclude("created", "replied", "closed", "last_closed", "rating", "sla_status"),
        created_at=instants("created"),
        updated_at=instants("created"),
        first_admin_reply_at=instants("replied"),
        first_close_at=instants("closed"),
        last_close_at=instants("last_closed"),
        rating=pl.when(is_closed).then("rating"),
        rating_at=pl.when(pl.col("rating").is_not_null()).then(instants("last_closed")),
        state=pl.when(is_closed).then(pl.lit("closed")).otherwise(pl.lit("open")),
        sla_status=pl.when(pl.col("replied") <= now.timestamp()).then("sla_status"),
        origin=pl.lit("customer"),
        channel=pl.lit("conversation"),
    )
    calls = loaded("calls", "started").select(
        pl.exclude("started", "answered", "ended"),
        started_at=instants("started"),
        answered_at=instants("answered"),
        ended_at=instants("ended"),
        status=pl.lit("done"),
    )
    people = pl.DataFrame(
        {
            "id": [str(number) for number in range(12)],
            "email": [f"{number}@example.com" for number in range(12)],
            "active": [True] * 12,
            "seated": [True] * 12,
            "bot": [False] * 12,
        }
    )
    agents = schema.conform(people, "agents")
    return Tables(
        conversations=schema.conform(conversations, "conversations").sort("created_at"),
        calls=with_agents(schema.conform(calls, "calls").sort("started_at"), ids_by_email(agents)),
        agents=agents,
        teams=schema.empty("teams"),
        now=now,
    )


if __name__ == "__main__":
    main()
