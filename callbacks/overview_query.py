"""What the address of the overview asks for."""

from datetime import date, timedelta
from typing import Literal
from urllib.parse import parse_qs

from pydantic import Field

from callbacks.api_query import DEFAULT_DAYS, SummaryQuery, read
from metrics.periods import Period

Preset = Literal["today", "yesterday", "7d", "28d", "90d", "month", "last_month"]


class OverviewQuery(SummaryQuery):
    """The API's own filters, a period by name, and what the matrix shows."""

    preset: Preset | None = Field(default=None, alias="period")
    matrix: Literal["reason"] | None = None

    def period(self, today: date) -> Period:
        """The days asked for; a named period moves with the day it is read on."""
        return named_period(self.preset, today) if self.preset else super().period(today)

    @property
    def name(self) -> str | None:
        """The name under which the period is known, if it has one."""
        if self.preset:
            return self.preset
        return None if self.first_day or self.last_day else f"{DEFAULT_DAYS}d"


def read_overview(search: str | None) -> OverviewQuery:
    """The query string of the overview, read and checked.

    Raises:
        ParameterError: The first name or value that cannot be used.
    """
    given = parse_qs((search or "").removeprefix("?"), keep_blank_values=True, max_num_fields=400)
    return read(OverviewQuery, given.items())


def named_period(name: Preset, today: date) -> Period:
    """The days that a name stands for today."""
    if name == "today":
        return Period(today, today)
    if name == "yesterday":
        return Period(today - timedelta(days=1), today - timedelta(days=1))
    if name == "month":
        return Period(today.replace(day=1), today)
    if name == "last_month":
        end = today.replace(day=1) - timedelta(days=1)
        return Period(end.replace(day=1), end)
    return Period(today - timedelta(days=int(name.removesuffix("d")) - 1), today)
