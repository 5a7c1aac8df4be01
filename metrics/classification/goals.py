"""The classification goal: how far, how much is missing, and what does not count."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd

from metrics.measures.workload import is_merged
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import Period, local_days
from metrics.model.schema import attribute
from metrics.model.selection import agent_of, attribute_values, select
from metrics.model.view import View

# Fewer finished conversations than this say nothing about a pace.
PACE_MINIMUM = 10
MERGED = "Merged"
# What a conversation is for the goal; the first three are closed ones.
STANDINGS = ("pending", "classified", "excluded", "open", "snoozed")
Day = tuple[date, "Goal"]


@dataclass(frozen=True)
class Goal:
    """Closed conversations that count, those of them with a reason, and the goal (0..1)."""

    eligible: int
    classified: int
    share: float

    @property
    def needed(self) -> int:
        """Classified conversations that reach the goal: 90 % of 10 is 9, of 11 is 10.

        Computed in fractions: as floats, 0.9 × 10 may come out above 9 and ask for one too many.
        """
        return ceil(Fraction(str(self.share)) * self.eligible)

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.classified)

    @property
    def pending(self) -> int:
        return self.eligible - self.classified

    @property
    def rate(self) -> float | None:
        return self.classified / self.eligible if self.eligible else None

    @property
    def reached(self) -> bool:
        return self.eligible > 0 and self.missing == 0


@dataclass(frozen=True)
class Pace:
    """Where the period ends if it goes on as its `n` conversations of finished days went.

    By the last working day, the share `rate` (0..1) would be classified.
    """

    rate: float
    last_day: date
    n: int


def goal(values: pd.Series, rules: Rules) -> Goal:
    """The goal over what `classification_rate` gave per row: 1, 0, or NA where a row is out."""
    counted = values.dropna()
    return Goal(len(counted), int(counted.sum()), rules.goal_classification)


def goals_by_day(rows: pd.DataFrame, values: pd.Series, rules: Rules) -> list[Day]:
    """The goal of each local day of creation with conversations that count, oldest first."""
    counted = values.dropna().astype("float64")
    days = local_days(rows["created_at"].loc[counted.index], rules.time_zone)
    groups = counted.groupby(days)
    sizes, sums = groups.size(), groups.sum()
    return [
        (day.date(), Goal(int(sizes[day]), int(sums[day]), rules.goal_classification))
        for day in sizes.index
    ]


def with_empty_days(days: Iterable[Day], period: Period, rules: Rules) -> list[Day]:
    known = dict(days)
    empty = Goal(0, 0, rules.goal_classification)
    every = [period.first_day + timedelta(days=number) for number in range(period.days)]
    return [(day, known.get(day, empty)) for day in every if day in known or works(day, rules)]


def works(day: date, rules: Rules) -> bool:
    return bool(rules.office_hours[day.weekday()]) and day not in rules.holidays


def streak(days: Sequence[Day], today: date) -> int:
    """How many days in a row reached the goal, up to now.

    A day without anything to classify neither counts nor ends the row; the running day counts
    once it is at the goal, and does not end the row before it is over.
    """
    row = 0
    for day, reached in reversed([(d, g.reached) for d, g in days if g.eligible and d <= today]):
        if not reached and day != today:
            break
        row += int(reached)
    return row


def pace(days: Sequence[Day], period: Period, today: date, rules: Rules) -> Pace | None:
    """Where the period ends at the pace of its finished days; None where that is a guess.

    What is classified stays so. What is pending today, and the conversations that the remaining
    working days bring (as many each as the finished ones brought), are classified at the rate of
    the finished days. Nothing is said before `PACE_MINIMUM` conversations of finished days, nor
    when no working day follows.
    """
    ahead = [today + timedelta(days=n) for n in range(1, (period.last_day - today).days + 1)]
    ahead = [day for day in ahead if works(day, rules)]
    over = [goal_of_day for day, goal_of_day in days if day < today and goal_of_day.eligible]
    eligible, classified = sum(g.eligible for g in over), sum(g.classified for g in over)
    if not ahead or today < period.first_day or eligible < PACE_MINIMUM:
        return None
    rate = classified / eligible
    running = dict(days).get(today, Goal(0, 0, rules.goal_classification))
    coming = eligible / len(over) * len(ahead)
    settled = classified + max(running.classified, rate * running.eligible) + rate * coming
    return Pace(settled / (eligible + running.eligible + coming), ahead[-1], eligible)


def excluded_by(rows: pd.DataFrame, rules: Rules) -> pd.Series:
    """The label of the first rule that leaves each closed conversation out; NA for all others."""
    label_of = pd.Series(pd.NA, index=rows.index, dtype="str")
    closed = rows["state"].eq("closed").fillna(False).astype(bool)
    for label, values in rules.classification_exclude.items():
        if attribute(label) not in rows:
            continue
        words = attribute_values(rows, label).str.casefold()
        hit = closed & label_of.isna()
        hit &= words.isin([value.strip().casefold() for value in values])
        label_of = label_of.mask(hit, label)
    return label_of.mask(closed & label_of.isna() & is_merged(rows), _merged_label(rules))


def _merged_label(rules: Rules) -> str:
    """Under which label duplicates are told that a tag gave away, and no rule."""
    known = {label.strip().casefold(): label for label in rules.classification_exclude}
    return known.get(MERGED.casefold(), MERGED)


def excluded(rows: pd.DataFrame, rules: Rules) -> dict[str, int]:
    """Closed conversations that do not count, by the label of the first rule that fits."""
    labels = excluded_by(rows, rules).dropna()
    labels_in_order = dict.fromkeys([*rules.classification_exclude, _merged_label(rules)])
    counts = {label: int(labels.eq(label).sum()) for label in labels_in_order}
    return {label: count for label, count in counts.items() if count}


def standings(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    """What each conversation is for the goal, in words of `STANDINGS`."""
    closed = rows["state"].eq("closed").fillna(False).astype(bool)
    words = pd.Series("open", index=rows.index, dtype="str")
    words = words.mask(rows["state"].eq("snoozed").fillna(False).astype(bool), "snoozed")
    words = words.mask(closed, "excluded")
    words = words.mask(values.eq(1).fillna(False).astype(bool), "classified")
    return words.mask(values.eq(0).fillna(False).astype(bool), "pending")


def team_goals(view: View) -> dict[str, Goal]:
    """The goal of each person with conversations that count; `UNASSIGNED` = of nobody."""
    metric = CATALOG["classification_rate"]
    rules = view.rules
    rows = select(metric, view).rows
    values = metric.measure(rows, rules, view.tables.now)
    people = agent_of(rows, view.tables, metric).fillna(UNASSIGNED)
    known = values.notna().to_numpy()
    counted = values[known].to_numpy(dtype="float64")
    codes, names = pd.factorize(people[known])
    sizes = np.bincount(codes, minlength=len(names))
    sums = np.bincount(codes, weights=counted, minlength=len(names))
    return {
        str(name): Goal(int(sizes[place]), int(sums[place]), rules.goal_classification)
        for place, name in enumerate(names)
    }
