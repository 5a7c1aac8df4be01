"""The manager's times page: how fast, for whom, at which hour, and what runs late now."""

from typing import Any

from dash import html

from layouts import ids
from layouts.charts.durations import bucket_words, by_hour, spread
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import graph
from layouts.components.kpi import kpi_sheet
from layouts.components.panel import figure_panel, no_data
from layouts.components.states import empty
from layouts.components.view_link import rows_link
from layouts.pages.times import groups as times_groups
from layouts.pages.times import lists as times_lists
from layouts.pages.times.data import PAGE, Spread, Times

KEYS = (
    "first_response_time",
    "first_response_within_target",
    "time_to_close",
    "close_within_target",
    "time_to_first_close",
    "reopen_rate",
    "reopen_price",
    "sla_hit_rate",
)
PANELS = {"first_response_time": "first_response_spread", "time_to_close": "close_spread"}


def content(times: Times, context: Context) -> list[Any]:
    """What is drawn for the present choice."""
    return [
        kpi_sheet(PAGE, times.kpis, context),
        html.Div(
            [_spread(one, times, context) for one in times.spreads], className="bi-row times-2"
        ),
        times_groups.panel(times, context),
        html.Div(
            [_hours(times, context), times_lists.slowest(times, context)],
            className="bi-row times-2",
        ),
        html.Div(
            [times_lists.due(times, context), times_lists.backlog(times, context)],
            className="bi-row times-2",
        ),
        html.Div(
            [times_lists.reopened(times, context), times_lists.sla(times, context)],
            className="bi-row times-2",
        ),
    ]


def _spread(one: Spread, times: Times, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    key = PANELS[one.key]
    passport = times.passports[key]
    title = text(f"times.spread.{one.key}")
    if not one.buckets:
        nothing = empty(context, text(f"times.nothing.{one.key}"))
        return figure_panel(PAGE, key, title, nothing, None, context, passport=passport)
    n = one.summary.n
    figure = spread(one.buckets, one.target, text("times.count_axis"), context)
    label = text("times.spread_label", title=title, n=formats.count(n))
    drawn = graph(ids.panel(PAGE, f"{key}-graph"), figure, text, label, rows=one.key, by="value")
    lines = []
    for bucket in one.buckets:
        count: Any = formats.count(bucket.count)
        if bucket.count:
            count = rows_link(count, context, one.key, f"value:{bucket.key}")
        lines.append([bucket_words(bucket, context), count, formats.share(bucket.count / n)])
    heads = [text(f"times.table.{name}") for name in ("range", "count", "part")]
    note: Any = None
    if one.share.value is not None:
        note = [
            rows_link(html.B(formats.share(one.share.value)), context, one.within, "value:1"),
            " ",
            text("times.within", span=formats.duration(one.target), n=formats.count(one.share.n)),
        ]
    return figure_panel(
        PAGE,
        key,
        title,
        drawn,
        data_table(heads, lines),
        context,
        population=text("units.n", n=formats.count(n)),
        footnote=html.Span(note) if note else None,
        passport=passport,
    )


def _hours(times: Times, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    passport = times.passports["times_by_hour"]
    title = text("times.by_hour")
    if not times.hours:
        nothing = empty(context, text("times.nothing.first_response_time"))
        return figure_panel(PAGE, "times_by_hour", title, nothing, None, context, passport=passport)
    n = sum(number.n for number in times.hours.values())
    figure = by_hour(times.hours, times.target, context)
    label = text("times.spread_label", title=title, n=formats.count(n))
    drawn = graph(
        ids.panel(PAGE, "by-hour-graph"),
        figure,
        text,
        label,
        rows="first_response_time",
        by="hour",
    )
    lines = []
    for hour, number in times.hours.items():
        count: Any = formats.count(number.n)
        if number.n:
            count = rows_link(count, context, "first_response_time", f"hour:{hour}")
        spans = [
            no_data(context) if seconds is None else formats.rough(seconds)
            for seconds in (number.value, number.mean, number.p90)
        ]
        lines.append([f"{hour}h", *spans, count])
    heads = [text(f"times.table.{name}") for name in ("hour", "median", "mean", "p90", "n")]
    return figure_panel(
        PAGE,
        "times_by_hour",
        title,
        drawn,
        data_table(heads, lines),
        context,
        population=text("units.n", n=formats.count(n)),
        footnote=text("times.by_hour_note", span=formats.duration(times.target)),
        passport=passport,
    )
