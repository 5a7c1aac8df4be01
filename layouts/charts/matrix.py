"""The efficiency matrix: how many, how slow, how well liked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from layouts.charts.theme import template
from layouts.components.context import Context

HOUR = 3600
# (x, y, words): ends of the axes.
CORNERS = ((0, 1, "few_slow"), (1, 1, "many_slow"), (0, 0, "few_fast"), (1, 0, "many_fast"))


@dataclass(frozen=True)
class Point:
    """One person or reason of the matrix.

    Attributes:
        key: The person's id, or the reason.
        name: Its name.
        volume: Conversations of the period.
        seconds: Median time to close.
        ratings: How many ratings it has; size follows it.
        csat: Share of good ratings; None where there are too few.
    """

    key: str
    name: str
    volume: int
    seconds: float
    ratings: int
    csat: float | None


def efficiency_matrix(points: Sequence[Point], context: Context) -> go.Figure:
    """Volume across, median time to close upwards; the means as lines, the corners in words."""
    figure = go.Figure(layout={"template": template(context.theme)})
    if not points:
        return figure
    _marks(figure, points, context)
    _means(figure, points, context)
    _corners(figure, context)
    figure.update_layout(
        xaxis={
            "title": {"text": context.text("charts.matrix_x")},
            "tickformat": ",d",
            "range": _padded([point.volume for point in points], 0.14),
            "nticks": 6,
        },
        yaxis={
            "title": {"text": context.text("charts.matrix_y")},
            "ticksuffix": " h",
            "range": _padded([point.seconds / HOUR for point in points], 0.22),
            "nticks": 6,
            "rangemode": "normal",
        },
        height=340,
        hovermode="closest",
    )
    return figure


def _marks(figure: go.Figure, points: Sequence[Point], context: Context) -> None:
    colours, text = context.palette, context.text
    largest = max(point.ratings for point in points) or 1
    figure.add_scatter(
        x=[point.volume for point in points],
        y=[point.seconds / HOUR for point in points],
        mode="markers+text",
        text=[short_name(point.name) for point in points],
        textposition=_positions(points),
        textfont={"color": colours["ink1"], "size": 12},
        marker={
            "size": [14 + 16 * (point.ratings / largest) ** 0.5 for point in points],
            "color": [_colour(point.csat, points, context) for point in points],
            "line": {"color": colours["ink2"], "width": 1.2},
            "opacity": 1,
        },
        customdata=[_told(point, context) for point in points],
        hovertemplate=(
            "<b>%{customdata[1]}</b><br>"
            + text("charts.matrix_volume", n="%{customdata[4]}")
            + "<br>"
            + text("charts.matrix_time", span="%{customdata[2]}")
            + "<br>%{customdata[3]}<extra></extra>"
        ),
        cliponaxis=False,
    )


def _told(point: Point, context: Context) -> list[str]:
    """What the mark says under the pointer; its key first, for the rows behind it."""
    text, formats = context.text, context.formats
    ratings = formats.count(point.ratings)
    rated = text("charts.few_ratings", n=ratings)
    if point.csat is not None:
        rated = text("charts.csat_of", share=formats.share(point.csat), n=ratings)
    volume = formats.count(point.volume)
    return [point.key, point.name, formats.duration(point.seconds), rated, volume]


def _means(figure: go.Figure, points: Sequence[Point], context: Context) -> None:
    """Dashed lines at the mean of the volumes and the mean of the times, with their values."""
    text, formats, colours = context.text, context.formats, context.palette
    volume = sum(point.volume for point in points) / len(points)
    seconds = sum(point.seconds for point in points) / len(points)
    line = {"color": colours["line2"], "width": 1, "dash": "dash"}
    figure.add_vline(x=volume, line=line)
    figure.add_hline(y=seconds / HOUR, line=line)
    places = (
        (formats.count(volume), {"x": volume, "y": 0, "yref": "paper", "yshift": 18}),
        (formats.duration(seconds), {"y": seconds / HOUR, "x": 0, "xref": "paper"}),
    )
    for value, place in places:
        words = text("charts.mean", value=value)
        anchors = {"xanchor": "left", "yanchor": "bottom", "xshift": 4}
        figure.add_annotation(text=words, **_note(context), **anchors, **place)


def _corners(figure: go.Figure, context: Context) -> None:
    """What it means to stand in each corner."""
    for x, y, key in CORNERS:
        figure.add_annotation(
            x=x,
            y=y,
            xref="paper",
            yref="paper",
            xanchor="right" if x else "left",
            yanchor="top" if y else "bottom",
            xshift=-4 if x else 4,
            text=context.text(f"charts.{key}"),
            **_note(context),
        )


def _note(context: Context) -> dict[str, Any]:
    return {"showarrow": False, "font": {"color": context.palette["ink3"], "size": 12}}


def short_name(name: str) -> str:
    """A name that fits beside its mark: first name and initial; a reason cut to 22 characters."""
    parts = name.split()
    if len(parts) > 1 and all(part[:1].isupper() for part in parts) and len(parts) <= 4:
        return f"{parts[0]} {parts[-1][0]}."
    return name if len(name) <= 22 else name[:21].rstrip() + "…"


def _padded(values: Sequence[float], share: float) -> list[float]:
    low, high = min(values), max(values)
    room = (high - low or high or 1) * share
    return [max(low - room, -room / 2 if low else 0), high + room]


def _positions(points: Sequence[Point]) -> list[str]:
    """Labels above their marks, below where a neighbour's label would stand in the same place."""
    spread_x = (max(p.volume for p in points) - min(p.volume for p in points)) or 1
    spread_y = (max(p.seconds for p in points) - min(p.seconds for p in points)) or 1
    places: list[str] = []
    for here, point in enumerate(points):
        near = [
            there
            for there in range(here)
            if abs(points[there].volume - point.volume) / spread_x < 0.16
            and abs(points[there].seconds - point.seconds) / spread_y < 0.12
        ]
        taken = {places[there] for there in near}
        choices = ("top center", "bottom center", "middle right", "middle left")
        places.append(next((place for place in choices if place not in taken), "top center"))
    return places


def _colour(csat: float | None, points: Sequence[Point], context: Context) -> str:
    """Diverging by distance from the mean of those that are rated; grey without enough ratings."""
    rated = [point.csat for point in points if point.csat is not None]
    if csat is None:
        return context.palette["s3"]
    middle = sum(rated) / len(rated)
    reach = max(abs(value - middle) for value in rated) or 1
    step = round((csat - middle) / reach * 3) + 4
    return context.palette[f"div-{step}"]
