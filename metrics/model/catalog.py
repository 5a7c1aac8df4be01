"""The catalogue: every number that is one value, with the rule that makes it.

A measure gives one value per row, and NA keeps the row out of the population. Value, n, every
breakdown, the distribution and the rows behind a click follow from that one function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from metrics.model.definitions import Rules

Kind = Literal["count", "share", "mean", "duration", "stock"]
Unit = Literal["count", "share", "seconds", "points"]
Table = Literal["conversations", "calls", "tickets", "agents"]
Source = Literal["intercom", "aircall", "tickets"]
Scope = Literal["teams", "person", "workspace"]
# (rows, rules, now) -> one value per row. Only stocks may look at `now`.
Measure = Callable[[pd.DataFrame, Rules, pd.Timestamp], pd.Series]
# (rows, rules, now) -> words, indexed by row; the words' counts are the metric's parts.
Parts = Callable[[pd.DataFrame, Rules, pd.Timestamp], pd.Series]


@dataclass(frozen=True)
class Metric:
    """One number of the catalogue.

    Attributes:
        key: Its name everywhere: function, panel, text, export column, API.
        kind: count (sum of ones), share (mean of ones and zeros), mean, duration (median, with
            mean and p90), stock (now; a sum, or the greatest value where `unit` is seconds).
        dated_by: The column that puts a row into a period; None for stocks.
        better: Which direction is good news; None where neither is.
        sources: The vendors it is made of: late data of theirs makes it late.
        definition: Where the rule comes from.
        part_names: The words that are always told, in order, even when no row has them.
        scope: teams (rows of the teams in scope), person (the same, but what one person holds
            counts over all teams) or workspace (rows of any team and of none).
        needs_label: Name of the `Labels` field without whose attribute there is nothing to count.
    """

    key: str
    kind: Kind
    table: Table
    dated_by: str | None
    unit: Unit
    better: Literal["higher", "lower"] | None
    sources: tuple[Source, ...]
    definition: str
    measure: Measure
    parts: Parts | None = None
    part_names: tuple[str, ...] = ()
    scope: Scope = "teams"
    needs_label: str | None = None


CATALOG: dict[str, Metric] = {}


def metric(
    *,
    kind: Kind,
    table: Table,
    unit: Unit,
    definition: str,
    dated_by: str | None = None,
    better: Literal["higher", "lower"] | None = None,
    sources: tuple[Source, ...] | None = None,
    parts: Parts | None = None,
    part_names: tuple[str, ...] = (),
    scope: Scope = "teams",
    needs_label: str | None = None,
) -> Callable[[Measure], Measure]:
    """Enter a measure into the catalogue under its own name."""
    by_table: dict[str, tuple[Source, ...]] = {"calls": ("aircall",), "tickets": ("tickets",)}

    def enter(measure: Measure) -> Measure:
        key = measure.__name__
        if key in CATALOG:
            raise ValueError(f"two metrics called {key}")
        CATALOG[key] = Metric(
            key=key,
            kind=kind,
            table=table,
            dated_by=dated_by,
            unit=unit,
            better=better,
            sources=sources or by_table.get(table, ("intercom",)),
            definition=definition,
            measure=measure,
            parts=parts,
            part_names=part_names,
            scope=scope,
            needs_label=needs_label,
        )
        return measure

    return enter
