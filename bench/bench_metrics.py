"""How long the figures take: summary, agents table, breakdowns, over 90 days of an invented team.

Run with `python -m bench.bench_metrics [conversations [calls]]`.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from metrics.live import current as now
from metrics.live import trends
from metrics.measures import workload
from metrics.model import schema
from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.people import with_agents
from metrics.model.periods import Period
from metrics.model.tables import Tables
from metrics.model.view import View, view_of_today
from metrics.query import agents, report
from services.settings.config import Settings

NOW = pd.Timestamp("2026-11-24T15:00:00Z")
HISTORY_DAYS, PERIOD_DAYS, AGENTS = 90, 28, 12
REASONS = [f"Motivo {number}" for number in range(60)]
REPEATS = 5
MISSED = ["agents_did_not_answer", "short_abandoned", "out_of_opening_hours", "abandoned_in_ivr"]


def main(conversations: int = 20_000, calls: int = 6_000) -> None:
    """Measure and print, milliseconds, the median of some repeats."""
    tables = world(conversations, calls)
    rules, everything = Settings().rules(), Filters()
    today = NOW.date()
    period = Period(today - timedelta(days=PERIOD_DAYS - 1), today)
    history = Period(today - timedelta(days=HISTORY_DAYS - 1), today)
    chosen = Filters(teams=("6101",), agents=("1", "2", "3"))
    asked: dict[str, Callable[[], object]] = {
        f"summary, {PERIOD_DAYS} days": lambda: report.evaluate_all(
            View(tables, period, everything, rules)
        ),
        "summary, filtered": lambda: report.evaluate_all(View(tables, period, chosen, rules)),
        "agents table": lambda: agents.agent_rows(View(tables, period, everything, rules)),
        "efficiency": lambda: agents.efficiency(View(tables, period, everything, rules)),
        "every metric by agent": lambda: report.breakdowns(
            [m for m in CATALOG.values() if m.kind != "stock"],
            "agent",
            View(tables, period, everything, rules),
        ),
        f"time_to_close by day, {HISTORY_DAYS} days": lambda: report.breakdown(
            CATALOG["time_to_close"], "day", View(tables, history, everything, rules)
        ),
        "top reasons": lambda: workload.top_reasons(View(tables, period, everything, rules)),
        "arrivals with band": lambda: trends.arrivals(
            view_of_today(tables, rules), today, first_day=history.first_day
        ),
        "load": lambda: now.load(view_of_today(tables, rules), NOW - pd.Timedelta(hours=12)),
        "callback debt": lambda: now.callback_debt(tables, rules),
    }
    print(f"{conversations} conversations, {calls} calls")
    for name, compute in asked.items():
        print(f"{name:32} {milliseconds(compute):8.1f} ms")


def milliseconds(compute: Callable[[], object]) -> float:
    spent = []
    for _ in range(REPEATS):
        start = perf_counter()
        compute()
        spent.append(perf_counter() - start)
    return median(spent) * 1000


def world(conversations: int, calls: int) -> Tables:
    """An invented operation; the same for the same sizes."""
    chance = np.random.default_rng(20)
    agents = _agents()
    return Tables(
        conversations=_conversations(conversations, chance),
        calls=with_agents(_calls(calls, chance), agents),
        agents=agents,
        teams=schema.conform(
            pd.DataFrame({"id": ["6101", "6102"], "name": ["Suporte N1", "Financeiro"]}), "teams"
        ),
        now=NOW,
    )


def _instants(count: int, chance: np.random.Generator) -> pd.Series:
    back = pd.to_timedelta(chance.integers(0, HISTORY_DAYS * 86400, count), unit="s")
    return pd.Series(NOW - back)


def _some(values: pd.Series, share: float, chance: np.random.Generator) -> pd.Series:
    return values.where(chance.random(len(values)) < share)


def _later(start: pd.Series, most: int, chance: np.random.Generator) -> pd.Series:
    return start + pd.to_timedelta(pd.Series(chance.integers(5, most, len(start))), unit="s")


def _picked(words: list[str], count: int, share: float, chance: np.random.Generator) -> pd.Series:
    return _some(pd.Series(chance.choice(words, count), dtype="str"), share, chance)


def _conversations(count: int, chance: np.random.Generator) -> pd.DataFrame:
    created = _instants(count, chance)
    people = [str(number) for number in range(AGENTS)]
    rating = _some(pd.Series(chance.integers(1, 6, count)), 0.3, chance)
    labels = Settings().rules().labels
    old = created < NOW - pd.Timedelta(hours=6)
    state = pd.Series(chance.choice(["open", "snoozed"], count), dtype="str").mask(old, "closed")
    frame = pd.DataFrame(
        {
            "id": [str(number) for number in range(count)],
            "created_at": created,
            "updated_at": created,
            "waiting_since": _some(created, 0.4, chance),
            "state": state,
            "channel": "conversation",
            "origin": _picked(["customer", "teammate"], count, 1, chance),
            "agent_id": _picked(people, count, 0.95, chance),
            "team_id": _picked(["6101", "6102"], count, 0.95, chance),
            "rating": rating,
            "rating_at": created.where(rating.notna()),
            "rated_agent_id": _picked(people, count, 0.3, chance),
            "contact_email": _picked([f"c{n}@example.com" for n in range(3000)], count, 1, chance),
            "first_admin_reply_at": _later(created, 9000, chance),
            "first_close_at": _later(created, 90000, chance),
            "last_close_at": _later(created, 200000, chance),
            "last_assignment_at": _later(created, 9000, chance),
            "count_reopens": chance.integers(0, 2, count),
            "sla_status": _picked(["hit", "missed"], count, 0.5, chance),
            "is_call": chance.random(count) < 0.03,
            schema.attribute(labels.reason): _picked(REASONS, count, 0.8, chance),
            schema.attribute(labels.second_reason): _picked(REASONS, count, 0.2, chance),
            schema.attribute(labels.status): _picked(["Resolvido", "Pendente"], count, 1, chance),
        }
    )
    return schema.conform(frame, "conversations")


def _calls(count: int, chance: np.random.Generator) -> pd.DataFrame:
    started = _instants(count, chance)
    outbound = pd.Series(chance.random(count) < 0.3)
    reason = _picked(MISSED, count, 0.2, chance).mask(outbound)
    answered = _later(started, 60, chance).where(reason.isna())
    people = [f"a{number}@example.com" for number in range(AGENTS)]
    user = _picked(people, count, 1, chance).where(reason.isna())
    passed_on = _picked(people, count, 0.05, chance).where(reason.isna())
    frame = pd.DataFrame(
        {
            "id": [str(number) for number in range(count)],
            "started_at": started,
            "answered_at": answered,
            "ended_at": _later(answered.fillna(started), 600, chance),
            "status": "done",
            "direction": outbound.map({True: "outbound", False: "inbound"}),
            "missed_call_reason": reason,
            "has_voicemail": chance.random(count) < 0.1,
            "digits": _picked([f"+5511{n:08}" for n in range(2000)], count, 0.95, chance),
            "user_id": user,
            "user_email": user,
            "transferred_by_id": passed_on,
            "transferred_by_email": passed_on,
        }
    )
    return schema.conform(frame, "calls")


def _agents() -> pd.DataFrame:
    ids = [str(number) for number in range(AGENTS)]
    emails = [f"a{number}@example.com" for number in ids]
    frame = pd.DataFrame(
        {
            "id": ids,
            "name": [f"Agente {number}" for number in ids],
            "email": emails,
            "voice_email": emails,
            "active": [number != "11" for number in ids],
            "seated": True,
            "bot": False,
            "away": [int(number) % 3 == 0 for number in ids],
            "team_ids": ["6101" if int(number) % 4 else "6102" for number in ids],
            "voice_status": "available",
        }
    )
    return schema.conform(frame, "agents")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
