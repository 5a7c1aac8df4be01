"""A person's number beside the team's, told only where nobody can be read out of it, and beside the
person's own past.
"""

import pandas as pd

from metrics.model.catalog import Metric
from metrics.model.periods import Period
from metrics.model.selection import agent_of
from metrics.model.summary import Summary, summarise
from metrics.model.view import EVERYTHING, View
from metrics.query import report
from metrics.query.usual import Verdict, usual_range

# With five others no one of them can be worked out from the median and one's own rows.
OTHERS_MINIMUM = 5


def team_number(metric: Metric, view: View, agent_id: str) -> Summary | None:
    """The number of everybody in scope; None for a group too small to stay anonymous.

    It is over conversations, and the filters choose nothing. The group is large enough when
    `OTHERS_MINIMUM` people besides `agent_id`, who looks, have rows behind the number; rows without
    a person count for the number and not as a person.
    """
    rows, values = report.select_population(metric, view.with_filters(EVERYTHING))
    people: pd.Series = agent_of(rows, view.tables, metric).dropna()
    if people[people.ne(agent_id)].nunique() < OTHERS_MINIMUM:
        return None
    return summarise(metric, values)


def against_own_past(metric: Metric, view: View, history: Period) -> Verdict | None:
    """Where a period lies against the earlier stretches of as many days; None = too few of them.

    Of a duration or share: both sides are means of daily values, weighted by their rows. History
    is all days that are loaded, the period's among them.
    """
    groups = report.breakdown(metric, "day", view.with_period(history))
    days = pd.DatetimeIndex([group.key for group in groups])
    values = pd.Series([group.summary.value for group in groups], index=days, dtype="Float64")
    weights = pd.Series([float(group.summary.n) for group in groups], index=days)
    period = view.period
    first, last = pd.Timestamp(period.first_day), pd.Timestamp(period.last_day)
    earlier, inside = days < first, (days >= first) & (days <= last)
    usual = usual_range(values[earlier], weights[earlier], period.days)
    if usual is None or not weights[inside].sum():
        return None
    total = (values[inside].fillna(0).astype("float64") * weights[inside]).sum()
    return usual.verdict(float(total / weights[inside].sum()))
