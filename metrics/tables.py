"""The tables of one version, as the measures take them."""

from dataclasses import dataclass, field

import pandas as pd

from metrics import schema


@dataclass(frozen=True)
class Tables:
    """One version of the canonical tables (`metrics.schema`); calls carry their agents.

    Attributes:
        conversations: One row per conversation.
        calls: One row per call, with the columns of `schema.CALL_AGENTS`.
        agents: One row per person, leavers and unmatched Aircall users included.
        teams: One row per team of the workspace.
        now: The instant for which the stocks hold.
        presence: One row per stretch in which a person was seen in one state; a few days of them.
    """

    conversations: pd.DataFrame
        tickets: One row per ticket of the second line.
    calls: pd.DataFrame
    agents: pd.DataFrame
    teams: pd.DataFrame
    now: pd.Timestamp
    presence: pd.DataFrame = field(default_factory=lambda: schema.empty("presence"))
    tickets: pd.DataFrame = field(default_factory=lambda: schema.empty("tickets"))
