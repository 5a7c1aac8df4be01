"""A person's number beside the team's, told only where nobody can be read out of it, and beside the
person's own past.
"""

from dataclasses import replace

from metrics.model.catalog import Metric
from metrics.model.periods import Period
from metrics.model.selection import agent_of, select
from metrics.model.summary import Summary
from metrics.model.view import EVERYTHING, View
from metrics.query import report
from metrics.query.usual import Verdict, judge

# With five others no one of them can be worked out from the median and one's own rows.
OTHERS_MINIMUM = 5


def team_number(metric: Metric, view: View, agent_id: str) -> Summary | None:
    """The number of everybody in scope; None for a group too small to stay anonymous.

    It is over conversations, and the filters choose nothing. The group is large enough when
    `OTHERS_MINIMUM` people besides `agent_id`, who looks, have rows behind the number; rows without
    a person count for the number and not as a person.
    """
    whole = view.with_filters(EVERYTHING)
    selection = select(metric, whole)
    counted = selection.query.filter(selection.value.is_not_null())
    people = counted.select(agent_of(view.tables, metric).drop_nulls().unique()).collect()
    if len(set(people.to_series()) - {agent_id}) < OTHERS_MINIMUM:
        return None
    return report.evaluate(metric, whole)


def against_own_past(metric: Metric, view: View, history: Period) -> Verdict:
    """Where a period lies against the weeks before it, of a history that the period is part of."""
    history = replace(history, as_before=view.period.first_day)
    days = report.breakdown(metric, "day", view.with_period(history))
    return judge(metric, {day.key: day.summary for day in days}, view).verdict
