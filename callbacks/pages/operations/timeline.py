"""The day of each agent: asked of `metrics`, handed to `layouts`."""

from collections.abc import Callable
from datetime import timedelta

import pandas as pd

from callbacks.pages.operations.view import OperationsView
from layouts.components.metric_info import MetricInfo
from layouts.pages.operations.timeline import Stretch, Strip, Timeline
from metrics.live.timeline import UNOBSERVED, hours_by_state, timeline
from metrics.model import people
from metrics.model.office_hours import openings
from metrics.model.periods import Period
from metrics.model.values import word

HOUR = timedelta(hours=1)


def strips(
    question: OperationsView,
    info: Callable[[str], MetricInfo | None] = lambda key: None,
    only: str | None = None,
) -> Timeline | None:
    """The strips of those whose day the reader may see; of one person, if one is named.

    Other people's hours are no analyst's business, and no screen's in a room.
    """
    if question.kiosk:
        return None
    table = timeline(question.tables, question.rules, question.today)
    if question.query.team:
        inside = people.in_teams(question.tables.agents, question.query.team)
        table = table[table["agent_id"].isin(inside)]
    mine = [agent for agent in table["agent_id"].unique() if question.may_see(str(agent))]
    table = table[table["agent_id"].isin(mine if only is None else [only])]
    if table.empty:
        return None
    first, last = _window(table, question)
    inside = table.assign(start=table["start"].clip(lower=first), end=table["end"].clip(upper=last))
    inside = inside[inside["end"].gt(inside["start"])]
    seconds = hours_by_state(inside)
    found = [
        Strip(
            word(rows["name"].iloc[0]) or str(agent),
            [
                Stretch(str(state), start.to_pydatetime(), end.to_pydatetime())
                for state, start, end in zip(rows["state"], rows["start"], rows["end"], strict=True)
            ],
            {str(state): float(value) for state, value in seconds.loc[agent].items()},
        )
        for agent, rows in inside.groupby("agent_id", sort=False)
    ]
    return Timeline(first.to_pydatetime(), last.to_pydatetime(), found, info("timeline"))


def _window(table: pd.DataFrame, question: OperationsView) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Full hours around the opening times, and around everything that was seen."""
    zone = question.rules.time_zone
    begin, end = (
        pd.Timestamp(edge) for edge in Period(question.today, question.today).bounds(zone)
    )
    hours = openings(question.today, question.rules)
    seen = table[table["state"].ne(UNOBSERVED)]
    starts = [*seen["start"], *(start for start, _ in hours)]
    ends = [question.tables.now, *(end for _, end in hours)]
    first = min(pd.Timestamp(one) for one in [*starts, question.tables.now])
    last = max(pd.Timestamp(one) for one in ends)
    return max(begin, first.floor("h")), min(end, last.ceil("h") if last > first else last + HOUR)
