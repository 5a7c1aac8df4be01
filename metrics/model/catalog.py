"""The catalogue: every number that is one value, with the rule that makes it.

A metric is an expression that gives one value for each row of its table, and null keeps the row out
of the population. Value, n, every breakdown, the distribution and the rows behind a click follow
from that one expression. It may use the columns of `metrics.model.schema` and those of
`metrics.model.derived`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from metrics.model.definitions import Rules

Kind = Literal["count", "share", "mean", "duration", "stock"]
Unit = Literal["count", "share", "seconds", "points"]
Table = Literal["conversations", "calls", "tickets", "agents"]
Source = Literal["intercom", "aircall", "tickets"]
Scope = Literal["teams", "teams_or_none", "person", "workspace", "recognised"]
Better = Literal["higher", "lower"]
# An expression, or what makes it of the definitions and of the instant for which stocks hold.
Rule = pl.Expr | Callable[[Rules, datetime], pl.Expr]

UNITS: dict[Kind, Unit] = {
    "count": "count",
    "share": "share",
    "mean": "points",
    "duration": "seconds",
    "stock": "count",
}
SOURCES: dict[Table, tuple[Source, ...]] = {
    "conversations": ("intercom",),
    "calls": ("aircall",),
    "tickets": ("tickets",),
    "agents": ("intercom",),
}


@dataclass(frozen=True, eq=False)
class Metric:
    """One number of the catalogue.

    Attributes:
        key: Its name everywhere: panel, text, export column, API.
        kind: count (sum of ones), share (mean of ones and zeros), mean, duration (median, with
            mean and p90), stock (now; a sum, or the greatest value where `unit` is seconds).
        value: What each row adds; null = it does not count.
        dated_by: The column that puts a row into a period; None for stocks.
        better: Which direction is good news; None where neither is.
        sources: The vendors it is made of: late data of theirs makes it late.
        definition: Where the rule comes from.
        parts: One word for each row; their counts are told beside the number.
        part_names: The words that are always told, in order, even when no row has them.
        scope: teams (rows of the teams in scope), teams_or_none (these, and rows that never came
            to a team), person (the same, but what one person holds
            counts over all teams), workspace (rows of any team and of none) or recognised (of
            these, what looks like a call, which no other scope has).
        needs_label: Name of the `Labels` field without whose attribute there is nothing to count.
        of_line: Counts calls that nobody took, which belong to a line and to no person.
        of_ai_agent: Counts what old versions of the vendor's API do not say.
        of_customers: Needs the columns of `metrics.model.customers`.
    """

    key: str
    kind: Kind
    table: Table
    value: Rule
    definition: str
    dated_by: str | None = None
    better: Better | None = None
    unit: Unit = "count"
    sources: tuple[Source, ...] = ()
    parts: Rule | None = None
    part_names: tuple[str, ...] = ()
    scope: Scope = "teams"
    needs_label: str | None = None
    of_line: bool = False
    of_ai_agent: bool = False
    of_customers: bool = False


CATALOG: dict[str, Metric] = {}


def metric(
    key: str,
    kind: Kind,
    table: Table,
    value: Rule,
    definition: str,
    *,
    dated_by: str | None = None,
    better: Better | None = None,
    unit: Unit | None = None,
    sources: tuple[Source, ...] | None = None,
    parts: Rule | None = None,
    part_names: tuple[str, ...] = (),
    scope: Scope = "teams",
    needs_label: str | None = None,
    of_line: bool = False,
    of_ai_agent: bool = False,
    of_customers: bool = False,
) -> Metric:
    """A metric of the catalogue; unit and sources follow from kind and table unless given."""
    if key in CATALOG:
        raise ValueError(f"two metrics called {key}")
    CATALOG[key] = Metric(
        key,
        kind,
        table,
        value,
        definition,
        dated_by,
        better,
        unit or UNITS[kind],
        sources or SOURCES[table],
        parts,
        part_names,
        scope,
        needs_label,
        of_line,
        of_ai_agent,
        of_customers,
    )
    return CATALOG[key]


def build(rule: Rule, rules: Rules, now: datetime) -> pl.Expr:
    return rule if isinstance(rule, pl.Expr) else rule(rules, now)
