"""One question to one version: which rows every number of an answer is about."""

from dataclasses import dataclass, replace

from metrics.model.definitions import Rules
from metrics.model.filters import Filters
from metrics.model.periods import Period, today
from metrics.model.tables import Tables

EVERYTHING = Filters()


@dataclass(frozen=True)
class View:
    """The tables of one version under a reader's choice; the same for value, groups and rows.

    Stocks ignore the period.
    """

    tables: Tables
    period: Period
    filters: Filters
    rules: Rules

    def with_period(self, period: Period) -> "View":
        return replace(self, period=period)

    def with_filters(self, filters: Filters) -> "View":
        return replace(self, filters=filters)


def view_of_today(tables: Tables, rules: Rules, filters: Filters = EVERYTHING) -> View:
    """What holds at `tables.now`, and its local day."""
    day = today(tables.now, rules.time_zone)
    return View(tables, Period(day, day), filters, rules)
