"""The day's arrivals on the wall: chart, total so far, and what is usual by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from layouts import ids
from layouts.components.context import Context
from layouts.components.graph import graph, template
from layouts.components.metric_info import MetricInfo, info_button
from layouts.elements import Element, html
from layouts.pages.operations import PAGE
from metrics.live.projection import Projection

HALF = 0.25


@dataclass(frozen=True)
class Slot:
    """`hour` counts from the first midnight that is shown; `count` is None until it is over."""

    hour: float
    count: int | None
    low: float | None = None
    usual: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Tick:
    hour: float
    words: str


def day_curve(
    slots: Sequence[Slot], ticks: Sequence[Tick], now: float, large: bool, context: Context
) -> go.Figure:
    """A line over the band, a ring at its end, and a rule at the present hour.

    Each half hour is drawn at its middle; the one that runs is not drawn, because it would look
    like a fall. The stylesheet makes the type follow the screen; the sizes here are those of a
    screen of 1920 by 1080 (`large`), and of a desk.
    """
    colours = context.palette
    figure = go.Figure(layout={"template": template(context.theme)})
    _band(figure, slots, context)
    known = [slot for slot in slots if slot.count is not None]
    figure.add_scatter(
        x=[slot.hour + HALF for slot in known],
        y=[slot.count for slot in known],
        mode="lines",
        line={"color": colours["cat-1"], "width": 4, "shape": "linear"},
        customdata=[[_clock(slot.hour), _usual(slot, context)] for slot in known],
        hovertemplate="%{customdata[0]}<br><b>%{y:,.0f}</b>%{customdata[1]}<extra></extra>",
        cliponaxis=False,
        name="line",
    )
    figure.add_vline(x=now, line={"color": colours["ink1"], "width": 1.5}, layer="below")
    if known:
        figure.add_scatter(
            x=[known[-1].hour + HALF],
            y=[known[-1].count],
            mode="markers",
            marker={
                "size": 15,
                "color": colours["bg"],
                "line": {"color": colours["cat-1"], "width": 4},
            },
            hoverinfo="skip",
            cliponaxis=False,
            name="ring",
        )
    size = 22 if large else 13
    first, last = slots[0].hour, slots[-1].hour + 2 * HALF
    top = max([slot.count or 0 for slot in slots] + [slot.high or 0 for slot in slots] + [3])
    figure.update_layout(
        margin={"l": 34, "r": 10, "t": size - 4, "b": 34},
        hovermode="closest",
        xaxis={
            "range": [first, last],
            "tickmode": "array",
            "tickvals": [tick.hour for tick in ticks],
            "ticktext": [tick.words for tick in ticks],
            "tickformat": None,
            "tickangle": 0,
            "ticks": "",
            "ticklabelstandoff": 6,
            "fixedrange": True,
            "tickfont": {"size": size},
        },
        yaxis={
            "range": [0, top * 1.08],
            "nticks": 4,
            "tickformat": ",d",
            "fixedrange": True,
            "tickfont": {"size": size},
        },
    )
    return figure


def _band(figure: go.Figure, slots: Sequence[Slot], context: Context) -> None:
    known = [slot for slot in slots if slot.low is not None and slot.high is not None]
    if not known:
        return
    places = [slot.hour + HALF for slot in known]
    plain = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=places, y=[slot.low for slot in known], **plain)
    figure.add_scatter(
        x=places,
        y=[slot.high for slot in known],
        fill="tonexty",
        fillcolor=context.palette["s3"],
        **plain,
    )
    figure.add_scatter(
        x=places,
        y=[slot.usual for slot in known],
        mode="lines",
        line={"color": context.palette["ink3"], "width": 1.6, "dash": "3px,4px"},
        hoverinfo="skip",
    )


def _clock(hour: float) -> str:
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _usual(slot: Slot, context: Context) -> str:
    if slot.low is None or slot.high is None:
        return ""
    formats = context.formats
    low, high = formats.count(slot.low), formats.count(slot.high)
    return "<br>" + context.text("charts.usual", low=low, high=high)


@dataclass(frozen=True)
class Curve:
    """`usual` is the band by now, None where it is unknown; `note` is why there is none; `table`
    has (half hour, arrivals, usual) in words; `closing` is where the queue is heading.
    """

    figure: go.Figure
    is_drawn: bool
    total: int
    usual: tuple[float, float] | None
    note: str
    table: Sequence[tuple[str, str, str]]
    info: MetricInfo | None
    late: bool
    closing: Projection | None = None
    closing_info: MetricInfo | None = None


def curve_place(context: Context) -> Element:
    """It is made once: a new version changes what it draws, not itself."""
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


def curve_class(curve: Curve) -> str:
    """Hatched when it is old, hidden when there is nothing to draw."""
    late = " doubtful" if curve.late else ""
    return f"curve-body{late}" + ("" if curve.is_drawn else " curve-empty")


def curve_head(curve: Curve, period: str, kiosk: bool, context: Context) -> list[Any]:
    """`period` is today or 48h; a `kiosk` in a room has no metric infos."""
    text = context.text
    buttons = []
    if curve.info is not None and not kiosk:
        buttons = [info_button(PAGE, curve.info, context)]
    line = html.Div(
        [
            html.H2([text("operations.curve.title"), *buttons]),
            html.P(
                [*_so_far(curve, period, context), _second(curve, kiosk, context)],
                className="curve-total",
            ),
        ],
        className="curve-head",
    )
    note = curve.note if curve.is_drawn else text("operations.curve.nothing")
    return [line, html.P(note, className="curve-note")] if note else [line]


def _so_far(curve: Curve, period: str, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    strong = html.B(formats.count(curve.total))
    if period == "48h":
        return [strong, " ", text("operations.curve.in_48h")]
    if curve.usual is None or not round(curve.usual[1]):
        return [strong, " ", text("operations.curve.so_far")]
    low, high = curve.usual
    label = text("operations.curve.so_far_usual", low=formats.count(low), high=formats.count(high))
    return [html.Span([strong, " ", label])]


def _second(curve: Curve, kiosk: bool, context: Context) -> Element | None:
    """What is out of the usual, and where the queue is heading."""
    parts: list[Any] = []
    if curve.usual is not None and round(curve.usual[1]) and not curve.late:
        low, high = curve.usual
        if not round(low) <= curve.total <= round(high):
            key = "above" if curve.total > high else "below"
            parts.append(html.B(context.text(f"operations.curve.{key}")))
    if curve.closing is not None:
        parts += [", "] * bool(parts) + [_closing(curve.closing, context)]
        if curve.closing_info is not None and not kiosk:
            parts.append(info_button(PAGE, curve.closing_info, context))
    return html.Span(parts, className="curve-second") if parts else None


def _closing(projection: Projection, context: Context) -> str:
    text, formats = context.text, context.formats
    local = projection.closing.astimezone(formats.zone)
    at = formats.clock(projection.closing)
    if not local.minute:
        at = text("operations.curve.hour", hour=local.hour or 24)
    key = "closing_one" if projection.high else "closing_empty"
    if projection.low < projection.high:
        key = "closing"
    low, high = formats.count(projection.low), formats.count(projection.high)
    return text(f"operations.curve.{key}", at=at, low=low, high=high)


def curve_table(curve: Curve, context: Context) -> Element:
    """The chart for who cannot see it."""
    text = context.text
    heads = [html.Th(text(f"operations.curve.{key}")) for key in ("table", "count", "usual")]
    rows = [html.Tr([html.Td(cell) for cell in row]) for row in curve.table]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="unseen")
