"""Who was seen in which state, minute by minute: the vendors tell the present only.

Rows are cut by the UTC day on which a stretch began, and kept for a few days in the cache.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from metrics.model import schema
from services.snapshot.manifest import PartitionId
from services.snapshot.time_totals import find_gap

PRESENCE = "presence"
# With these a local day is whole in every zone, yesterday's too.
KEPT_DAYS = 4

Row = dict[str, Any]


class Presence:
    def __init__(self, interval_seconds: float) -> None:
        self._gap = find_gap(interval_seconds)
        self._days: dict[PartitionId, list[Row]] = {}
        self._latest: dict[tuple[str, str], Row] = {}
        self._changed: set[PartitionId] = set()
        self._expired: set[PartitionId] = set()

    def resume(self, name: PartitionId, rows: pl.DataFrame) -> None:
        self._days[name] = rows.sort("began_at", maintain_order=True).rows(named=True)
        for row in self._days[name]:
            key = row["id"], row["channel"]
            if key not in self._latest or self._latest[key]["began_at"] <= row["began_at"]:
                self._latest[key] = row

    def record(self, agents: pl.DataFrame, read_at: Mapping[str, datetime]) -> None:
        """A reading that is known already changes nothing. `read_at`: a vendor's last answer."""
        at = {vendor: instant.replace(microsecond=0) for vendor, instant in read_at.items()}
        people = agents.filter(pl.col("active"), ~pl.col("bot").fill_null(value=False))
        for agent, away, status in people.select("id", "away", "voice_status").iter_rows():
            if away is not None and "intercom" in at:
                self._record_state(agent, "text", "away" if away else "active", at["intercom"])
            if status is not None and "aircall" in at:
                self._record_state(agent, "voice", status, at["aircall"])

    def find_changes(
        self, lost: Collection[PartitionId], now: datetime
    ) -> tuple[dict[PartitionId, pl.DataFrame], set[PartitionId]]:
        """The days that differ from what was published or are lost, and those that are over."""
        first = f"{now.astimezone(UTC).date() - timedelta(days=KEPT_DAYS - 1)}"
        self._expired = {name for name in self._days if name[1] < first}
        changed = (self._changed | set(lost)) & self._days.keys() - self._expired
        return {name: _build_frame(self._days[name]) for name in changed}, set(self._expired)

    def mark_published(self) -> None:
        self._changed.clear()
        for name in self._expired:
            self._days.pop(name, None)

    def _record_state(self, agent: str, channel: str, state: str, at: datetime) -> None:
        latest = self._latest.get((agent, channel))
        passed = at - latest["until_at"] if latest is not None else None
        # A clock that was set back by more than that begins anew.
        if passed is not None and -self._gap <= passed <= timedelta(0):
            return
        name = PRESENCE, f"{at.date()}"
        if latest is not None and passed is not None and timedelta(0) < passed <= self._gap:
            latest["until_at"] = at
            first_day = PRESENCE, f"{latest['began_at'].date()}"
            self._changed.add(first_day)
            if latest["state"] == state and first_day == name:
                return
        row = {"id": agent, "channel": channel, "state": state, "began_at": at, "until_at": at}
        self._latest[agent, channel] = row
        self._days.setdefault(name, []).append(row)
        self._changed.add(name)


def _build_frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, dict(schema.PRESENCE))
