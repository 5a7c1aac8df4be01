"""A score over time: the estimate of each week or day as a line across its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from layouts.charts.theme import template
from layouts.context import Context
from layouts.quality_data import Stretch
from metrics.summary import Summary

# So many marks can carry their number, and so many their n, before they run into each other.
LABELLED, COUNTED = 14, 12


def score_trend(stretches: Sequence[Stretch], everyone: Summary, context: Context) -> go.Figure:
    """Soft bars are Wilson's 95 % interval, the line across is the share of 4 and 5.

    Args:
        stretches: In order; those outside the period are grey and open nothing.
        everyone: The score of the whole period, as a dashed line.
        context: The reader.
    """
    colours, text, formats = context.palette, context.text, context.formats
    figure = go.Figure(layout={"template": template(context.theme)})
    known = [(place, s) for place, s in enumerate(stretches) if s.csat.value is not None]
    width = 0.44 if len(stretches) > 3 else 0.16
    bottom = max(0, min([0.7, *((s.csat.low or 0) - 0.03 for _, s in known)]))
    top = min(1.06, max([0.5, *((s.csat.high or 0) + 0.08 for _, s in known)]))
    # The line across is a bar, so that it is as wide as its interval on every screen.
    thickness = (top - bottom) * 0.006
    for inside in (False, True):
        found = [(place, s) for place, s in known if s.inside == inside]
        colour = colours["accent"] if inside else colours["ink3"]
        data = [
            [
                str(s.first) if inside else None,
                formats.weekday(s.first),
                formats.share(s.csat.value or 0),
                formats.count(s.csat.n),
                formats.decimal((s.csat.low or 0) * 100),
                formats.decimal((s.csat.high or 0) * 100),
            ]
            for _, s in found
        ]
        hover = (
            "%{customdata[1]}<br><b>%{customdata[2]}</b> n %{customdata[3]}<br>"
            + text("kpi.interval", low="%{customdata[4]}", high="%{customdata[5]}")
            + "<extra></extra>"
        )
        figure.add_bar(
            x=[place for place, _ in found],
            y=[(s.csat.high or 0) - (s.csat.low or 0) for _, s in found],
            base=[s.csat.low for _, s in found],
            width=width,
            marker={"color": colour, "opacity": 0.28 if inside else 0.2, "line": {"width": 0}},
            customdata=data,
            hovertemplate=hover,
        )
        figure.add_bar(
            x=[place for place, _ in found],
            y=[2 * thickness for _ in found],
            base=[(s.csat.value or 0) - thickness for _, s in found],
            width=width * 1.3,
            marker={"color": colour, "line": {"width": 0}},
            customdata=data,
            hovertemplate=hover,
        )
    named = [(place, s) for place, s in known if s.inside]
    if len(named) <= LABELLED:
        figure.add_scatter(
            x=[place for place, _ in named],
            y=[s.csat.high for _, s in named],
            mode="text",
            text=[formats.decimal((s.csat.value or 0) * 100) for _, s in named],
            textposition="top center",
            textfont={"color": colours["ink1"], "size": 12},
            cliponaxis=False,
            hoverinfo="skip",
        )
    if everyone.value is not None:
        figure.add_hline(
            y=everyone.value, line={"color": colours["line2"], "width": 1, "dash": "dash"}
        )
    step = max(1, -(-len(stretches) // COUNTED))
    ticks = range(len(stretches) - 1, -1, -step)
    figure.update_layout(
        bargap=0,
        barmode="overlay",
        xaxis={
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
        },
        yaxis={
            "range": [bottom, top],
            "rangemode": "normal",
            "tickformat": ".0%",
            "title": {"text": text("quality.trend_axis")},
        },
        hovermode="closest",
        height=262,
    )
    return figure
