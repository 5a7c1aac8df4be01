"""Whether the office was open at an instant, and in which shift it lies, by the local clock."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

import polars as pl

from metrics.model.definitions import Opening, Rules


def is_open(instants: pl.Expr, rules: Rules) -> pl.Expr:
    """Whether each instant lies in the opening times of its local day; holidays are closed.

    The first minute is open, the closing minute is not; a missing instant is not open.
    """
    local = instants.dt.convert_time_zone(rules.time_zone.key)
    clock = local.dt.time()
    weekday = local.dt.weekday() - 1
    inside = [
        (weekday == day) & _is_within(clock, (start, end))
        for day, openings in enumerate(rules.office_hours)
        for start, end in openings
    ]
    is_inside = pl.any_horizontal(inside) if inside else pl.lit(False)
    if rules.holidays:
        is_inside &= ~local.dt.date().is_in(list(rules.holidays))
    return is_inside.fill_null(value=False) & instants.is_not_null()


def is_in_shifts(instants: pl.Expr, shifts: Iterable[str], rules: Rules) -> pl.Expr:
    """Whether each instant lies in one of the shifts; in one that there is not, none does."""
    clock = instants.dt.convert_time_zone(rules.time_zone.key).dt.time()
    inside = [_is_within(clock, rules.shifts[name]) for name in shifts if name in rules.shifts]
    return pl.any_horizontal(pl.lit(False), *inside)


def _is_within(clock: pl.Expr, opening: Opening) -> pl.Expr:
    start, end = opening
    # 24:00 is written as the last moment of the day.
    is_before = pl.lit(True) if end == time.max else clock < end
    return (clock >= start) & is_before if start < end else (clock >= start) | is_before


def is_open_at(instant: datetime, rules: Rules) -> bool:
    """`is_open` of one instant, for which a query would take longer."""
    local = instant.astimezone(rules.time_zone)
    clock = local.time()
    return local.date() not in rules.holidays and any(
        start <= clock and (clock < end or end == time.max)
        for start, end in rules.office_hours[local.weekday()]
    )


def openings(day: date, rules: Rules) -> list[tuple[datetime, datetime]]:
    """The opening times of a local day as instants; none on a holiday."""
    if day in rules.holidays:
        return []

    def instant(clock: time) -> datetime:
        # 24:00 is written as the last moment of the day.
        ends_day = clock == time.max
        whole = date.fromordinal(day.toordinal() + ends_day)
        local = datetime.combine(whole, time(0) if ends_day else clock, rules.time_zone)
        return local.astimezone(UTC)

    return [(instant(start), instant(end)) for start, end in rules.office_hours[day.weekday()]]
