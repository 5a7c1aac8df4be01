"""An archive to write into, and a year of an invented team as the collector would have seen it."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr
from pymongo import MongoClient
from secantus import SecantusDBServer

from metrics.model.periods import Period, midnight, today
from metrics.model.tables import Tables
from metrics.model.view import EVERYTHING, View
from metrics.query.daily import SLICES, Parts, cut_days
from services.archive.documents import read_day
from services.archive.mongo import DAYS, Mongo
from services.archive.writer import ArchiveWriter
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot
from services.snapshot.extents import find_extents
from services.snapshot.manifest import History
from services.storage.disk_store import DiskStore
from tests.worlds.api_world import (
    FELIPE,
    FINANCE,
    JOAO,
    LUANA,
    OK_SOURCES,
    SUPPORT,
    call,
    conversation,
)
from tests.worlds.api_world import snapshot as snapshot_of

DATABASE = "vigia"
WORDS = ["Boleto e pagamento", "Acesso e senha"]
# What a customer wrote, is called, or is reached at: none of it may be found in the archive.
MARKS = ("Quitéria", "quiteria@example.com", "+5511955509999", "5511955509999", "meu CPF")
TYPED = "Quitéria perguntou do meu CPF"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A server that speaks MongoDB's protocol, with its fail points; its address."""
    with SecantusDBServer(storage_path=str(folder), replica_set_name=None) as server:
        yield server.uri


def order(uri: str, **order: Any) -> None:
    with MongoClient[dict[str, Any]](uri) as client:
        client.admin.command(order)


def fail(uri: str, *commands: str, **how: Any) -> None:
    """Let these commands fail from now on; none of them = as before."""
    data = {"failCommands": list(commands), **how}
    mode = "alwaysOn" if commands else "off"
    order(uri, configureFailPoint="failCommand", mode=mode, **({"data": data} if commands else {}))


def dump(uri: str) -> dict[str, list[dict[str, Any]]]:
    """Every document of every collection."""
    with MongoClient[dict[str, Any]](uri) as client:
        database = client[DATABASE]
        return {name: list(database[name].find()) for name in database.list_collection_names()}


def empty(uri: str) -> None:
    with MongoClient[dict[str, Any]](uri) as client:
        client.drop_database(DATABASE)


class Operation:
    """Days of conversations and calls up to the one of `NOW`, of which each version shows some."""

    def __init__(self, first_day: date, days: int, per_day: int = 12, **settings: Any) -> None:
        self.settings = Settings.model_validate({"sync": {"history_days": 60}, **settings})
        self.rules = self.settings.rules()
        self.first_day, self.days = first_day, days
        chance = random.Random(13)
        start = midnight(first_day, self.settings.zone)
        texts, calls = [], []
        for number in range(days * per_day):
            at = start + timedelta(seconds=chance.randrange(days * 86400))
            texts.append(_conversation(f"c{number}", at, chance))
            calls.append(_call(f"t{number}", at, chance))
        self.everything = snapshot_of(conversations=texts, calls=calls).tables

    def version(self, now: datetime) -> Snapshot:
        """What the collector publishes then: rows touched within the history, as they are then."""
        day = today(now, self.settings.zone)
        first = max(self.first_day, day - timedelta(days=self.settings.sync.history_days - 1))
        return build_version(self.see(now, first), now, first)

    def see(self, now: datetime, first: date) -> Tables:
        begin, held = midnight(first, self.settings.zone), self.everything
        seen = held.conversations.filter(pl.col("created_at") <= now)
        for name in ("first_admin_reply_at", "last_close_at", "rating_at"):
            seen = seen.with_columns(pl.when(pl.col(name) <= now).then(name).alias(name))
        is_closed = pl.col("last_close_at").is_not_null()
        seen = seen.with_columns(
            pl.when(is_closed).then(pl.lit("closed")).otherwise(pl.lit("open")).alias("state"),
            pl.when(pl.col("rating_at").is_not_null()).then("rating").alias("rating"),
        ).cast({"state": held.conversations.schema["state"]})
        touched = pl.max_horizontal("created_at", "last_close_at", "rating_at") >= begin
        calls = held.calls.filter(pl.col("started_at").is_between(begin, now))
        seen = seen.filter(touched | ~is_closed)
        return Tables(seen, calls, held.agents, held.teams, now)


def build_version(seen: Tables, now: datetime, first: date) -> Snapshot:
    days = (now.date() - first).days
    history = History(days, days, complete=True, first_day=first)
    tables = replace(seen, now=now, extents=find_extents(OK_SOURCES, history, {}))
    meta = {"reasons": WORDS}
    return Snapshot(int(now.timestamp()), tables, OK_SOURCES, history, meta, published_at=now)


@contextmanager
def writers(uri: str, folder: Path, operation: Operation) -> Iterator[Callable[..., ArchiveWriter]]:
    """Makes a writer as a process that starts has it; all of them over one state."""
    opened: list[Mongo] = []

    def begin(seconds: float = 30.0) -> ArchiveWriter:
        opened.append(Mongo(SecretStr(uri), DATABASE, seconds))
        return ArchiveWriter(opened[-1], DiskStore(folder), operation.settings)

    try:
        yield begin
    finally:
        for mongo in opened:
            mongo.close()


def read_archive(uri: str) -> dict[str, Parts]:
    return {document["_id"]: read_day(document)[1] for document in dump(uri).get(DAYS, [])}


def recompute(operation: Operation, tables: Tables, period: Period) -> dict[str, Parts]:
    """What the archive has to hold of these days."""
    view = View(tables, period, EVERYTHING, operation.rules)
    return {
        f"{table}/{by}/{day}": parts
        for table, slices in SLICES.items()
        for by in slices
        for day, parts in cut_days(table, by, view, WORDS).items()
    }


def _conversation(row_id: str, at: datetime, chance: random.Random) -> Any:
    def after(most: int, share: float = 1.0) -> datetime | None:
        later = at + timedelta(seconds=chance.randrange(5, most))
        return later if chance.random() < share else None

    reply = after(3_000, 0.95)
    close = after(6 * 86400, 0.95)
    return conversation(
        row_id,
        at.isoformat(),
        agent_id=chance.choice((JOAO, LUANA, FELIPE, None)),
        team_id=chance.choice((SUPPORT, SUPPORT, FINANCE, None)),
        subject=TYPED,
        contact_name="Quitéria Exemplo",
        contact_email="quiteria@example.com",
        rating_remark=TYPED,
        rating=chance.choice((1, 2, 4, 5, 5)),
        rating_at=after(8 * 86400, 0.4),
        rated_agent_id=chance.choice((JOAO, LUANA)),
        first_contact_reply_at=at,
        first_admin_reply_at=reply,
        first_close_at=close,
        last_close_at=close,
        time_to_admin_reply_seconds=float(chance.randrange(3_000)),
        time_to_last_close_seconds=float(chance.randrange(90_000)),
        count_reopens=chance.choice((0, 0, 1)),
        **{"attr.Motivo de Contato": chance.choice((*WORDS, TYPED, None))},
    )


def _call(row_id: str, at: datetime, chance: random.Random) -> Any:
    answered = at + timedelta(seconds=chance.randrange(2, 60)) if chance.random() < 0.8 else None
    return call(
        row_id,
        at.isoformat(),
        answered_at=answered,
        ended_at=(answered or at) + timedelta(seconds=chance.randrange(10, 900)),
        missed_call_reason=None if answered else "agents_did_not_answer",
        digits="+5511955509999",
        contact_name="Quitéria Exemplo",
        contact_email="quiteria@example.com",
        line_id=chance.choice(("11", "12")),
        user_id="901" if answered else None,
        user_email="joao.lacerda@example.com" if answered else None,
    )


NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
