"""The overview's charts, each with its table: days, hours, origin, efficiency matrix."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html

from layouts import ids
from layouts.charts.matrix import efficiency_matrix
from layouts.charts.volume import Bar, volume_by_day, volume_by_hour
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import graph
from layouts.components.panel import figure_panel, no_data, segmented
from layouts.components.states import empty
from layouts.components.view_link import rows_link
from layouts.pages.overview.data import PAGE, Overview

ROWS = "conversations"


def by_day(overview: Overview, context: Context) -> html.Section:
    """A line over the usual band of each weekday."""
    text, formats = context.text, context.formats
    total = sum(day.count for day in overview.days)
    tools = []
    if any(day.high is not None for day in overview.days):
        key = [html.Span(className="band-key"), text("overview.usual_weekday")]
        tools.append(html.Span(key, className="key"))
    label = text("overview.by_day_label", n=formats.count(total))
    graph_id = ids.panel(PAGE, "by-day-graph")
    figure = volume_by_day(overview.days, context)
    drawn = graph(graph_id, figure, text, label, rows=ROWS, by="day")
    return figure_panel(
        PAGE,
        "daily",
        text("overview.by_day"),
        drawn if total else _nothing(context),
        _volumes(overview.days, "day", context) if total else None,
        context,
        population=text("units.n", n=formats.count(total)),
        tools=tools,
        passport=overview.passports["daily"],
    )


def by_hour(overview: Overview, context: Context) -> html.Section:
    """Bars, with the usual band behind them."""
    text, formats = context.text, context.formats
    total = sum(hour.count for hour in overview.hours)
    label = text("overview.by_hour_label", n=formats.count(total))
    graph_id = ids.panel(PAGE, "by-hour-graph")
    figure = volume_by_hour(overview.hours, context)
    drawn = graph(graph_id, figure, text, label, rows=ROWS, by="hour")
    return figure_panel(
        PAGE,
        "hourly",
        text("overview.by_hour"),
        drawn if total else _nothing(context),
        _volumes(overview.hours, "hour", context) if total else None,
        context,
        population=text("units.n", n=formats.count(total)),
        passport=overview.passports["hourly"],
    )


def origin(overview: Overview, context: Context) -> html.Section:
    """Who started it, as parts of one bar."""
    text, formats = context.text, context.formats
    total = sum(overview.origins.values())
    known = [(key, n) for key, n in overview.origins.items() if n]
    title = text("overview.origin.title")
    passport = overview.passports["origin"]
    if not total:
        return figure_panel(
            PAGE, "origin", title, _nothing(context), None, context, passport=passport
        )

    def cell(key: str) -> str:
        return f"origin:{'none' if key == 'unknown' else key}"

    pieces = [
        rows_link(
            "",
            context,
            ROWS,
            cell(key),
            class_name=f"origin-piece origin-{key}",
            style={"--share": f"{n / total * 100:.2f}%"},
            tabIndex="-1",
            **{"aria-hidden": "true"},
        )
        for key, n in known
    ]
    words = [
        html.Span(
            [
                html.Span(className=f"dot origin-{key}"),
                text(f"overview.origin.{key}"),
                " ",
                rows_link(html.B(formats.count(n)), context, ROWS, cell(key)),
                " ",
                formats.share(n / total),
            ]
        )
        for key, n in known
    ]
    body = [
        html.Div(pieces, className="origin-bar"),
        html.Div(words, className="origin-words"),
    ]
    return figure_panel(
        PAGE,
        "origin",
        title,
        html.Div(body, className="origin"),
        None,
        context,
        population=text("units.n", n=formats.count(total)),
        passport=passport,
    )


def matrix(overview: Overview, context: Context) -> html.Section:
    """How many, how slow, how well liked: people or reasons."""
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
        figure = efficiency_matrix(overview.points, context)
        label = text("overview.matrix_label", n=count)
        by = "reason" if overview.by_reason else "agent"
        graph_id = ids.panel(PAGE, "matrix-graph")
        body = graph(graph_id, figure, text, label, rows=ROWS, by=by)
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
        passport=overview.passports["efficiency"],
    )


def _nothing(context: Context) -> html.Div:
    return empty(context, context.text("overview.no_conversations"))


def _volumes(bars: Sequence[Bar], by: str, context: Context) -> html.Table:
    text, formats = context.text, context.formats
    heads = [text(f"overview.table.{key}") for key in (by, "count", "usual")]
    lines = []
    for bar in bars:
        name = formats.weekday(bar.at) if isinstance(bar.at, date) else f"{bar.at}h"
        count = rows_link(formats.count(bar.count), context, ROWS, f"{by}:{bar.at}")
        usual: Any = no_data(context)
        if bar.low is not None and bar.high is not None:
            low, high = formats.count(bar.low), formats.count(bar.high)
            usual = text("charts.usual", low=low, high=high)
        lines.append([name, count if bar.count else formats.count(bar.count), usual])
    return data_table(heads, lines)


def _points(overview: Overview, context: Context) -> html.Table:
    text, formats = context.text, context.formats
    by = "reason" if overview.by_reason else "agent"
    first = text(f"overview.table.{'reason' if overview.by_reason else 'point'}")
    others = [text(f"overview.table.{key}") for key in ("volume", "time", "csat", "ratings")]
    lines = []
    for point in overview.points:
        cell = f"{by}:{point.key}"
        lines.append(
            [
                html.Span(point.name, className="bidi", title=point.name),
                rows_link(formats.count(point.volume), context, ROWS, cell),
                rows_link(formats.duration(point.seconds), context, "time_to_close", cell),
                no_data(context) if point.csat is None else formats.share(point.csat),
                rows_link(formats.count(point.ratings), context, "csat_score", cell)
                if point.ratings
                else formats.count(0),
            ]
        )
    return data_table([first, *others], lines)
