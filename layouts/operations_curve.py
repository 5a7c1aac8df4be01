"""The day's arrivals on the wall: chart, total so far, and what is usual by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import html

from layouts import ids
from layouts.components.graph import graph
from layouts.components.passport import Passport, passport_button
from layouts.context import Context

PAGE = "operations"


@dataclass(frozen=True)
class Curve:
    """The day's arrivals.

    Attributes:
        figure: None when nothing has arrived and nothing is usual.
        total: Arrivals of the period so far.
        usual: What is usual by now; None where that is unknown.
        note: Why there is no band, if so.
        table: (half hour, arrivals, usual) in words, for who asks for them.
        passport: Of the chart, where it is offered.
        late: Whether its source is late.
    """

    figure: go.Figure | None
    total: int
    usual: tuple[float, float] | None
    note: str
    table: Sequence[tuple[str, str, str]]
    passport: Passport | None
    late: bool


def curve(of: Curve, period: str, kiosk: bool, context: Context) -> html.Section:
    """The chart with its total, what is usual by now, and the same as a table.

    Args:
        of: The day.
        period: today or 48h.
        kiosk: Whether it hangs in a room: no passport.
        context: The reader.
    """
    text, formats = context.text, context.formats
    total = formats.count(of.total)
    buttons = []
    if of.passport is not None and not kiosk:
        buttons = [passport_button(PAGE, of.passport, context)]
    head = html.Div(
        [
            html.H2([text("operations.curve.title"), *buttons]),
            html.P(_so_far(of, period, context), className="curve-total"),
        ],
        className="curve-head",
    )
    body: Any = html.P(text("operations.curve.nothing"), className="wall-nothing")
    if of.figure is not None:
        label = text("operations.curve.label", n=total)
        body = graph(ids.panel(PAGE, "day-graph"), of.figure, text, label)
    late = " doubtful" if of.late else ""
    note = html.P(of.note, className="curve-note") if of.note else None
    parts = [head, note, html.Div(body, className=f"curve-body{late}"), _table(of, context)]
    return html.Section(
        [part for part in parts if part is not None],
        id=ids.panel(PAGE, "arrivals"),
        className="curve",
    )


def _so_far(of: Curve, period: str, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    strong = html.B(formats.count(of.total))
    if period == "48h":
        return [strong, " ", text("operations.curve.in_48h")]
    if of.usual is None or not round(of.usual[1]):
        return [strong, " ", text("operations.curve.so_far")]
    low, high = of.usual
    words = text("operations.curve.so_far_usual", low=formats.count(low), high=formats.count(high))
    verdict: Any = ""
    if not of.late and not round(low) <= of.total <= round(high):
        key = "above" if of.total > high else "below"
        verdict = html.B(text(f"operations.curve.{key}"), className="curve-verdict")
    return [html.Span([strong, " ", words]), verdict]


def _table(of: Curve, context: Context) -> html.Table:
    """The chart for who cannot see it."""
    text = context.text
    heads = [html.Th(text(f"operations.curve.{key}")) for key in ("table", "count", "usual")]
    rows = [html.Tr([html.Td(cell) for cell in row]) for row in of.table]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="unseen")
