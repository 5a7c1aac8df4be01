"""The course of the day: arrivals per half hour against what is usual for the weekday."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from layouts.charts.theme import template
from layouts.components.context import Context

HALF = 0.25


@dataclass(frozen=True)
class Slot:
    """One half hour.

    Attributes:
        hour: When it begins, in hours from the first midnight that is shown.
        count: Arrivals; None while it runs and before it begins.
        low: Lower edge of the usual band; None where it is unknown.
        usual: The usual number.
        high: Upper edge of it.
    """

    hour: float
    count: int | None
    low: float | None = None
    usual: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Tick:
    """A place on the axis with its words."""

    hour: float
    words: str


def day_curve(
    slots: Sequence[Slot], ticks: Sequence[Tick], now: float, large: bool, context: Context
) -> go.Figure:
    """A line over the band, a ring at its end, and a rule at the present hour.

    Each half hour is drawn at its middle; the one that runs is not drawn, because it would look
    like a fall. The stylesheet makes the type follow the screen; the sizes here are those of a
    screen of 1920 by 1080, and of a desk.

    Args:
        slots: Half hours in order.
        ticks: Words below the axis.
        now: The present, in the slots' own hours.
        large: Whether it is read from across the room.
        context: The reader.
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
