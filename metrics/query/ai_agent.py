"""What the AI agent's work is worth beside that of people, reason by reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import polars as pl

from metrics.measures.ai_agent import IS_RESOLVED
from metrics.model.catalog import CATALOG
from metrics.model.filters import AI_AGENT, BOTH, EMPTY, HandledBy
from metrics.model.schema import attribute
from metrics.model.selection import select
from metrics.model.summary import Z95, Summary
from metrics.model.view import View
from metrics.query import report
from metrics.query.grouping import GROUP, group_rows

# What became of conversations, whoever began them.
BESIDE = ("csat_score", "time_to_close", "reopen_rate")
AFTER = ("ai_handed_over", "response_after_handover", *BESIDE)
# So many conversations of people say how long a reason takes them.
HANDLED_MINIMUM = 10


@dataclass(frozen=True)
class HandOver:
    """A reason: what the AI agent handed over, and what people had from the beginning."""

    reason: str
    handed: Mapping[str, Summary]
    people: Mapping[str, Summary]


@dataclass(frozen=True)
class Saved:
    """A reason: how many the AI agent resolved, and how long people take for one, on average."""

    reason: str
    resolved: int
    handled: int
    seconds: float
    deviation: float

    @property
    def total(self) -> float:
        return self.resolved * self.seconds

    @property
    def error(self) -> float:
        """Of the total: the cases differ, and the mean of so many is not known better."""
        return self.deviation * sqrt(self.resolved + self.resolved**2 / self.handled)


@dataclass(frozen=True)
class Worth:
    """`untold` resolutions are of reasons of which too little is known of people's time."""

    reasons: Sequence[Saved]
    untold: int

    @property
    def resolved(self) -> int:
        return sum(row.resolved for row in self.reasons)

    @property
    def seconds(self) -> float:
        return sum(row.total for row in self.reasons)

    @property
    def margin(self) -> float:
        """Half of the 95 % interval."""
        return Z95 * sqrt(sum(row.error**2 for row in self.reasons))


def only(view: View, handler: HandledBy) -> View:
    return view.with_filters(replace(view.filters, handled_by=(handler,)))


def hand_overs(view: View) -> list[HandOver]:
    """By reason, most handed over first."""
    handed = _by_reason(AFTER, only(view, BOTH))
    people = _by_reason(BESIDE, only(view, "people"))
    rows = [HandOver(key, found, people.get(key, {})) for key, found in handed.items()]
    rows = [row for row in rows if "ai_handed_over" in row.handed]
    return sorted(rows, key=lambda row: (-row.handed["ai_handed_over"].n, row.reason))


def _by_reason(keys: Sequence[str], view: View) -> dict[str, dict[str, Summary]]:
    turned: dict[str, dict[str, Summary]] = {}
    breakdowns = report.breakdowns([CATALOG[key] for key in keys], "reason", view)
    for metric, found in breakdowns.items():
        for group in found:
            turned.setdefault(group.key, {})[metric] = group.summary
    return turned


def of_same_reasons(rows: Sequence[HandOver], key: str) -> tuple[float, float] | None:
    """Handed over and people's, both with the reasons as often as they are handed over.

    None where no reason has both.
    """
    pairs = [
        (mine.n, mine.value, theirs.value)
        for row in rows
        if (mine := row.handed.get(key)) and (theirs := row.people.get(key))
        if mine.value is not None and theirs.value is not None
    ]
    n = sum(weight for weight, _, _ in pairs)
    if not n:
        return None
    return sum(w * a for w, a, _ in pairs) / n, sum(w * b for w, _, b in pairs) / n


def worth(view: View) -> Worth:
    """How long people would have needed for what the AI agent resolved alone.

    By the first reason, so that each counts once, and by people's own handling time of that reason
    in the same days.
    """
    resolved = _of_reasons("ai_resolved", AI_AGENT, view, IS_RESOLVED.sum())
    seconds = pl.col("handling_seconds")
    asked = seconds.count(), seconds.mean(), seconds.std()
    times = _of_reasons("conversations", "people", view, *asked)
    rows = []
    for reason, [n] in resolved.items():
        handled, mean, deviation = times.get(reason, (0, 0, 0))
        if n and reason != EMPTY and handled >= HANDLED_MINIMUM:
            rows.append(Saved(reason, n, handled, mean, deviation))
    rows.sort(key=lambda row: (-row.total, row.reason))
    return Worth(rows, sum(n for [n] in resolved.values()) - sum(row.resolved for row in rows))


def _of_reasons(key: str, handler: HandledBy, view: View, *asked: pl.Expr) -> dict[str, list[Any]]:
    """By first reason, of the rows that the metric is about."""
    selection, by = select(CATALOG[key], only(view, handler)), attribute(view.rules.labels.reason)
    lines = group_rows(by, selection).attach(selection.query)
    numbers = [one.alias(str(place)) for place, one in enumerate(asked)]
    rows = lines.group_by(pl.col(GROUP).cast(pl.String)).agg(numbers).collect()
    return {reason: numbers for reason, *numbers in rows.iter_rows()}
