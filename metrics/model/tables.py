"""The tables of one version, as the metrics take them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from metrics.model import schema
from metrics.model.definitions import Rules
from metrics.model.derived import bots_of, derive
from metrics.model.extent import Extent
from metrics.model.result_cache import Memory

# Numbers, choices of rows, names: each is small beside the tables.
REMEMBERED = 2000


@dataclass(frozen=True)
class Tables:
    """One version of the canonical tables (`metrics.model.schema`); calls carry their agents.

    Agents include leavers and unmatched Aircall users; the stocks are those of `now`.
    """

    conversations: pl.DataFrame
    calls: pl.DataFrame
    agents: pl.DataFrame
    teams: pl.DataFrame
    now: datetime
    tickets: pl.DataFrame = field(default_factory=lambda: schema.empty("tickets"))
    presence: pl.DataFrame = field(default_factory=lambda: schema.empty("presence"))
    # Of each source; one that is not named was read as far as anybody asks.
    extents: Mapping[str, Extent] = field(default_factory=dict)
    # Conversations that people say are none of the calls they look like.
    not_calls: frozenset[str] = frozenset()
    # What was worked out from these very tables; others, made of them by `replace`, begin anew.
    memory: Memory = field(
        default_factory=lambda: Memory(REMEMBERED), init=False, repr=False, compare=False
    )

    def derived(self, table: str, rules: Rules) -> pl.DataFrame:
        """The table with the columns of `metrics.model.derived`."""
        frame: pl.DataFrame = getattr(self, table)
        key = ("derived", table, rules.row_key)
        return self.memory.get(key, lambda: derive(frame, table, rules, bots_of(self.agents)))

    def remember_derived(self, table: str, rules: Rules, frame: pl.DataFrame) -> None:
        """What was derived part by part before these tables were put together."""
        self.memory.get(("derived", table, rules.row_key), lambda: frame)
