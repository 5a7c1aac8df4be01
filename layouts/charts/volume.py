"""How many conversations arrive: by day and by hour, against the usual band."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from layouts.charts.theme import counted, template
from layouts.components.context import Context

# The first of a mark's data is the key of its cell, for the rows behind it.
DAY_HOVER = "%{customdata[1]}<br><b>%{y:,.0f}</b>%{customdata[2]}<extra></extra>"


@dataclass(frozen=True)
class Bar:
    """One day or hour of a volume chart.

    Attributes:
        at: The day, or the hour of the day.
        count: Rows in it.
        low: Lower edge of the usual band; None where it is unknown.
        usual: The usual number.
        high: Upper edge of it.
        partial: Whether it is still running, so that it cannot be compared yet.
    """

    at: date | int
    count: float
    low: float | None = None
    usual: float | None = None
    high: float | None = None
    partial: bool = False

    @property
    def outside(self) -> bool:
        """Whether the count is worth a ring: whole, and outside the usual band."""
        if self.partial or self.low is None or self.high is None:
            return False
        return not self.low <= self.count <= self.high


def volume_by_day(days: Sequence[Bar], context: Context) -> go.Figure:
    """A line with the usual band of each weekday; rings mark what lies outside it."""
    colours, text = context.palette, context.text
    figure = go.Figure(layout={"template": template(context.theme)})
    known = [day for day in days if day.high is not None]
    if known:
        figure.add_bar(
            x=[day.at for day in known],
            y=[(day.high or 0) - (day.low or 0) for day in known],
            base=[day.low for day in known],
            width=86_400_000 * 0.94,
            marker={"color": colours["s3"], "line": {"width": 0}},
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=[day.at for day in known],
            y=[day.usual for day in known],
            mode="markers",
            marker={
                "symbol": "line-ew",
                "size": 10,
                "line": {"width": 1, "color": colours["ink3"]},
            },
            hoverinfo="skip",
        )
    whole = [day for day in days if not day.partial]
    if len(whole) < len(days):
        _add_running(figure, [*whole[-1:], *days[len(whole) :]], context)
    figure.add_scatter(
        x=[day.at for day in whole],
        y=[day.count for day in whole],
        mode="lines+markers" if len(days) < 45 else "lines",
        line={"color": colours["cat-1"], "width": 2.2},
        marker={
            "color": [colours["s1"] if day.outside else colours["cat-1"] for day in whole],
            "size": [9 if day.outside else 4 for day in whole],
            "line": {"color": colours["cat-1"], "width": [2 if d.outside else 0 for d in whole]},
        },
        customdata=[_day_data(day, context) for day in whole],
        hovertemplate=DAY_HOVER,
    )
    for day in _most_unusual(days):
        figure.add_annotation(
            x=day.at,
            y=day.count,
            text=context.formats.count(day.count),
            showarrow=False,
            yshift=14 if day.count > (day.high or 0) else -14,
            font={"color": colours["ink1"], "size": 12},
        )
    figure.update_layout(
        bargap=0,
        xaxis={"tickformat": _day_pattern(context), "nticks": 7, "title": None},
        yaxis={"title": {"text": text("charts.conversations_per_day")}},
        hovermode="closest",
        height=290,
    )
    if days and len(days) <= 3:
        figure.update_xaxes(tickvals=[day.at for day in days])
    return figure


def _add_running(figure: go.Figure, days: Sequence[Bar], context: Context) -> None:
    """The day that still runs, dashed: its fall is no news."""
    colour = context.palette["ink3"]
    figure.add_scatter(
        x=[day.at for day in days],
        y=[day.count for day in days],
        mode="lines+markers",
        line={"color": colour, "width": 1.4, "dash": "dot"},
        marker={
            "size": [7 if day.partial else 0 for day in days],
            "color": context.palette["s1"],
            "line": {"color": colour, "width": 1.4},
        },
        customdata=[_day_data(day, context) for day in days],
        hovertemplate=DAY_HOVER,
    )


def volume_by_hour(hours: Sequence[Bar], context: Context) -> go.Figure:
    """Bars per hour of the day; those outside the usual band are darker and carry their number."""
    colours, text = context.palette, context.text
    figure = go.Figure(layout={"template": template(context.theme)})
    known = [hour for hour in hours if hour.high is not None]
    # The few of the night are outside their narrow band most of the time; that says nothing.
    floor = 0.05 * max((hour.count for hour in hours), default=0)
    notable = [hour.outside and hour.count >= floor for hour in hours]
    if known:
        figure.add_bar(
            x=[hour.at for hour in known],
            y=[(hour.high or 0) - (hour.low or 0) for hour in known],
            base=[hour.low for hour in known],
            width=0.96,
            marker={"color": colours["s3"]},
            hoverinfo="skip",
        )
    figure.add_bar(
        x=[hour.at for hour in hours],
        y=[hour.count for hour in hours],
        width=0.56,
        marker={
            "color": colours["cat-1"],
            "opacity": [1 if told or not known else 0.62 for told in notable],
        },
        text=[
            context.formats.count(hour.count) if told else ""
            for hour, told in zip(hours, notable, strict=True)
        ],
        textposition="outside",
        textfont={"color": colours["ink1"], "size": 12},
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        customdata=[[str(hour.at), _usual_words(hour, context)] for hour in hours],
        hovertemplate="%{x}h<br><b>%{y:,.0f}</b>%{customdata[1]}<extra></extra>",
    )
    figure.update_layout(
        barmode="overlay",
        xaxis={
            "tickmode": "array",
            "tickvals": [h.at for h in hours][:: 2 if len(hours) > 16 else 1],
            "ticktext": [f"{h.at}h" for h in hours][:: 2 if len(hours) > 16 else 1],
            "tickformat": None,
        },
        yaxis=counted(
            max((max(hour.high or 0, hour.count) for hour in hours), default=0),
            text("charts.conversations_per_hour"),
        ),
        height=230,
    )
    return figure


def _day_pattern(context: Context) -> str:
    return "%d/%m" if context.text.language == "pt-BR" else "%m/%d"


def _day_data(day: Bar, context: Context) -> list[str]:
    return [str(day.at), _day_words(day, context), _usual_words(day, context)]


def _day_words(day: Bar, context: Context) -> str:
    assert isinstance(day.at, date)
    return context.formats.weekday(day.at)


def _usual_words(bar: Bar, context: Context) -> str:
    if bar.partial:
        return "<br>" + context.text("charts.running")
    if bar.low is None or bar.high is None:
        return ""
    formats = context.formats
    low, high = formats.count(bar.low), formats.count(bar.high)
    return "<br>" + context.text("charts.usual", low=low, high=high)


def _most_unusual(days: Sequence[Bar], limit: int = 4) -> list[Bar]:
    def distance(day: Bar) -> float:
        return max((day.low or 0) - day.count, day.count - (day.high or 0))

    return sorted((day for day in days if day.outside), key=distance, reverse=True)[:limit]
