"""The classification goal: how far, how much is missing, and what does not count."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import pandas as pd

from metrics.rules import Rules
from metrics.schema import attribute


@dataclass(frozen=True)
class Goal:
    """Classification of one person or team in one stretch of days.

    Attributes:
        eligible: Closed conversations that count.
        classified: Those of them with a reason.
        share: The goal, 0..1.
    """

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
        """How many of the pending ones still have to be classified."""
        return max(0, self.needed - self.classified)

    @property
    def pending(self) -> int:
        """Eligible conversations without a reason."""
        return self.eligible - self.classified

    @property
    def rate(self) -> float | None:
        """The share that is classified; None when nothing counts."""
        return self.classified / self.eligible if self.eligible else None

    @property
    def reached(self) -> bool:
        """Whether the goal is reached; never with nothing to classify."""
        return self.eligible > 0 and self.missing == 0


def goal(values: pd.Series, rules: Rules) -> Goal:
    """The goal over what `classification_rate` gave per row: 1, 0, or NA where a row is out."""
    counted = values.dropna()
    return Goal(len(counted), int(counted.sum()), rules.goal_classification)


def excluded(rows: pd.DataFrame, rules: Rules) -> dict[str, int]:
    """Closed conversations that do not count, by the label of the first rule that leaves them out.

    Args:
        rows: Conversations.
        rules: Labels and values that `classification.exclude` names.
    """
    rest = rows["state"].eq("closed")
    found: dict[str, int] = {}
    for label, values in rules.classification_exclude.items():
        column = attribute(label)
        if column not in rows:
            continue
        words = rows[column].astype("str").str.strip().str.casefold()
        hit = rest & words.isin([value.strip().casefold() for value in values])
        if hit.any():
            found[label] = int(hit.sum())
        rest &= ~hit
    return found
