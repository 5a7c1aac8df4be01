"""What is assumed of the weeks to come, as sliders whose values live in the address."""

import json
from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import panel
from layouts.pages.staffing.data import PAGE

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


def place() -> html.Div:
    """Where the sliders stand; they are drawn when the address is known."""
    return html.Div(
        [dcc.Store(id=ids.panel(PAGE, "assumed")), html.Div(id=ids.panel(PAGE, "whatif"))]
    )


def controls(
    values: Mapping[str, Any], defaults: Mapping[str, Any], context: Context
) -> html.Section:
    """The sliders.

    Args:
        values: What the address assumes; `stream` says which of them matter.
        defaults: What holds where it says nothing.
        context: The reader.
    """
    text = context.text
    fields = [_slider(name, int(values[name]), context) for name in LIMITS]
    told = {
        "data-assumptions": json.dumps(dict(defaults)),
        "data-stream": str(values["stream"]),
        "data-drawn": ",".join(str(values[name]) for name in LIMITS),
    }
    changed = any(values[name] != defaults[name] for name in LIMITS)
    reset = html.A(
        text("staffing.as_before"),
        href=context.view(**dict.fromkeys(LIMITS)),
        className="link",
        **{"data-go": "push", "data-whatif-reset": ""},
    )
    return panel(
        text("staffing.whatif"),
        html.Div(fields, className=f"whatif whatif-{values['stream']}", **told),
        tools=[reset] if changed else [],
        footnote=text("staffing.whatif_foot"),
        class_name="whatif-panel",
    )


def _slider(name: str, value: int, context: Context) -> html.Div:
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
