"""Which days another version can have changed, found row by row."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from metrics.model.catalog import Table
from metrics.model.definitions import Rules
from metrics.model.derived import DATED, day_of
from metrics.model.logged_calls import is_logged_call
from metrics.model.tables import Tables

# What of people and teams decides where a row counts; that somebody is away does not.
PEOPLE, TEAMS = ("id", "team_ids", "bot", "active", "seated"), ("id", "active")


class ChangedDays:
    """A mark of each row of the version before, with the days in which it counted."""

    def __init__(self) -> None:
        self._marks: dict[Table, pl.DataFrame] = {}
        self._agreed: object = None

    def find(
        self, tables: Tables, rules: Rules, reasons: Iterable[str]
    ) -> dict[Table, set[date]] | None:
        """None where every day may be another: at first, and after a change of definitions."""
        agreed = (
            rules.key,
            tuple(reasons),
            tables.agents.select(PEOPLE).sort("id").rows(),
            tables.teams.select(TEAMS).sort("id").rows(),
        )
        marks: dict[Table, pl.DataFrame] = {
            table: _mark_rows(table, tables, rules) for table in _TABLES
        }
        before, self._marks = self._marks, marks
        is_same, self._agreed = agreed == self._agreed, agreed
        if not before or not is_same:
            return None
        return {table: _find_days(before[table], marks[table]) for table in _TABLES}

    def forget(self) -> None:
        self._marks = {}


_TABLES: tuple[Table, ...] = ("conversations", "calls", "tickets")


def _mark_rows(table: Table, tables: Tables, rules: Rules) -> pl.DataFrame:
    days = [day_of(instant) for instant in DATED[table]]
    rows: pl.DataFrame = getattr(tables, table)
    marked = tables.derived(table, rules).select("id", *days)
    marked = marked.with_columns(rows.hash_rows().alias("mark"))
    if table != "conversations":
        return marked
    logged = tables.conversations.select(logged=is_logged_call(tables, rules))
    return marked.with_columns(logged)


def _find_days(before: pl.DataFrame, after: pl.DataFrame) -> set[date]:
    """Of rows that came, went or changed: the days of both, since a row can move."""
    found: set[date] = set()
    for one, other in ((before, after), (after, before)):
        changed = one.join(other, on=one.columns, how="anti", nulls_equal=True)
        for column in changed.columns:
            if column.endswith("_day"):
                found.update(changed[column].drop_nulls())
    return found
