"""What the address of the analyst's panel asks for."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from callbacks.reports.query import SummaryQuery, parse_search, read
from metrics.model.periods import Period

Preset = Literal["today", "week", "month", "28d"]
Standing = Literal["pending", "classified", "excluded", "open", "snoozed"]
DEFAULT: Preset = "week"
# Rows of a list at first, by each press of «more», and at most.
PENDING_ROWS, HISTORY_ROWS, ROWS_MAXIMUM = 50, 20, 500


def _rows(text: Any) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", str(text)) or not 1 <= int(text) <= ROWS_MAXIMUM:
        raise ValueError(f"must be a whole number from 1 to {ROWS_MAXIMUM}")
    return int(text)


Rows = Annotated[int, BeforeValidator(_rows)]


class AnalystQuery(SummaryQuery):
    """One person (a manager may choose), a period by name or by its days, and the lists' choices.

    Attributes:
        order: Of what is pending.
        more: How many pending rows are shown.
        out: Whether the rows that do not count are listed.
        reason: Of the history; empty = rows without one.
        standing: Of the history.
        search: Words that the subjects of the history contain.
        lines: How many rows of the history are shown.
        comments: Whether all comments are listed.
        calls: Whether more calls are listed.
    """

    preset: Preset | None = Field(default=None, alias="period")
    order: Literal["oldest", "easiest"] = "oldest"
    more: Rows = PENDING_ROWS
    out: Literal["1"] | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None
    standing: Standing | None = Field(default=None, alias="state")
    search: Annotated[str, Field(max_length=200)] = ""
    lines: Rows = HISTORY_ROWS
    comments: Literal["all"] | None = None
    calls: Literal["all"] | None = None

    def period(self, today: date) -> Period:
        """The days asked for; this week where nothing is."""
        if self.first_day or self.last_day:
            return super().period(today)
        return named_period(self.preset or DEFAULT, today)

    @property
    def name(self) -> str | None:
        """The name of the period, if it has one."""
        return None if self.first_day or self.last_day else self.preset or DEFAULT


def read_analyst(search: str | None) -> AnalystQuery:
    """The query string of the panel, read and checked.

    Raises:
        ParameterError: The first name or value that cannot be used.
    """
    return read(AnalystQuery, parse_search(search).items())


def named_period(name: Preset, today: date) -> Period:
    """The days that a name stands for; weeks and months are whole, their coming days included."""
    if name == "today":
        return Period(today, today)
    if name == "week":
        monday = today - timedelta(days=today.weekday())
        return Period(monday, monday + timedelta(days=6))
    if name == "month":
        following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return Period(today.replace(day=1), following - timedelta(days=1))
    return Period(today - timedelta(days=27), today)
