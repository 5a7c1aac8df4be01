"""Mentions of reasons: first and second reason together, so a row may count twice."""

from dataclasses import dataclass

from metrics.model.catalog import CATALOG
from metrics.model.periods import Period
from metrics.model.view import View
from metrics.query.report import evaluate


@dataclass(frozen=True)
class ReasonRow:
    """A reason beside another period; shares are of all mentions, None where there are none."""

    reason: str
    mentions: int
    share: float | None
    previous_mentions: int
    previous_share: float | None


def top_reasons(view: View, before: Period | None = None) -> list[ReasonRow]:
    """The most mentioned first, equal ones by name.

    A conversation that names the same reason twice mentions it twice. `before` is the period to
    compare with; the same number of days just before when absent.
    """
    now = count_mentions(view)
    then = count_mentions(view.with_period(before or view.period.previous))
    total, previous_total = sum(now.values()), sum(then.values())
    rows = [
        ReasonRow(
            reason=reason,
            mentions=now.get(reason, 0),
            share=now.get(reason, 0) / total if total else None,
            previous_mentions=then.get(reason, 0),
            previous_share=then.get(reason, 0) / previous_total if previous_total else None,
        )
        for reason in {**now, **then}
    ]
    return sorted(rows, key=lambda row: (-row.mentions, row.reason))


def count_mentions(view: View) -> dict[str, int]:
    """Each value of a list is a reason of its own."""
    return dict(evaluate(CATALOG["conversations"], view).parts)
