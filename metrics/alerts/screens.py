"""Screens that show the wall and have gone dark."""

from collections.abc import Collection, Iterator
from datetime import timedelta

import pandas as pd

from metrics.alerts.model import Limits, Problem, Screen
from metrics.model.definitions import Rules
from metrics.model.office_hours import openings
from metrics.model.periods import today

# A screen asks for news every minute; who did within two and a half is there.
SPEAKING_SECONDS = 150.0


def wall_silent(
    screens: Collection[Screen],
    now: pd.Timestamp,
    rules: Rules,
    limits: Limits,
    listening_since: float = 0.0,
) -> Iterator[Problem]:
    """Screens without a sign of life; one that never gave any does not count.

    One that was switched off for the night has until the limit after the office opens, and all
    have after a restart of who listens; what is told is the whole silence.

    Args:
        screens: With and without a link.
        now: Of the version.
        rules: Opening hours.
        limits: How long a screen may be silent, and when it is watched.
        listening_since: From when on one that spoke would have been heard; Unix seconds.
    """
    instant = now.timestamp()
    expected = max(listening_since, _opened_at(now, rules, limits))
    for screen in screens:
        if screen.is_revoked or screen.seen_at is None:
            continue
        seconds = instant - screen.seen_at
        if seconds > min(SPEAKING_SECONDS, limits.silent_seconds):
            yield Problem(
                rule="wall_silent",
                key=screen_key(screen),
                severity=limits.severities["wall_silent"],
                value=seconds,
                threshold=limits.silent_seconds,
                unit="seconds",
                since=screen.seen_at,
                screen_id=screen.id,
                screen=screen.name,
                fires=instant - max(screen.seen_at, expected) > limits.silent_seconds,
            )


def screen_key(screen: Screen) -> str:
    """The key of a screen's problem."""
    return f"wall_silent:screen:{screen.id}"


def _opened_at(now: pd.Timestamp, rules: Rules, limits: Limits) -> float:
    """When the opening time began that goes on; where hours do not matter, long ago."""
    if limits.working_hours == "always":
        return 0.0
    moment = now.to_pydatetime()
    day = today(now, rules.time_zone)
    days = (day - timedelta(days=1), day)
    mark_sending = [
        start for one in days for start, end in openings(one, rules) if start <= moment < end
    ]
    return max((start.timestamp() for start in mark_sending), default=0.0)
