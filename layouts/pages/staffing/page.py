"""The manager's staffing page: whom the work needs, who is scheduled, and what they made of it."""

import json
from collections.abc import Mapping
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import panel, segmented
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.pages.staffing import people, week
from layouts.pages.staffing.data import PAGE, Staffing

STREAMS = ("calls", "conversations", "both")
# Name in the address -> lowest, highest, step.
LIMITS: dict[str, tuple[int, int, int]] = {
    "volume": (-50, 200, 5),
    "handling": (-50, 100, 5),
    "target": (50, 99, 1),
    "seconds": (5, 300, 5),
    "occupancy": (50, 100, 1),
    "shrinkage": (0, 70, 1),
    "patience": (0, 600, 10),
    "minutes": (1, 60, 1),
    "at_once": (1, 8, 1),
}
ONLY = {
    "seconds": "calls",
    "patience": "calls",
    "minutes": "conversations",
    "at_once": "conversations",
}


def content(staffing: Staffing, context: Context) -> list[Any]:
    return [
        _choices(staffing, context),
        week.facts(staffing, context),
        week.week_panel(staffing, context),
        week.day_panel(staffing, context),
        people.fair(staffing, context),
        people.presence(staffing, context),
        people.time_away(staffing, context),
    ]


def _choices(staffing: Staffing, context: Context) -> Element:
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


def place() -> Element:
    """Where the sliders stand; they are drawn when the address is known."""
    return html.Div(
        [dcc.Store(id=ids.panel(PAGE, "assumed")), html.Div(id=ids.panel(PAGE, "whatif"))]
    )


def controls(values: Mapping[str, Any], defaults: Mapping[str, Any], context: Context) -> Element:
    """`values` is what the address assumes (its `stream` says which of them matter), `defaults`
    what holds where it says nothing.
    """
    text = context.text
    fields = [_slider(name, int(values[name]), context) for name in LIMITS]
    attributes = {
        "data-assumptions": json.dumps(dict(defaults)),
        "data-stream": str(values["stream"]),
        "data-drawn": ",".join(str(values[name]) for name in LIMITS),
    }
    changed = any(values[name] != defaults[name] for name in LIMITS)
    href = context.view(**dict.fromkeys(LIMITS))
    marked: dict[str, Any] = {"data-whatif-reset": ""}
    reset = view_link(text("staffing.as_before"), href, "link", **marked)
    return panel(
        text("staffing.whatif"),
        html.Div(fields, className=f"whatif whatif-{values['stream']}", **attributes),
        tools=[reset] if changed else [],
        footnote=text("staffing.whatif_foot"),
        class_name="whatif-panel",
    )


def _slider(name: str, value: int, context: Context) -> Element:
    low, high, step = LIMITS[name]
    label_id = ids.panel(PAGE, f"{name}-label")
    return html.Div(
        [
            html.Label(
                context.text(f"staffing.assume.{name}"),
                id=label_id,
                title=context.text(f"staffing.assume_words.{name}"),
            ),
            dcc.Slider(
                id=ids.panel(PAGE, name),
                min=min(low, value),
                max=max(high, value),
                step=step,
                value=value,
                marks=None,
                updatemode="mouseup",
                className="slider",
            ),
        ],
        className=f"whatif-field only-{ONLY.get(name, 'all')}",
        **{"data-assume": name},
    )
