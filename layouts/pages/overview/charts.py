"""The overview's charts, each with its table: days, hours, origin, efficiency matrix."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import data_table, named
from layouts.components.graph import (
    Figure,
    Shape,
    Trace,
    bar,
    counted,
    duration_ticks,
    figure,
    graph,
    line_across,
    line_up,
    scatter,
)
from layouts.components.panel import figure_panel, segmented
from layouts.components.states import empty
from layouts.components.typed_table import Cell, Column, Table, carry
from layouts.components.view_link import rows_link
from layouts.elements import Element, html
from layouts.pages.overview.data import PAGE, Overview, VolumeBar
from metrics.query.agents import Point

ROWS, CLOSES = "conversations", "closes"
# The first of a mark's data is the key of its cell, for the rows behind it.
DAY_HOVER = "%{customdata[1]}<br><b>%{y:,.0f}</b>%{customdata[2]}<extra></extra>"
# (x, y, words): ends of the axes.
CORNERS = ((0, 1, "few_slow"), (1, 1, "many_slow"), (0, 0, "few_fast"), (1, 0, "many_fast"))


def by_day(overview: Overview, context: Context) -> Element:
    text, formats = context.text, context.formats
    total = sum(day.count for day in overview.days)
    closes = sum(day.closes for day in overview.days)
    tools = [
        html.Span([html.Span(className="closes-key"), text("overview.closes")], className="key")
    ]
    if any(day.high is not None for day in overview.days):
        key = [html.Span(className="band-key"), text("overview.usual_weekday")]
        tools.append(html.Span(key, className="key"))
    label = text("overview.by_day_label", n=formats.count(total))
    graph_id = ids.panel(PAGE, "by-day-graph")
    chart = volume_by_day(overview.days, context)
    drawn = graph(graph_id, chart, text, label, rows=ROWS, by="day")
    table = _volumes(text("overview.by_day"), overview.days, "day", context)
    return figure_panel(
        PAGE,
        "daily",
        text("overview.by_day"),
        drawn if total or closes else _nothing(context),
        table if total or closes else None,
        context,
        population=text("units.n", n=formats.count(total)),
        tools=tools,
        footnote=text(
            "overview.backlog",
            created=formats.count(total),
            closes=formats.count(closes),
            change=("+" if total > closes else "−" if total < closes else "")
            + formats.count(abs(total - closes)),
        ),
        info=overview.infos["daily"],
    )


def by_hour(overview: Overview, context: Context) -> Element:
    text, formats = context.text, context.formats
    total = sum(hour.count for hour in overview.hours)
    label = text("overview.by_hour_label", n=formats.count(total))
    graph_id = ids.panel(PAGE, "by-hour-graph")
    drawn = graph(
        graph_id, volume_by_hour(overview.hours, context), text, label, rows=ROWS, by="hour"
    )
    return figure_panel(
        PAGE,
        "hourly",
        text("overview.by_hour"),
        drawn if total else _nothing(context),
        _volumes(text("overview.by_hour"), overview.hours, "hour", context) if total else None,
        context,
        population=text("units.n", n=formats.count(total)),
        info=overview.infos["hourly"],
    )


def origin(overview: Overview, context: Context) -> Element:
    text, formats = context.text, context.formats
    total = sum(overview.origins.values())
    known = [(key, n) for key, n in overview.origins.items() if n]
    title = text("overview.origin.title")
    info = overview.infos["origin"]
    if not total:
        return figure_panel(PAGE, "origin", title, _nothing(context), None, context, info=info)

    pieces = [
        rows_link(
            "",
            context,
            ROWS,
            f"origin:{key}",
            class_name=f"origin-piece origin-{key}",
            style={"--share": f"{n / total * 100:.2f}%"},
            tabIndex="-1",
            **{"aria-hidden": "true"},
        )
        for key, n in known
    ]
    parts = [
        html.Span(
            [
                html.Span(className=f"dot origin-{key}"),
                text(f"filters.origin.{key}"),
                " ",
                rows_link(html.B(formats.count(n)), context, ROWS, f"origin:{key}"),
                " ",
                formats.share(n / total),
            ]
        )
        for key, n in known
    ]
    columns = [
        Column(text("overview.table.origin"), "text"),
        Column(text("overview.table.count"), sums=True),
        Column(text("overview.table.part"), "share"),
    ]
    rows = [[text(f"filters.origin.{key}"), n, n / total] for key, n in known]
    typed = Table(title, columns, rows)
    body = [html.Div(pieces, className="origin-bar"), html.Div(parts, className="origin-words")]
    return figure_panel(
        PAGE,
        "origin",
        title,
        carry(typed, html.Div(body, className="origin")),
        None,
        context,
        population=text("units.n", n=formats.count(total)),
        info=info,
    )


def matrix(overview: Overview, context: Context) -> Element:
    text, formats = context.text, context.formats
    switch = segmented(
        [
            (text("overview.agents_short"), context.view(matrix=None), not overview.by_reason),
            (text("overview.reasons_short"), context.view(matrix="reason"), overview.by_reason),
        ],
        text("overview.matrix"),
    )
    count = len(overview.points)
    key = "overview.matrix_n_reasons" if overview.by_reason else "overview.matrix_n"
    body: Any = empty(context, text("overview.matrix_empty"))
    if overview.points:
        label = text("overview.matrix_label", n=count)
        by = "reason" if overview.by_reason else "agent"
        graph_id = ids.panel(PAGE, "matrix-graph")
        chart = efficiency_matrix(overview.points, context)
        body = graph(graph_id, chart, text, label, rows=ROWS, by=by)
    rated = [point.csat for point in overview.points if point.csat is not None]
    scale = []
    if rated:
        steps = [html.Span(className=f"scale-{n}") for n in range(1, 8)]
        middle = sum(rated) / len(rated)
        reach = max(abs(value - middle) for value in rated)
        low, high = formats.share(middle - reach, 0), formats.share(min(1, middle + reach), 0)
        scale = [
            html.Span([text("overview.csat_scale", share=low), *steps, high], className="scale")
        ]
    note = html.Span(text("overview.matrix_note", n=overview.csat_minimum))
    return figure_panel(
        PAGE,
        "efficiency",
        text("overview.matrix"),
        body,
        _points(overview, context) if overview.points else None,
        context,
        population=text.plural(key, count, n=count),
        tools=[switch],
        footnote=html.Div([*scale, note], className="matrix-foot"),
        info=overview.infos["efficiency"],
    )


def _nothing(context: Context) -> Element:
    return empty(context, context.text("overview.no_conversations"))


def _volumes(name: str, volumes: Sequence[VolumeBar], by: str, context: Context) -> Element:
    text, formats = context.text, context.formats
    is_day = by == "day"
    columns = [
        Column(text(f"overview.table.{by}"), "day" if is_day else "text", class_name="left"),
        Column(text("overview.table.count"), sums=True),
        Column(text("overview.table.low"), "number", head=text("overview.table.usual")),
        Column(text("overview.table.high"), "number", is_drawn=False),
    ]
    rows = []
    for volume in volumes:
        usual = None
        if volume.low is not None and volume.high is not None:
            low, high = formats.count(volume.low), formats.count(volume.high)
            usual = text("charts.usual", low=low, high=high)
        cells: list[Any] = [
            volume.at if is_day else f"{volume.at}h",
            Cell(round(volume.count), (ROWS, f"{by}:{volume.at}")),
            Cell(volume.low, drawn=usual),
            volume.high,
        ]
        if is_day:
            cells.append(Cell(volume.closes, (CLOSES, f"day:{volume.at}")))
        rows.append(cells)
    if is_day:
        columns.append(Column(text("overview.closes"), sums=True))
    return data_table(Table(name, columns, rows, charted=(1,)), context)


def _points(overview: Overview, context: Context) -> Element:
    text = context.text
    by = "reason" if overview.by_reason else "agent"
    columns = [
        Column(
            text(f"overview.table.{'reason' if overview.by_reason else 'point'}"), "text", named
        ),
        Column(text("overview.table.volume")),
        Column(text("overview.table.time"), "seconds"),
        Column(text("overview.table.csat"), "share"),
        Column(text("overview.table.ratings")),
    ]
    rows = []
    for point in overview.points:
        cell = f"{by}:{point.key}"
        rows.append(
            [
                point.name,
                Cell(point.volume, (ROWS, cell)),
                Cell(point.seconds, ("time_to_close", cell)),
                point.csat,
                Cell(point.ratings, ("csat_score", cell)),
            ]
        )
    return data_table(Table(text("overview.matrix"), columns, rows), context)


def volume_by_day(days: Sequence[VolumeBar], context: Context) -> Figure:
    """Rings mark what stands out of the usual band of its weekday."""
    colours, text = context.palette, context.text
    traces = []
    known = [day for day in days if day.high is not None]
    if known:
        band = bar(
            x=[day.at for day in known],
            y=[(day.high or 0) - (day.low or 0) for day in known],
            base=[day.low for day in known],
            width=86_400_000 * 0.94,
            marker={"color": colours["s3"], "line": {"width": 0}},
            hoverinfo="skip",
        )
        usual = scatter(
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
        traces += [band, usual]
    whole = [day for day in days if not day.partial]
    closes = scatter(
        x=[day.at for day in whole],
        y=[day.closes for day in whole],
        mode="lines",
        line={"color": colours["cat-2"], "width": 1.4, "dash": "dash"},
        hovertemplate=f"%{{y:,.0f}} {text('overview.closes')}<extra></extra>",
    )
    traces.append(closes)
    if len(whole) < len(days):
        traces.append(_running([*whole[-1:], *days[len(whole) :]], context))
    line = scatter(
        x=[day.at for day in whole],
        y=[day.count for day in whole],
        mode="lines+markers" if len(days) < 45 else "lines",
        line={"color": colours["cat-1"], "width": 2.2},
        marker={
            "color": [colours["s1"] if day.stands_out else colours["cat-1"] for day in whole],
            "size": [9 if day.stands_out else 4 for day in whole],
            "line": {"color": colours["cat-1"], "width": [2 if d.stands_out else 0 for d in whole]},
        },
        customdata=[_day_data(day, context) for day in whole],
        hovertemplate=DAY_HOVER,
    )
    notes = [
        {
            "x": day.at,
            "y": day.count,
            "text": context.formats.count(day.count),
            "showarrow": False,
            "yshift": 14 if day.count > (day.high or 0) else -14,
            "font": {"color": colours["ink1"], "size": 12},
        }
        for day in _most_unusual(days)
    ]
    few = {"tickvals": [day.at for day in days]} if days and len(days) <= 3 else {}
    return figure(
        context.theme,
        [*traces, line],
        annotations=notes,
        bargap=0,
        xaxis={"tickformat": _day_pattern(context), "nticks": 7, **few},
        yaxis={"title": {"text": text("charts.conversations_per_day")}},
        hovermode="closest",
        height=290,
    )


def _running(days: Sequence[VolumeBar], context: Context) -> Trace:
    """Dashed: the fall of a day that still runs is no news."""
    colour = context.palette["ink3"]
    return scatter(
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


def volume_by_hour(hours: Sequence[VolumeBar], context: Context) -> Figure:
    """Bars that stand out of the usual band are darker and carry their number."""
    colours, text = context.palette, context.text
    known = [hour for hour in hours if hour.high is not None]
    band = bar(
        x=[hour.at for hour in known],
        y=[(hour.high or 0) - (hour.low or 0) for hour in known],
        base=[hour.low for hour in known],
        width=0.96,
        marker={"color": colours["s3"]},
        hoverinfo="skip",
    )
    counts = bar(
        x=[hour.at for hour in hours],
        y=[hour.count for hour in hours],
        width=0.56,
        marker={
            "color": colours["cat-1"],
            "opacity": [1 if hour.stands_out or not known else 0.62 for hour in hours],
        },
        text=[context.formats.count(hour.count) if hour.stands_out else "" for hour in hours],
        textposition="outside",
        textfont={"color": colours["ink1"], "size": 12},
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        customdata=[[str(hour.at), _usual_words(hour, context)] for hour in hours],
        hovertemplate="%{x}h<br><b>%{y:,.0f}</b>%{customdata[1]}<extra></extra>",
    )
    return figure(
        context.theme,
        [band, counts] if known else [counts],
        barmode="overlay",
        xaxis={
            "tickmode": "array",
            "tickvals": [h.at for h in hours][:: 2 if len(hours) > 16 else 1],
            "ticktext": [f"{h.at}h" for h in hours][:: 2 if len(hours) > 16 else 1],
        },
        yaxis=counted(
            max((max(hour.high or 0, hour.count) for hour in hours), default=0),
            text("charts.conversations_per_hour"),
        ),
        height=230,
    )


def _day_pattern(context: Context) -> str:
    return "%d/%m" if context.text.language == "pt-BR" else "%m/%d"


def _day_data(day: VolumeBar, context: Context) -> list[str]:
    assert isinstance(day.at, date)
    return [str(day.at), context.formats.weekday(day.at), _usual_words(day, context)]


def _usual_words(bar: VolumeBar, context: Context) -> str:
    if bar.partial:
        return "<br>" + context.text("charts.running")
    if bar.low is None or bar.high is None:
        return ""
    formats = context.formats
    low, high = formats.count(bar.low), formats.count(bar.high)
    return "<br>" + context.text("charts.usual", low=low, high=high)


def _most_unusual(days: Sequence[VolumeBar], limit: int = 4) -> list[VolumeBar]:
    def distance(day: VolumeBar) -> float:
        return max((day.low or 0) - day.count, day.count - (day.high or 0))

    return sorted((day for day in days if day.stands_out), key=distance, reverse=True)[:limit]


def efficiency_matrix(points: Sequence[Point], context: Context) -> Figure:
    """Volume across, median time to close upwards; the means as lines, the corners in words."""
    lines, means = _means(points, context)
    low, top = _padded([point.seconds for point in points], 0.22)
    return figure(
        context.theme,
        [_marks(points, context)],
        shapes=lines,
        annotations=[*means, *_corners(context)],
        xaxis={
            "title": {"text": context.text("charts.matrix_x")},
            "tickformat": ",d",
            "range": _padded([point.volume for point in points], 0.14),
            "nticks": 6,
        },
        yaxis={
            "title": {"text": context.text("charts.matrix_y")},
            **duration_ticks(low, top, context.formats),
            "range": [low, top],
            "rangemode": "normal",
        },
        height=340,
        hovermode="closest",
    )


def _marks(points: Sequence[Point], context: Context) -> Trace:
    colours, text = context.palette, context.text
    largest = max(point.ratings for point in points) or 1
    return scatter(
        x=[point.volume for point in points],
        y=[point.seconds for point in points],
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
        customdata=[_hover_data(point, context) for point in points],
        hovertemplate=(
            "<b>%{customdata[1]}</b><br>"
            + text("charts.matrix_volume", n="%{customdata[4]}")
            + "<br>"
            + text("charts.matrix_time", span="%{customdata[2]}")
            + "<br>%{customdata[3]}<extra></extra>"
        ),
        cliponaxis=False,
    )


def _hover_data(point: Point, context: Context) -> list[str]:
    """Its key first, for the rows behind it."""
    text, formats = context.text, context.formats
    ratings = formats.count(point.ratings)
    rated = text("charts.few_ratings", n=ratings)
    if point.csat is not None:
        rated = text("charts.csat_of", share=formats.share(point.csat), n=ratings)
    volume = formats.count(point.volume)
    return [point.key, point.name, formats.duration(point.seconds), rated, volume]


def _means(points: Sequence[Point], context: Context) -> tuple[list[Shape], list[dict[str, Any]]]:
    """Their lines, and what stands beside them."""
    text, formats, colours = context.text, context.formats, context.palette
    volume = sum(point.volume for point in points) / len(points)
    seconds = sum(point.seconds for point in points) / len(points)
    line = {"color": colours["line2"], "width": 1, "dash": "dash"}
    places = (
        (formats.count(volume), {"x": volume, "y": 0, "yref": "paper", "yshift": 18}),
        (formats.duration(seconds), {"y": seconds, "x": 0, "xref": "paper"}),
    )
    anchors = {"xanchor": "left", "yanchor": "bottom", "xshift": 4}
    notes = [
        {"text": text("charts.mean", value=value), **_note(context), **anchors, **place}
        for value, place in places
    ]
    return [line_up(volume, line), line_across(seconds, line)], notes


def _corners(context: Context) -> list[dict[str, Any]]:
    return [
        {
            "x": x,
            "y": y,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "right" if x else "left",
            "yanchor": "top" if y else "bottom",
            "xshift": -4 if x else 4,
            "text": context.text(f"charts.{key}"),
            **_note(context),
        }
        for x, y, key in CORNERS
    ]


def _note(context: Context) -> dict[str, Any]:
    return {"showarrow": False, "font": {"color": context.palette["ink3"], "size": 12}}


def short_name(name: str) -> str:
    """First name and initial; a reason is cut to 22 characters."""
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
