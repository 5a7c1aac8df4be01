"""The manager's staffing page: whom the work needs, who is scheduled, and what they made of it."""

from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.panel import segmented
from layouts.pages.staffing import day, people, week
from layouts.pages.staffing.data import Staffing

STREAMS = ("calls", "conversations", "both")


def content(staffing: Staffing, context: Context) -> list[Any]:
    """What is drawn for the present choice."""
    return [
        _choices(staffing, context),
        week.facts(staffing, context),
        week.panel(staffing, context),
        day.panel(staffing, context),
        people.fair(staffing, context),
        people.presence(staffing, context),
    ]


def _choices(staffing: Staffing, context: Context) -> html.Div:
    """Which work, and how much of it."""
    text = context.text
    streams = [
        (
            text(f"staffing.stream.{stream}"),
            context.view(stream=None if stream == "calls" else stream),
            staffing.stream == stream,
        )
        for stream in STREAMS
    ]
    levels = [
        (
            text(f"staffing.level.{level}"),
            context.view(level=None if level == "mean" else level),
            staffing.level == level,
        )
        for level in ("mean", "p90")
    ]
    return html.Div(
        [
            html.Span(text("staffing.stream.label"), className="quieter"),
            segmented(streams, text("staffing.stream.label"), "stream-choice"),
            html.Span(text("staffing.level.label"), className="quieter"),
            segmented(levels, text("staffing.level.label"), "level-choice"),
        ],
        className="view-tools",
    )
