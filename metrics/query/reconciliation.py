"""A vendor's own list of rows beside ours: why each row counts in one of them only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl

from metrics.model.catalog import CATALOG, Metric
from metrics.model.schema import INSTANT
from metrics.model.selection import select
from metrics.model.view import EVERYTHING, View
from metrics.query.drilldown import LISTS

What = Literal["conversations", "closes", "calls"]
Side = Literal["file", "own"]
Cause = Literal[
    # of rows that are in the file only
    "unreadable", "duplicate", "not_yet", "outside_history", "time_zone", "closed_in_period",
    "first_message", "rated_in_period", "created_in_period", "closed_again", "not_closed",
    "outside_period", "logged_call", "outside_teams", "filters", "status", "ticket", "gone",
    # of rows that we alone count
    "merged", "outbound", "automated", "after_export", "file_filtered", "file_closed_only",
    "unknown",
]  # fmt: skip
# Fewer agreeing rows than this do not say how a file was filtered.
ENOUGH = 10
COLUMNS = {
    "conversations": (
        "created_at", "last_close_at", "first_contact_reply_at", "rating_at", "state", "team_id",
        "origin", "is_call", "is_merged",
    ),
    "calls": ("started_at", "status", "line_id", "digits"),
}  # fmt: skip
# What else dates a row in vendors' reports, in the order in which it explains one.
OTHER_DATES: Mapping[str, Sequence[tuple[str, Cause]]] = {
    "conversations": (
        ("last_close_at", "closed_in_period"),
        ("first_contact_reply_at", "first_message"),
        ("rating_at", "rated_in_period"),
    ),
    "closes": (("created_at", "created_in_period"),),
}


@dataclass(frozen=True)
class FileRow:
    """A line of the file.

    Attributes:
        id: The vendor's; empty where the line has none that can be read.
        at: UTC; None where it cannot be read.
        digits: The other side's number, of calls.
    """

    line: int
    id: str
    at: datetime | None
    digits: str = ""


@dataclass(frozen=True)
class Difference:
    """A row that one side counts; `line` is its place in the file, 0 where it is not there."""

    side: Side
    cause: Cause
    id: str
    line: int
    file_at: datetime | None
    own_at: datetime | None


@dataclass(frozen=True)
class Reconciliation:
    """`file` less the file's differences is `agreed`; with our own ones it is `own`."""

    what: What
    file: int
    own: int
    agreed: int
    differences: tuple[Difference, ...]

    @property
    def causes(self) -> list[tuple[Side, Cause, int]]:
        """The file's first, each side's most frequent first."""
        counts = Counter((one.side, one.cause) for one in self.differences)
        ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
        return [(side, cause, n) for (side, cause), n in ordered]

    @property
    def unexplained(self) -> int:
        return sum(one.cause == "unknown" for one in self.differences)


def metric_of(what: What) -> Metric:
    return LISTS["calls"] if what == "calls" else CATALOG[what]


def reconcile(
    rows: Iterable[FileRow], what: What, view: View, zone: ZoneInfo, read_at: datetime | None
) -> Reconciliation:
    """The file's rows beside those that the view counts.

    Args:
        zone: Of the file's days, as the vendor cuts its reports.
        read_at: Up to when we know the vendor.
    """
    rows = list(rows)
    comparison = _Comparison(rows, what, view, zone, read_at)
    differences: list[Difference] = []
    agreed: set[str] = set()
    seen: set[str] = set()
    for row in rows:
        found = comparison.find(row)
        cause = comparison.explain_file_row(row, found, is_seen=found in seen)
        seen.add(found)
        if cause is None:
            agreed.add(found)
        else:
            own_at = comparison.own_at(found)
            differences.append(Difference("file", cause, found, row.line, row.at, own_at))
    comparison.learn(agreed)
    for own in comparison.counted - agreed:
        cause = comparison.explain_own_row(own)
        differences.append(Difference("own", cause, own, 0, None, comparison.own_at(own)))
    differences.sort(key=lambda one: (one.side, one.cause, one.line, one.id))
    return Reconciliation(what, len(rows), len(comparison.counted), len(agreed), tuple(differences))


class _Comparison:
    def __init__(
        self,
        rows: Sequence[FileRow],
        what: What,
        view: View,
        zone: ZoneInfo,
        read_at: datetime | None,
    ) -> None:
        self._what, self._view, self._zone, self._read_at = what, view, zone, read_at
        metric = metric_of(what)
        selection = select(metric, view)
        assert metric.dated_by is not None
        self._dated_by = metric.dated_by
        self.counted = set(selection.counted["id"])
        self._first_day = selection.extent.first_day
        table = view.tables.derived(metric.table, view.rules)
        columns = [name for name in COLUMNS[metric.table] if name in table.columns]
        wanted = self.counted | {row.id for row in rows}
        lines = table.lazy().select("id", *columns)
        is_wanted = pl.col("id").is_in(list(wanted))
        if what == "calls":
            instants = [row.at.replace(microsecond=0) for row in rows if row.at is not None]
            is_wanted |= pl.col("started_at").is_in(pl.Series(instants, dtype=INSTANT).implode())
        lines = lines.filter(is_wanted)
        self._known = {row["id"]: row for row in lines.collect().iter_rows(named=True)}
        # Some exports name a call by what the API does not have; its beginning and number tell it.
        self._ids = {
            (row["started_at"], row["digits"] or ""): call
            for call, row in (self._known.items() if what == "calls" else ())
        }
        tickets = view.tables.tickets
        self._tickets = {*tickets["id"], *tickets["number"].drop_nulls()}
        self._newest: datetime | None = None
        self._groups: set[Any] = set()
        self._is_closed_only = False

    def find(self, row: FileRow) -> str:
        """Our id of the file's row; its own where we do not know it."""
        if row.id in self._known or row.at is None:
            return row.id
        key = row.at.replace(microsecond=0), row.digits
        return str(self._ids.get(key, row.id))

    def own_at(self, found: str) -> datetime | None:
        at: datetime | None = self._known.get(found, {}).get(self._dated_by)
        return at

    def explain_file_row(self, row: FileRow, found: str, *, is_seen: bool) -> Cause | None:
        """None: we count it too."""
        own = self._known.get(found)
        if found and is_seen:
            return "duplicate"
        if own is None:
            return self._explain_missing(row, found)
        if found in self.counted:
            return None
        if own.get("is_call"):
            return "logged_call"
        if self._what == "calls" and own["status"] != "done":
            return "status"
        if (elsewhere := self._explain_date(own, row.at)) is not None:
            return elsewhere
        if self._is_before_history(own[self._dated_by]):
            return "outside_history"
        if self._view.rules.team_ids and own.get("team_id") not in self._view.rules.team_ids:
            return "outside_teams" if self._what != "calls" else "filters"
        return "filters" if self._view.filters.key != EVERYTHING.key else "unknown"

    def explain_own_row(self, own_id: str) -> Cause:
        own = self._known[own_id]
        at, origin = own[self._dated_by], own.get("origin")
        if own.get("is_merged"):
            return "merged"
        if not self._is_in_period(at, self._zone):
            return "time_zone"
        if self._what == "conversations" and origin not in ("customer", None):
            if origin == "automated":
                return "automated"
            if own["first_contact_reply_at"] is None:
                return "outbound"
        if self._groups and self._group(own) not in self._groups:
            return "file_filtered"
        if self._is_closed_only and own["state"] != "closed":
            return "file_closed_only"
        if self._newest is not None and at > self._newest:
            return "after_export"
        return "unknown"

    def learn(self, agreed: Iterable[str]) -> None:
        """Up to when the file reaches, and by which team, line or state it was filtered."""
        rows = [self._known[found] for found in agreed]
        self._newest = max((row[self._dated_by] for row in rows), default=None)
        if len(rows) >= ENOUGH:
            self._groups = {self._group(row) for row in rows}
            states = {row.get("state") for row in rows}
            self._is_closed_only = self._what == "conversations" and states == {"closed"}

    def _group(self, own: Mapping[str, Any]) -> Any:
        return own["line_id" if self._what == "calls" else "team_id"]

    def _explain_missing(self, row: FileRow, found: str) -> Cause:
        if found in self._tickets:
            return "ticket"
        if row.at is None or not (found or row.digits):
            return "unreadable"
        zone = self._view.rules.time_zone
        if self._is_before_history(row.at):
            return "outside_history"
        if self._read_at is None or row.at > self._read_at:
            return "not_yet"
        if not self._is_in_period(row.at, zone):
            return "time_zone" if self._is_in_period(row.at, self._zone) else "outside_period"
        return "gone"

    def _is_before_history(self, at: datetime) -> bool:
        """Also of all that is dated by the history where none of it is loaded yet."""
        day = at.astimezone(self._view.rules.time_zone).date()
        return self._first_day is None or day < self._first_day

    def _explain_date(self, own: Mapping[str, Any], file_at: datetime | None) -> Cause | None:
        """Why the row is of other days for us; None where it is not."""
        at = own[self._dated_by]
        if at is None:
            return "not_closed"
        if self._is_in_period(at, self._view.rules.time_zone):
            return None
        if self._is_in_period(at, self._zone):
            return "time_zone"
        # The vendor lists every close, we the last one.
        if self._what == "closes" and file_at is not None and file_at < at:
            return "closed_again"
        others = OTHER_DATES.get(self._what, ())
        dated = ((cause, own[column]) for column, cause in others)
        inside = (cause for cause, at in dated if at and self._is_in_period(at, self._zone))
        return next(inside, "outside_period")

    def _is_in_period(self, at: datetime, zone: ZoneInfo) -> bool:
        period = self._view.period
        return period.first_day <= at.astimezone(zone).date() <= period.last_day
