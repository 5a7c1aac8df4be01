"""The day of each agent as a strip: available, away, on a call, after-call work, not observed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo, info_button
from layouts.components.panel import panel
from layouts.elements import Element, html
from layouts.pages.operations import PAGE
from metrics.live.timeline import AgentDay

STATES = ("available", "on_call", "after_call", "away", "unobserved")
# Hours between two words of the axis.
STEP = 2


@dataclass(frozen=True)
class Timeline:
    """From `first` to `last`, both full hours."""

    first: datetime
    last: datetime
    strips: Sequence[AgentDay]
    info: MetricInfo | None = None


def timeline_panel(timeline: Timeline, context: Context) -> Element | None:
    text = context.text
    if not timeline.strips:
        return None
    rows = [
        html.Li(
            [
                html.Span(strip.name, className="bidi strip-name", title=strip.name),
                _bar(strip, timeline, context),
                html.Span(_hours(strip, context), className="strip-hours"),
            ]
        )
        for strip in timeline.strips
    ]
    axis = html.Div([html.Span(), _axis(timeline, context), html.Span()], className="strip-axis")
    more = html.Details(
        [
            html.Summary(text("operations.timeline.table"), className="link"),
            _table(timeline, context),
        ],
        className="strip-table",
    )
    tools = [_legend(context)]
    if timeline.info is not None:
        tools.append(info_button(PAGE, timeline.info, context))
    return panel(
        text("operations.timeline.title"),
        html.Div([axis, html.Ul(rows, className="strips"), more], className="timeline"),
        tools=tools,
        id=ids.panel(PAGE, "timeline"),
    )


def timeline_section(timeline: Timeline, context: Context) -> Element | None:
    text = context.text
    if not timeline.strips:
        return None
    strip = timeline.strips[0]
    spans = [
        html.Span(
            [
                html.I(className=f"strip-key strip-{state}"),
                f"{text(f'operations.timeline.{state}')} ",
                html.B(context.formats.duration(strip.seconds[state])),
            ]
        )
        for state in STATES
        if strip.seconds.get(state, 0) >= 1
    ]
    body = [
        html.Div(html.H3(text("operations.timeline.own")), className="drawer-title"),
        html.Div(
            [
                _bar(strip, timeline, context),
                _axis(timeline, context),
                html.P(spans, className="strip-spans"),
            ],
            className="drawer-strip",
        ),
    ]
    return html.Section(body)


def _bar(strip: AgentDay, timeline: Timeline, context: Context) -> Element:
    parts = []
    for stretch in strip.stretches:
        start, end = max(stretch.start, timeline.first), min(stretch.end, timeline.last)
        if start >= end:
            continue
        at, long = _part(start, timeline), _part(end, timeline) - _part(start, timeline)
        clock = context.formats.clock
        label = context.text(
            "operations.timeline.stretch",
            state=context.text(f"operations.timeline.{stretch.state}"),
            start=clock(start),
            end=clock(end),
        )
        style = {"--at": f"{at * 100:.3f}%", "--long": f"{long * 100:.3f}%"}
        parts.append(html.I(className=f"strip-{stretch.state}", style=style, title=label))
    return html.Div(
        parts, className="strip", role="img", **{"aria-label": _spoken_day(strip, context)}
    )


def _part(at: datetime, timeline: Timeline) -> float:
    return (at - timeline.first).total_seconds() / (timeline.last - timeline.first).total_seconds()


def _axis(timeline: Timeline, context: Context) -> Element:
    """Where the clock changes, an hour is told twice or not at all."""
    hours = round((timeline.last - timeline.first).total_seconds() / 3600)
    marks = []
    for passed in range(0, hours + 1, STEP if hours > STEP else 1):
        at = timeline.first + (timeline.last - timeline.first) * passed / max(1, hours)
        local = at.astimezone(context.formats.zone)
        label = context.text("operations.curve.hour", hour=local.hour)
        style = {"--at": f"{passed / max(1, hours) * 100:.3f}%"}
        marks.append(html.Span(label, style=style))
    return html.Div(marks, className="strip-marks", **{"aria-hidden": "true"})


def _hours(strip: AgentDay, context: Context) -> list[Any]:
    """Available and on calls, which is what a day is asked for first."""
    worked = strip.seconds.get("available", 0) + strip.seconds.get("after_call", 0)
    talked = strip.seconds.get("on_call", 0)
    if not worked + talked:
        return [context.text("operations.timeline.nothing")]
    formats = context.formats
    parts = [html.B(formats.duration(worked + talked))]
    if talked:
        label = context.text("operations.timeline.of_calls", span=formats.duration(talked))
        parts.append(html.Span(label))
    return parts


def _spoken_day(strip: AgentDay, context: Context) -> str:
    text = context.text
    parts = [
        f"{text(f'operations.timeline.{state}')} {context.formats.duration(strip.seconds[state])}"
        for state in STATES
        if strip.seconds.get(state, 0) >= 1
    ]
    return f"{strip.name}: {', '.join(parts) or text('operations.timeline.nothing')}"


def _legend(context: Context) -> Element:
    keys = [
        html.Span(
            [
                html.I(className=f"strip-key strip-{state}"),
                context.text(f"operations.timeline.{state}"),
            ]
        )
        for state in STATES
    ]
    return html.Div(keys, className="strip-legend")


def _table(timeline: Timeline, context: Context) -> Element:
    text, formats = context.text, context.formats
    heads = [html.Th(text("operations.crew.agent"), className="left")]
    heads += [html.Th(text(f"operations.timeline.{state}")) for state in STATES]
    rows = []
    for strip in timeline.strips:
        cells = [html.Td(html.Span(strip.name, className="bidi"), className="left name")]
        for state in STATES:
            seconds = strip.seconds.get(state, 0)
            cells.append(html.Td(formats.duration(seconds) if seconds >= 1 else "0"))
        rows.append(html.Tr(cells))
    grid = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="grid-table")
    return html.Div(grid, className="table-frame")
