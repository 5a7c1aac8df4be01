"""The tables of one version, as the measures take them."""

from dataclasses import dataclass, field

import pandas as pd

from metrics.model import schema
from metrics.model.result_cache import Memory

# Measures of every row, choices of rows, names: each is small beside the tables.
REMEMBERED = 200


@dataclass(frozen=True)
class Tables:
    """One version of the canonical tables (`metrics.model.schema`); calls carry their agents.

    Agents include leavers and unmatched Aircall users; the stocks are those of `now`.
    """

    conversations: pd.DataFrame
    calls: pd.DataFrame
    agents: pd.DataFrame
    teams: pd.DataFrame
    now: pd.Timestamp
    tickets: pd.DataFrame = field(default_factory=lambda: schema.empty("tickets"))
    presence: pd.DataFrame = field(default_factory=lambda: schema.empty("presence"))
    # What was worked out from these very tables; others, made of them by `replace`, begin anew.
    memory: Memory = field(
        default_factory=lambda: Memory(REMEMBERED), init=False, repr=False, compare=False
    )
