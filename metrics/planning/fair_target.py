"""The fair target: whether each person took the calls that their own shifts would let expect."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import Period
from metrics.model.selection import chosen_people, credited, select
from metrics.model.view import View
from metrics.planning.schedule import Schedule, shifts_of

Basis = Literal["shifts", "hours"]
COLUMNS = ["agent_id", "calls", "shifts", "hours", "expected", "difference", "share"]


@dataclass(frozen=True, eq=False)
class FairTarget:
    """Answered calls against shifts.

    Attributes:
        people: One line for each person with a shift: `agent_id`, `calls`, `shifts`, `hours` of
            them, `expected` calls, `difference`, and `share` (calls / expected; NA where none are
            expected); most calls over the expected first.
        others: `agent_id` (NA for calls of nobody) and `calls` of those without a shift.
        calls: Calls credited to the people with a shift: a transferred call may count for two.
        per_shift: None without shifts, as `per_hour`.
        days: The days that counted; holidays among them have no shifts.
    """

    people: pd.DataFrame
    others: pd.DataFrame
    calls: int
    shifts: int
    hours: float
    per_shift: float | None
    per_hour: float | None
    days: Period | None
    holidays: tuple[date, ...] = ()


def fair_target(
    view: View,
    schedule: Schedule,
    *,
    transfers: bool = False,
    basis: Basis = "shifts",
    first_day: date | None = None,
) -> FairTarget:
    """Answered calls of scheduled people over their shifts, and what that makes for each of them.

    Only shifts that have begun count, and only days that are loaded: days to come, and days whose
    calls are not known, would make everybody look idle. Calls of holidays count like any others.

    Args:
        view: Which calls; its people are those who are told.
        transfers: Whether a call counts for who passed it on and who took it over too, as
            the breakdown of calls by agent does; else only for who had it.
        basis: Whether each shift lets expect as much as any other, or each hour of them.
        first_day: First day of the loaded history; None = nothing is known of it.
    """
    period = _known(view, first_day)
    counts = _calls(view, period, transfers)
    chosen = chosen_people(view)
    shifts = _shifts_begun(view, schedule, period)
    if chosen is not None:
        shifts = shifts[shifts["agent_id"].isin(chosen)]
    by_person = shifts.groupby("agent_id")
    table = pd.DataFrame(
        {"shifts": by_person.size(), "hours": by_person["seconds"].sum() / 3600}
    ).rename_axis("agent_id")
    table["calls"] = counts.reindex(table.index).fillna(0).astype("int64")
    calls, number = int(table["calls"].sum()), int(table["shifts"].sum())
    hours = float(table["hours"].sum())
    whole = float(table[basis].sum())
    table["expected"] = table[basis].astype("float64") * (calls / whole if whole else 0.0)
    table["difference"] = table["calls"] - table["expected"]
    share = table["calls"] / table["expected"].where(table["expected"].gt(0))
    table["share"] = share.astype("Float64")
    people = table.reset_index()[COLUMNS].sort_values(
        ["difference", "agent_id"], ascending=[False, True], ignore_index=True
    )
    others = counts[~counts.index.isin(table.index)]
    left = others.rename_axis("agent_id").rename("calls").reset_index()
    left = left.sort_values(["calls", "agent_id"], ascending=[False, True], ignore_index=True)
    inside = () if period is None else (d for d in view.rules.holidays if _holds(period, d))
    return FairTarget(
        people=people,
        others=left,
        calls=calls,
        shifts=number,
        hours=hours,
        per_shift=calls / number if number else None,
        per_hour=calls / hours if hours else None,
        days=period,
        holidays=tuple(sorted(inside)),
    )


def _known(view: View, first_day: date | None) -> Period | None:
    """The days of the period that are loaded and have begun."""
    local = view.tables.now.tz_convert(view.rules.time_zone).date()
    first = max(view.period.first_day, first_day or view.period.first_day)
    last = min(view.period.last_day, local)
    return Period(first, last) if first <= last else None


def _shifts_begun(view: View, schedule: Schedule, period: Period | None) -> pd.DataFrame:
    if period is None:
        nothing = Period(view.period.first_day, view.period.first_day)
        return shifts_of(schedule, nothing, view.rules).iloc[:0]
    shifts = shifts_of(schedule, period, view.rules)
    return shifts[shifts["start"].le(view.tables.now)]


def _calls(view: View, period: Period | None, transfers: bool) -> pd.Series:
    """Person -> answered calls; NA stands for calls of nobody."""
    metric = CATALOG["calls_answered"]
    rows = select(metric, view.with_period(period or view.period)).rows
    calls = rows[metric.measure(rows, view.rules, view.tables.now).notna()]
    chosen = chosen_people(view)
    if transfers:
        return credited(calls, chosen)["agent"].value_counts(dropna=False)
    owners = calls["agent_id"].astype("str")
    if chosen is not None:
        owners = owners[owners.fillna(UNASSIGNED).isin(chosen)]
    return owners.value_counts(dropna=False)


def _holds(period: Period, day: date) -> bool:
    return period.first_day <= day <= period.last_day
