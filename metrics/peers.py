"""The team's own number beside a person's, told only where nobody can be read out of it."""

import pandas as pd

from metrics import report
from metrics.catalog import Metric
from metrics.filters import Filters
from metrics.periods import Period
from metrics.rules import Rules
from metrics.selection import agent_of
from metrics.summary import Summary, summarise
from metrics.tables import Tables

# With five others no one of them can be worked out from the median and one's own rows.
OTHERS_MINIMUM = 5


def team_number(
    metric: Metric, tables: Tables, period: Period, agent_id: str, rules: Rules
) -> Summary | None:
    """The number of everybody in scope; None for a group too small to stay anonymous.

    The group is large enough when at least `OTHERS_MINIMUM` people besides the one who looks have
    rows behind the number; rows without a person count for the number and not as a person.

    Args:
        metric: A number over conversations.
        tables: One version.
        period: Local days.
        agent_id: Who looks.
        rules: Scope and clock.
    """
    found, measured = report.values(metric, tables, period, Filters(), rules)
    people: pd.Series = agent_of(found, tables, metric).dropna()
    if people[people.ne(agent_id)].nunique() < OTHERS_MINIMUM:
        return None
    return summarise(metric, measured)
