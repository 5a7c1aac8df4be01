"""The day's arrivals on the wall: chart, total so far, and what is usual by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import html

from layouts import ids
from layouts.charts.theme import template
from layouts.components.context import Context
from layouts.components.graph import graph
from layouts.components.metric_info import Passport, passport_button
from metrics.live.projection import Projection

PAGE = "operations"


@dataclass(frozen=True)
class Curve:
    """The day's arrivals.

    Attributes:
        figure: The chart.
        is_drawn: Whether anything has arrived, or is usual.
        total: Arrivals of the period so far.
        usual: What is usual by now; None where that is unknown.
        note: Why there is no band, if so.
        table: (half hour, arrivals, usual) in words, for who asks for them.
        passport: Of the chart, where it is offered.
        late: Whether its source is late.
        closing: Where the queue is heading; None where that cannot be said.
        closing_passport: Of that, where it is offered.
    """

    figure: go.Figure
    is_drawn: bool
    total: int
    usual: tuple[float, float] | None
    note: str
    table: Sequence[tuple[str, str, str]]
    passport: Passport | None
    late: bool
    closing: Projection | None = None
    closing_passport: Passport | None = None


def place(context: Context) -> html.Section:
    """Where the chart stands. It is made once: a new version changes what it draws, not itself."""
    blank = go.Figure(layout={"template": template(context.theme)})
    blank.update_xaxes(visible=False).update_yaxes(visible=False)
    chart = graph(
        ids.panel(PAGE, "day-graph"), blank, context.text, context.text("operations.curve.title")
    )
    return html.Section(
        [
            html.Div(id=ids.panel(PAGE, "curve-head")),
            html.Div(chart, id=ids.panel(PAGE, "chart"), className="curve-body curve-empty"),
            html.Div(id=ids.panel(PAGE, "curve-table")),
        ],
        id=ids.panel(PAGE, "arrivals"),
        className="curve",
    )


def chart_class(of: Curve) -> str:
    """How the chart stands there: hatched when it is old, hidden when there is nothing to draw."""
    late = " doubtful" if of.late else ""
    return f"curve-body{late}" + ("" if of.is_drawn else " curve-empty")


def head(of: Curve, period: str, kiosk: bool, context: Context) -> list[Any]:
    """The title, the total with what is usual by now, and why there is no band.

    Args:
        of: The day.
        period: today or 48h.
        kiosk: Whether it hangs in a room: no passport.
        context: The reader.
    """
    text = context.text
    buttons = []
    if of.passport is not None and not kiosk:
        buttons = [passport_button(PAGE, of.passport, context)]
    line = html.Div(
        [
            html.H2([text("operations.curve.title"), *buttons]),
            html.P(
                [*_so_far(of, period, context), _second(of, kiosk, context)],
                className="curve-total",
            ),
        ],
        className="curve-head",
    )
    note = of.note if of.is_drawn else text("operations.curve.nothing")
    return [line, html.P(note, className="curve-note")] if note else [line]


def _so_far(of: Curve, period: str, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    strong = html.B(formats.count(of.total))
    if period == "48h":
        return [strong, " ", text("operations.curve.in_48h")]
    if of.usual is None or not round(of.usual[1]):
        return [strong, " ", text("operations.curve.so_far")]
    low, high = of.usual
    words = text("operations.curve.so_far_usual", low=formats.count(low), high=formats.count(high))
    return [html.Span([strong, " ", words])]


def _second(of: Curve, kiosk: bool, context: Context) -> html.Span | None:
    """What is out of the usual, and where the queue is heading."""
    said: list[Any] = []
    if of.usual is not None and round(of.usual[1]) and not of.late:
        low, high = of.usual
        if not round(low) <= of.total <= round(high):
            key = "above" if of.total > high else "below"
            said.append(html.B(context.text(f"operations.curve.{key}")))
    if of.closing is not None:
        said += [", "] * bool(said) + [_closing(of.closing, context)]
        if of.closing_passport is not None and not kiosk:
            said.append(passport_button(PAGE, of.closing_passport, context))
    return html.Span(said, className="curve-second") if said else None


def _closing(of: Projection, context: Context) -> str:
    text, formats = context.text, context.formats
    local = of.closing.astimezone(formats.zone)
    at = formats.clock(of.closing)
    if not local.minute:
        at = text("operations.curve.hour", hour=local.hour or 24)
    key = "closing" if of.low < of.high else "closing_one" if of.high else "closing_empty"
    return text(
        f"operations.curve.{key}", at=at, low=formats.count(of.low), high=formats.count(of.high)
    )


def table(of: Curve, context: Context) -> html.Table:
    """The chart for who cannot see it."""
    text = context.text
    heads = [html.Th(text(f"operations.curve.{key}")) for key in ("table", "count", "usual")]
    rows = [html.Tr([html.Td(cell) for cell in row]) for row in of.table]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="unseen")
