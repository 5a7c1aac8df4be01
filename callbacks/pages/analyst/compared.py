"""An own number beside its own past and the team's."""

from datetime import datetime

from callbacks.pages.analyst.view import AgentView
from callbacks.reports.metric_info import number_info
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.analyst.data import Comparison
from metrics.model.catalog import CATALOG
from metrics.model.periods import Period
from metrics.model.summary import Summary
from metrics.query.peers import against_own_past, team_number


def compared(
    own: AgentView, key: str, at: datetime, context: Context, *, team: bool = False
) -> Comparison:
    """An own number of the window beside the one before, what is usual, and the team's if asked."""
    metric = CATALOG[key]
    now, before = own.number(metric, own.window), own.number(metric, own.window_before)
    assert now is not None
    everyone = None
    if team:
        everyone = team_number(metric, own.team_view, own.agent_id)
    first, verdict = own.snapshot.history.first_day, None
    if metric.unit != "count" and first is not None and first < own.window.first_day:
        history = Period(first, own.window.last_day)
        verdict = against_own_past(metric, own.view.with_period(own.window), history)
    return Comparison(
        key=key,
        better=metric.better,
        now=now,
        before=before,
        team=everyone.value if everyone else None,
        verdict=verdict,
        info=own_info(own, key, now, before, at, context),
    )


def own_info(
    own: AgentView, key: str, now: Summary, before: Summary | None, at: datetime, context: Context
) -> MetricInfo:
    """What an own number of the window is made of."""
    return number_info(
        CATALOG[key],
        now,
        before,
        own.window,
        own.rules.clock,
        [own.name] if own.name else [],
        own.snapshot,
        at,
        context,
    )
