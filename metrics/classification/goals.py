"""The classification goal: how far, how much is missing, and what does not count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import polars as pl

from metrics.measures.workload import IS_CLOSED, classification_rate
from metrics.model.definitions import Rules
from metrics.model.derived import merged_label
from metrics.model.periods import Period
from metrics.model.selection import value_of
from metrics.model.summary import Summary
from metrics.model.view import View
from metrics.query.report import breakdown, evaluate

# Fewer finished conversations than this say nothing about a pace.
PACE_MINIMUM = 10
# Label of the first rule that leaves each closed conversation out; null for all others.
EXCLUDED_BY = pl.when(IS_CLOSED).then(pl.col("excluded_by"))
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


def goal(view: View) -> Goal:
    return _goal(evaluate(classification_rate, view), view.rules)


def goals_by_day(view: View) -> list[Day]:
    """The goal of each local day of creation with conversations that count, oldest first."""
    goals = _goals_by("day", view).items()
    return [(date.fromisoformat(day), goal_of_day) for day, goal_of_day in goals]


def team_goals(view: View) -> dict[str, Goal]:
    """The goal of each person with conversations that count; `UNASSIGNED` = of nobody."""
    return _goals_by("agent", view)


def _goals_by(group: str, view: View) -> dict[str, Goal]:
    groups = breakdown(classification_rate, group, view)
    return {each.key: _goal(each.summary, view.rules) for each in groups if each.summary.n}


def _goal(rate: Summary, rules: Rules) -> Goal:
    return Goal(rate.n, round((rate.value or 0) * rate.n), rules.goal_classification)


def with_empty_days(days: Iterable[Day], period: Period, rules: Rules) -> list[Day]:
    known = dict(days)
    empty = Goal(0, 0, rules.goal_classification)
    shown = (day for day in period.dates if day in known or works(day, rules))
    return [(day, known.get(day, empty)) for day in shown]


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


def excluded(labels: Iterable[str | None], rules: Rules) -> dict[str, int]:
    """How many closed conversations each rule leaves out, by what `EXCLUDED_BY` gave of them."""
    counts = Counter(labels)
    in_order = dict.fromkeys([*rules.classification_exclude, merged_label(rules)])
    return {label: counts[label] for label in in_order if counts[label]}


def standing(view: View) -> pl.Expr:
    """What each conversation is for the goal, in words of `STANDINGS`."""
    value = value_of(classification_rate, view)
    return (
        pl.when(value == 1)
        .then(pl.lit("classified"))
        .when(value == 0)
        .then(pl.lit("pending"))
        .when(IS_CLOSED)
        .then(pl.lit("excluded"))
        .when(pl.col("state") == "snoozed")
        .then(pl.lit("snoozed"))
        .otherwise(pl.lit("open"))
    )
