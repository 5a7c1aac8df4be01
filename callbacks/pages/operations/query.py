"""What the address of the wall asks for."""

from datetime import timedelta
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from callbacks.reports.query import Id, Ids, NoQuery, parse_search, read
from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.periods import midnight, today

Stretch = Literal["today", "48h"]
# Faster nobody can read a team; slower it is no rotation.
Rotation = Annotated[int, Field(ge=10, le=3600)]


class OperationsQuery(NoQuery):
    """A stretch of time, teams, whose rows lie open, and whether the wall hangs in a room.

    A wall in a room may go round the teams, each for `rotate` seconds, and sound when the queue
    becomes critical.
    """

    period: Stretch = "today"
    team: Ids = ()
    agent: Id | None = None
    kiosk: Literal["1"] | None = None
    rotate: Rotation | None = None
    sound: Literal["1"] | None = None

    def start(self, now: pd.Timestamp, rules: Rules) -> pd.Timestamp:
        """From when volume and calls are counted: local midnight, or 48 hours ago."""
        if self.period == "48h":
            return now - timedelta(hours=48)
        return pd.Timestamp(midnight(today(now, rules.time_zone), rules.time_zone))

    @property
    def filters(self) -> Filters:
        """The choice of rows."""
        return Filters(teams=self.team)


def read_operations(search: str | None) -> OperationsQuery:
    """The query string of the wall, read and checked.

    Raises:
        ParameterError: The first name or value that cannot be used.
    """
    return read(OperationsQuery, parse_search(search).items())


def choices(search: str | None, *without: str) -> dict[str, list[str]]:
    """The address's parameters as they were given, some of them left out."""
    return {name: values for name, values in parse_search(search).items() if name not in without}


def is_kiosk(search: str | None) -> bool:
    """Whether the wall hangs in a room, whatever else the address says."""
    return parse_search(search).get("kiosk") == ["1"]
