"""An invented operation of any size, for the other scripts; the same for the same sizes."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.model import schema
from metrics.model.people import ids_by_email, with_agents
from metrics.model.tables import Tables
from services.settings.config import Settings

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
HISTORY_DAYS, AGENTS = 90, 12
MISSED = ["agents_did_not_answer", "short_abandoned", "out_of_opening_hours", "abandoned_in_ivr"]
# Values of each attribute of the settings.
VALUES = {
    "reason": 60,
    "second_reason": 60,
    "kind": 6,
    "expansion": 3,
    "system_category": 25,
    "registrations": 12,
    "area": 8,
}
Column = npt.NDArray[Any]


def build_world(conversations: int, calls: int) -> Tables:
    chance = np.random.default_rng(20)
    agents = _agents()
    return Tables(
        conversations=_conversations(conversations, chance),
        calls=with_agents(_calls(calls, chance), ids_by_email(agents)),
        agents=agents,
        teams=schema.conform(
            pl.DataFrame({"id": ["6101", "6102"], "name": ["Suporte N1", "Financeiro"]}), "teams"
        ),
        now=NOW,
    )


def split_by_day(tables: Tables) -> dict[tuple[str, str], pl.DataFrame]:
    """The tables cut as the collector cuts them."""
    parts = {("agents", "all"): tables.agents, ("teams", "all"): tables.teams}
    calls = tables.calls.drop(*schema.CALL_AGENTS)
    for table, frame, dated_by in (
        ("conversations", tables.conversations, "created_at"),
        ("calls", calls, "started_at"),
    ):
        days = frame.with_columns(pl.col(dated_by).dt.strftime("%Y-%m-%d").alias("day"))
        for (day,), rows in days.partition_by("day", as_dict=True, include_key=False).items():
            parts[table, day] = rows.sort("id")
    return parts


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _some(values: Column, share: float, chance: np.random.Generator) -> pl.Series:
    return pl.Series(values).set(pl.Series(chance.random(len(values)) >= share), None)


def _words(words: list[str], count: int, share: float, chance: np.random.Generator) -> pl.Series:
    places = _some(chance.integers(0, len(words), count), share, chance)
    return pl.Series(words)[places]


def _instants(seconds: Column | pl.Series) -> pl.Series:
    return (
        pl.from_epoch(pl.Series(seconds), "s").dt.cast_time_unit("ms").dt.replace_time_zone("UTC")
    )


def _conversations(count: int, chance: np.random.Generator) -> pl.DataFrame:
    created = _seconds(NOW) - chance.integers(0, HISTORY_DAYS * 86400, count)
    people = [str(number) for number in range(AGENTS)]
    rating = _some(chance.integers(1, 6, count), 0.3, chance)
    labels = vars(Settings().rules().labels)
    is_old = created < _seconds(NOW) - 6 * 3600
    state = np.where(is_old, "closed", chance.choice(["open", "snoozed"], count))

    def later(most: int) -> pl.Series:
        return _instants(created + chance.integers(5, most, count))

    attributes = {
        schema.attribute(labels[name]): _words(
            [f"{name} {n}" for n in range(size)], count, 0.6, chance
        )
        for name, size in VALUES.items()
    }
    frame = pl.DataFrame(
        {
            "id": [str(number) for number in range(count)],
            "created_at": _instants(created),
            "updated_at": _instants(created),
            "waiting_since": _instants(_some(created, 0.4, chance)),
            "state": state,
            "subject": _words(
                [f"Dúvida {n} sobre o boleto" for n in range(5000)], count, 1, chance
            ),
            "channel": ["conversation"] * count,
            "origin": _words(["customer", "teammate"], count, 1, chance),
            "agent_id": _words(people, count, 0.95, chance),
            "team_id": _words(["6101", "6102"], count, 0.95, chance),
            "contact_name": _words([f"Cliente {n}" for n in range(20_000)], count, 1, chance),
            "contact_email": _words([f"c{n}@example.com" for n in range(20_000)], count, 1, chance),
            "rating": rating,
            "rating_at": _instants(pl.Series(created).set(rating.is_null(), None)),
            "rating_remark": _words([f"Comentário {n}" for n in range(900)], count, 0.1, chance),
            "rated_agent_id": _words(people, count, 0.3, chance),
            "first_admin_reply_at": later(9000),
            "first_close_at": later(90_000),
            "last_close_at": later(200_000),
            "last_assignment_at": later(9000),
            "first_assignment_at": later(9000),
            "count_reopens": chance.integers(0, 2, count),
            "sla_status": _words(["hit", "missed"], count, 0.5, chance),
            "is_call": chance.random(count) < 0.03,
            schema.attribute(labels["status"]): _words(["Resolvido", "Pendente"], count, 1, chance),
            **attributes,
        }
    )
    return schema.conform(frame, "conversations").sort("created_at")


def _calls(count: int, chance: np.random.Generator) -> pl.DataFrame:
    started = _seconds(NOW) - chance.integers(0, HISTORY_DAYS * 86400, count)
    is_outbound = chance.random(count) < 0.3
    reason = _words(MISSED, count, 0.2, chance).set(pl.Series(is_outbound), None)
    is_missed = reason.is_not_null()
    answered = started + chance.integers(5, 60, count)
    people = [f"a{number}@example.com" for number in range(AGENTS)]
    user = _words(people, count, 1, chance).set(is_missed, None)
    passed_on = _words(people, count, 0.05, chance).set(is_missed, None)
    frame = pl.DataFrame(
        {
            "id": [str(number) for number in range(count)],
            "started_at": _instants(started),
            "answered_at": _instants(pl.Series(answered).set(is_missed, None)),
            "ended_at": _instants(answered + chance.integers(5, 600, count)),
            "status": ["done"] * count,
            "direction": np.where(is_outbound, "outbound", "inbound"),
            "missed_call_reason": reason,
            "has_voicemail": chance.random(count) < 0.1,
            "digits": _words([f"+5511{n:08}" for n in range(2000)], count, 0.95, chance),
            "line_id": _words(["11", "12"], count, 1, chance),
            "line_name": ["Suporte"] * count,
            "user_id": user,
            "user_email": user,
            "transferred_by_id": passed_on,
            "transferred_by_email": passed_on,
        }
    )
    return schema.conform(frame, "calls").sort("started_at")


def _agents() -> pl.DataFrame:
    ids = [str(number) for number in range(AGENTS)]
    emails = [f"a{number}@example.com" for number in ids]
    frame = pl.DataFrame(
        {
            "id": ids,
            "name": [f"Agente {number}" for number in ids],
            "email": emails,
            "voice_email": emails,
            "active": [number != "11" for number in ids],
            "seated": [True] * AGENTS,
            "bot": [False] * AGENTS,
            "away": [int(number) % 3 == 0 for number in ids],
            "team_ids": ["6101" if int(number) % 4 else "6102" for number in ids],
            "voice_status": ["available"] * AGENTS,
        }
    )
    return schema.conform(frame, "agents")
