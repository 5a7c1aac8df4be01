"""What the address of the analyst's panel asks for."""

from datetime import date, timedelta
from typing import Literal
from urllib.parse import parse_qs

from pydantic import Field

from callbacks.api_query import SummaryQuery, read
from metrics.periods import Period

Preset = Literal["today", "week", "month", "28d"]
DEFAULT: Preset = "week"


class AnalystQuery(SummaryQuery):
    """One person (a manager may choose) and a period, by name or by its days."""

    preset: Preset | None = Field(default=None, alias="period")

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
    given = parse_qs((search or "").removeprefix("?"), keep_blank_values=True, max_num_fields=50)
    return read(AnalystQuery, given.items())


def named_period(name: Preset, today: date) -> Period:
    """The days that a name stands for; a week is whole, Monday to Sunday."""
    if name == "today":
        return Period(today, today)
    if name == "week":
        monday = today - timedelta(days=today.weekday())
        return Period(monday, monday + timedelta(days=6))
    if name == "month":
        return Period(today.replace(day=1), today)
    return Period(today - timedelta(days=27), today)
