"""A score over time: the estimate of each week or day as a line across its interval."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from layouts.charts.theme import template
from layouts.components.context import Context
from layouts.pages.quality.data import Stretch
from metrics.model.summary import Summary

# So many marks can carry their number, and so many their n, before they run into each other.
LABELLED, COUNTED = 14, 12
# A stretch and where it stands on the axis.
Placed = tuple[int, Stretch]


def score_trend(stretches: Sequence[Stretch], everyone: Summary, context: Context) -> go.Figure:
    """Soft bars are Wilson's 95 % interval, the line across is the share of 4 and 5.

    Args:
        stretches: In order; those outside the period are grey and open nothing.
        everyone: The score of the whole period, as a dashed line.
        context: The reader.
    """
    figure = go.Figure(layout={"template": template(context.theme)})
    known = [(place, s) for place, s in enumerate(stretches) if s.csat.value is not None]
    bottom = max(0, min([0.7, *((s.csat.low or 0) - 0.03 for _, s in known)]))
    top = min(1.06, max([0.5, *((s.csat.high or 0) + 0.08 for _, s in known)]))
    width = 0.44 if len(stretches) > 3 else 0.16
    for inside in (False, True):
        shown = [(place, s) for place, s in known if s.inside == inside]
        # The line across is a bar, so that it is as wide as its interval on every screen.
        _bars(figure, shown, inside, width, (top - bottom) * 0.006, context)
    named = [(place, s) for place, s in known if s.inside]
    if len(named) <= LABELLED:
        _numbers(figure, named, context)
    if everyone.value is not None:
        line = {"color": context.palette["line2"], "width": 1, "dash": "dash"}
        figure.add_hline(y=everyone.value, line=line)
    figure.update_layout(
        bargap=0,
        barmode="overlay",
        xaxis=_stretches(stretches, context),
        yaxis={
            "range": [bottom, top],
            "rangemode": "normal",
            "tickformat": ".0%",
            "title": {"text": context.text("quality.trend_axis")},
        },
        hovermode="closest",
        height=262,
    )
    return figure


def _bars(
    figure: go.Figure,
    shown: Sequence[Placed],
    inside: bool,
    width: float,
    thickness: float,
    context: Context,
) -> None:
    """The intervals, and the estimates across them."""
    colour = context.palette["accent" if inside else "ink3"]
    hover = (
        "%{customdata[1]}<br><b>%{customdata[2]}</b> n %{customdata[3]}<br>"
        + context.text("kpi.interval", low="%{customdata[4]}", high="%{customdata[5]}")
        + "<extra></extra>"
    )
    told = {"customdata": [_told(s, context) for _, s in shown], "hovertemplate": hover}
    places = [place for place, _ in shown]
    figure.add_bar(
        x=places,
        y=[(s.csat.high or 0) - (s.csat.low or 0) for _, s in shown],
        base=[s.csat.low for _, s in shown],
        width=width,
        marker={"color": colour, "opacity": 0.28 if inside else 0.2, "line": {"width": 0}},
        **told,
    )
    figure.add_bar(
        x=places,
        y=[2 * thickness for _ in shown],
        base=[(s.csat.value or 0) - thickness for _, s in shown],
        width=width * 1.3,
        marker={"color": colour, "line": {"width": 0}},
        **told,
    )


def _told(stretch: Stretch, context: Context) -> list[str | None]:
    """What a mark says; its key first, for the rows behind it, where it has any."""
    formats, csat = context.formats, stretch.csat
    return [
        str(stretch.first) if stretch.inside else None,
        formats.weekday(stretch.first),
        formats.share(csat.value or 0),
        formats.count(csat.n),
        formats.decimal((csat.low or 0) * 100),
        formats.decimal((csat.high or 0) * 100),
    ]


def _numbers(figure: go.Figure, named: Sequence[Placed], context: Context) -> None:
    figure.add_scatter(
        x=[place for place, _ in named],
        y=[s.csat.high for _, s in named],
        mode="text",
        text=[context.formats.decimal((s.csat.value or 0) * 100) for _, s in named],
        textposition="top center",
        textfont={"color": context.palette["ink1"], "size": 12},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _stretches(stretches: Sequence[Stretch], context: Context) -> dict[str, Any]:
    """The axis of weeks or days, each with its ratings as far as there is room."""
    text, formats = context.text, context.formats
    step = max(1, -(-len(stretches) // COUNTED))
    ticks = range(len(stretches) - 1, -1, -step)
    return {
        "tickmode": "array",
        "tickvals": list(ticks),
        "ticktext": [
            f"{formats.day(stretches[place].first)}<br>"
            + text("units.n", n=formats.count(stretches[place].csat.n))
            for place in ticks
        ],
        "tickformat": None,
        "tickangle": 0,
        "range": [-0.6, max(len(stretches), 1) - 0.2],
    }
