"""The manager's times page: how fast, for whom, at which hour, and what runs late now."""

from collections.abc import Mapping, Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import MARK, data_table
from layouts.components.graph import (
    Figure,
    bar,
    counted,
    duration_ticks,
    figure,
    graph,
    line_across,
    line_up,
    scatter,
)
from layouts.components.kpi import kpi_sheet
from layouts.components.panel import figure_panel, no_data, pill, segmented
from layouts.components.states import empty
from layouts.components.typed_table import Cell, Column, Kind, Table, carry
from layouts.components.view_link import rows_link, view_link
from layouts.elements import Element, html
from layouts.pages.times import lists as times_lists
from layouts.pages.times.data import PAGE, Group, Spread, Times
from metrics.model.summary import Summary
from metrics.query.distribution import Bucket

KEYS = (
    "first_response_time",
    "first_response_within_target",
    "time_to_close",
    "close_within_target",
    "time_to_first_close",
    "reopen_rate",
    "reopen_price",
    "first_contact_resolution",
    "sla_hit_rate",
)
TRENDS = (*KEYS[:4], "reopen_rate")
PANELS = {"first_response_time": "first_response_spread", "time_to_close": "close_spread"}
GROUPS = ("agent", "team", "reason")
BOTH = (
    ("first_response_time", "first_response_within_target"),
    ("time_to_close", "close_within_target"),
)


def content(times: Times, context: Context) -> list[Any]:
    return [
        kpi_sheet(PAGE, times.kpis, context),
        _row(*[_spread(spread, times, context) for spread in times.spreads]),
        panel(times, context),
        _row(_hours(times, context), times_lists.slowest(times, context)),
        _row(times_lists.due(times, context), times_lists.backlog(times, context)),
        _row(times_lists.reopened(times, context), times_lists.sla(times, context)),
    ]


def _row(*parts: Element) -> Element:
    return html.Div(list(parts), className="bi-row times-2")


def _spread(distribution: Spread, times: Times, context: Context) -> Element:
    text, formats = context.text, context.formats
    key = PANELS[distribution.key]
    info = times.infos[key]
    title = text(f"times.spread.{distribution.key}")
    if not distribution.buckets:
        nothing = empty(context, text(f"times.nothing.{distribution.key}"))
        return figure_panel(PAGE, key, title, nothing, None, context, info=info)
    n = distribution.summary.n
    chart = spread(distribution.buckets, distribution.target, text("times.count_axis"), context)
    label = text("times.spread_label", title=title, n=formats.count(n))
    drawn = graph(
        ids.panel(PAGE, f"{key}-graph"), chart, text, label, rows=distribution.key, by="value"
    )
    columns = [
        Column(text("times.table.range"), "text"),
        Column(text("times.table.count"), sums=True),
        Column(text("times.table.part"), "share"),
    ]
    rows = [
        [
            bucket_words(bucket, context),
            Cell(bucket.count, (distribution.key, f"value:{bucket.key}")),
            bucket.count / n,
        ]
        for bucket in distribution.buckets
    ]
    table = Table(title, columns, rows, charted=(1,))
    note: Any = None
    if distribution.share.value is not None:
        share = formats.share(distribution.share.value)
        note = [
            rows_link(html.B(share), context, distribution.within, "value:1"),
            " ",
            text(
                "times.within",
                span=formats.duration(distribution.target),
                n=formats.count(distribution.share.n),
            ),
        ]
    return figure_panel(
        PAGE,
        key,
        title,
        drawn,
        data_table(table, context),
        context,
        population=text("units.n", n=formats.count(n)),
        footnote=html.Span(note) if note else None,
        info=info,
    )


def _hours(times: Times, context: Context) -> Element:
    text, formats = context.text, context.formats
    info = times.infos["times_by_hour"]
    title = text("times.by_hour")
    if not times.hours:
        nothing = empty(context, text("times.nothing.first_response_time"))
        return figure_panel(PAGE, "times_by_hour", title, nothing, None, context, info=info)
    n = sum(number.n for number in times.hours.values())
    chart = by_hour(times.hours, times.target, context)
    label = text("times.spread_label", title=title, n=formats.count(n))
    graph_id, rows = ids.panel(PAGE, "by-hour-graph"), "first_response_time"
    drawn = graph(graph_id, chart, text, label, rows=rows, by="hour")
    rough = formats.rough
    columns = [
        Column(text("times.table.hour"), "text"),
        *[
            Column(text(f"times.table.{key}"), "seconds", rough)
            for key in ("median", "mean", "p90")
        ],
        Column(text("times.table.n"), sums=True),
    ]
    lines = [
        [f"{h}h", number.value, number.mean, number.p90, Cell(number.n, (rows, f"hour:{h}"))]
        for h, number in times.hours.items()
    ]
    table = Table(title, columns, lines, charted=(1,))
    return figure_panel(
        PAGE,
        "times_by_hour",
        title,
        drawn,
        data_table(table, context),
        context,
        population=text("units.n", n=formats.count(n)),
        footnote=text("times.by_hour_note", span=formats.duration(times.target)),
        info=info,
    )


def bucket_words(bucket: Bucket, context: Context) -> str:
    """5 a 15 min."""
    text, formats = context.text, context.formats
    if bucket.high is None:
        return text("rows.from", low=formats.duration(bucket.low))
    if not bucket.low:
        return text("rows.under", high=formats.duration(bucket.high))
    low, unit = formats.duration_parts(bucket.low)[0]
    high, other = formats.duration_parts(bucket.high)[0]
    low = low if unit == other else formats.duration(bucket.low)
    return text("times.range", low=low, high=f"{high}\N{NO-BREAK SPACE}{other}")


def _two_lines(bucket: Bucket, context: Context) -> str:
    """The same below an axis."""
    text, formats = context.text, context.formats
    if bucket.high is None:
        return text("times.from_lines", low=formats.duration(bucket.low))
    if not bucket.low:
        return text("times.under_lines", high=formats.duration(bucket.high))
    low, high = formats.duration(bucket.low), formats.duration(bucket.high)
    return text("times.range_lines", low=low, high=high)


def _part(share: float, context: Context) -> str:
    """A few rows are not none."""
    if 0 < share < 0.005:
        return f"<{context.formats.share(0.01, 0)}"
    return context.formats.share(share, 0) if share else ""


def spread(buckets: Sequence[Bucket], target: float, axis: str, context: Context) -> Figure:
    """The `target`, in seconds, has a line where it falls between two buckets."""
    colours, text, formats = context.palette, context.text, context.formats
    total = sum(bucket.count for bucket in buckets) or 1
    late = [bucket.low >= target for bucket in buckets]
    counts = bar(
        x=list(range(len(buckets))),
        y=[bucket.count for bucket in buckets],
        width=0.82,
        marker={
            "color": [colours["div-2"] if is_late else colours["cat-1"] for is_late in late],
            "line": {"width": 0},
        },
        text=[_part(bucket.count / total, context) for bucket in buckets],
        textposition="outside",
        textfont={"color": colours["ink1"], "size": 12},
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        customdata=[
            [
                bucket.key if bucket.count else None,
                bucket_words(bucket, context),
                formats.count(bucket.count),
                formats.share(bucket.count / total),
            ]
            for bucket in buckets
        ],
        hovertemplate=(
            "%{customdata[1]}<br><b>%{customdata[2]}</b> (%{customdata[3]})<extra></extra>"
        ),
    )
    edge = next((place for place, is_late in enumerate(late) if is_late), None)
    shapes, notes = [], []
    if edge and buckets[edge].low == target:
        line = {"color": colours["ink1"], "width": 1.2, "dash": "dash"}
        shapes.append(line_up(edge - 0.5, line))
        notes.append(
            {
                "x": edge - 0.5,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "center",
                "text": text("times.target", span=formats.duration(target)),
                "showarrow": False,
                "font": {"color": colours["ink2"], "size": 12},
            }
        )
    return figure(
        context.theme,
        [counts],
        shapes=shapes,
        annotations=notes,
        xaxis={
            "tickmode": "array",
            "tickvals": list(range(len(buckets))),
            "ticktext": [_two_lines(bucket, context) for bucket in buckets],
            "tickangle": 0,
            "range": [-0.6, max(len(buckets), 1) - 0.4],
        },
        yaxis=counted(max((bucket.count for bucket in buckets), default=0), axis),
        margin={"t": 30},
        height=270,
    )


def by_hour(hours: Mapping[int, Summary], target: float, context: Context) -> Figure:
    """Median as bars, ninetieth percentile as dashes, the target as a line."""
    colours, text, formats = context.palette, context.text, context.formats
    known = {hour: number for hour, number in hours.items() if number.value is not None}

    def data(hour: int, number: Summary) -> list[str]:
        p90 = formats.duration(number.p90) if number.p90 is not None else text("states.no_data")
        return [
            str(hour),
            formats.duration(number.value or 0),
            text("kpi.p90", value=p90),
            formats.count(number.n),
        ]

    hover = (
        "%{customdata[0]}h<br>"
        + text("rows.median", value="<b>%{customdata[1]}</b>")
        + "<br>%{customdata[2]}<br>"
        + text("units.n", n="%{customdata[3]}")
        + "<extra></extra>"
    )
    medians = bar(
        x=list(known),
        y=[number.value for number in known.values()],
        width=0.6,
        marker={"color": colours["cat-1"], "line": {"width": 0}},
        customdata=[data(hour, number) for hour, number in known.items()],
        hovertemplate=hover,
    )
    enough = {hour: number for hour, number in known.items() if number.p90 is not None}
    dashes = scatter(
        x=list(enough),
        y=[number.p90 for number in enough.values()],
        mode="markers",
        marker={
            "symbol": "line-ew",
            "size": 14,
            "line": {"width": 2, "color": colours["ink3"]},
        },
        customdata=[data(hour, number) for hour, number in enough.items()],
        hovertemplate=hover,
    )
    line = {"color": colours["ink1"], "width": 1, "dash": "dash"}
    top = max([target, *(n.p90 or n.value or 0 for n in known.values())])
    shown = list(hours)[:: 2 if len(hours) > 16 else 1]
    return figure(
        context.theme,
        [medians, dashes],
        shapes=[line_across(target, line)],
        xaxis={
            "tickmode": "array",
            "tickvals": shown,
            "ticktext": [f"{hour}h" for hour in shown],
            "tickangle": 0,
            "title": {"text": text("times.hour_axis")},
        },
        yaxis={
            **duration_ticks(0, top, context.formats),
            "range": [0, top * 1.08],
            "title": {"text": text("times.first_axis")},
        },
        hovermode="closest",
        height=270,
    )


def panel(times: Times, context: Context) -> Element:
    """The slowest first response first."""
    text, formats = context.text, context.formats
    switch = segmented(
        [
            (
                text(f"times.by.{key}"),
                context.view(by=None if key == "agent" else key, every=None),
                times.by == key,
            )
            for key in GROUPS
        ],
        text("times.by.label"),
    )
    body: Any
    if times.label:
        body = empty(context, text("states.label_missing", label=times.label, setting="reason"))
    elif not times.groups:
        body = empty(context, text("times.nothing.first_response_time"))
    else:
        typed = _group_values(text("times.by.title"), times, context)
        table = carry(typed, html.Div(_table(times, context), className="table-frame"))
        body = [table, _rest(times, context)]
    count = len(times.groups)
    return figure_panel(
        PAGE,
        "times_by",
        text("times.by.title"),
        body,
        None,
        context,
        population=text.plural("times.lines", count, n=formats.count(count)),
        tools=[switch],
        footnote=text("times.by.note"),
        info=times.infos["times_by"],
    )


def _group_values(title: str, times: Times, context: Context) -> Table:
    text = context.text
    columns = [Column(text(f"times.by.{times.by}"), "text")]
    for key, _ in BOTH:
        kinds: dict[str, Kind] = {"median": "seconds", "mean": "seconds", "p90": "seconds"}
        kinds |= {"within": "share", "n": "count"}
        short = text(f"metrics.{key}.short")
        columns += [
            Column(f"{short}: {text(f'times.table.{name}')}", kind) for name, kind in kinds.items()
        ]
    columns.append(Column(text("metrics.reopen_rate.label"), "share"))

    def values(group: Group) -> list[Any]:
        cells: list[Any] = [group.name]
        for key, within in BOTH:
            number, share = group.metrics.get(key), group.metrics.get(within)
            if number is None or number.value is None:
                cells += [None] * 5
            else:
                cells += [number.value, number.mean, number.p90, share and share.value, number.n]
        reopened = group.metrics.get("reopen_rate")
        return [*cells, reopened and reopened.value]

    return Table(title, columns, [values(group) for group in times.groups], values(times.total))


def _table(times: Times, context: Context) -> Element:
    text, formats = context.text, context.formats
    tops = {key: _top(times, key) for key, _ in BOTH}
    over = [html.Th("", className="left")]
    heads = [html.Th(text(f"times.by.{times.by}"), className="left")]
    for key, _ in BOTH:
        over.append(html.Th(text(f"metrics.{key}.label"), colSpan=6, className="left over"))
        scale = html.Span(
            [html.Span("0"), html.Span(formats.duration(tops[key]))], className="scale-head"
        )
        heads.append(html.Th(scale, className="left span-column"))
        heads += [
            html.Th(text(f"times.table.{name}"))
            for name in ("median", "mean", "p90", "within", "n")
        ]
    over.append(html.Th(""))
    heads.append(html.Th(text("metrics.reopen_rate.label")))
    rows = [
        html.Tr(_cells(group, times, tops, context), **MARK)
        for group in times.groups[: times.shown]
    ]
    foot = html.Tr(_cells(times.total, times, tops, context))
    return html.Table(
        [html.Thead([html.Tr(over), html.Tr(heads)]), html.Tbody(rows), html.Tfoot(foot)],
        className="grid-table times-table",
    )


def _top(times: Times, key: str) -> float:
    """The longest p90, or median where there is none."""
    parts = [group.metrics.get(key) for group in (*times.groups[: times.shown], times.total)]
    return max([1.0, *(n.p90 or n.value or 0 for n in parts if n is not None)])


def _cells(group: Group, times: Times, tops: dict[str, float], context: Context) -> list[Element]:
    formats = context.formats
    cells = [f"{times.by}:{group.key}"] if group is not times.total else []
    name: list[Any] = [html.Span(group.name, title=group.name, className="bidi")]
    if group.left:
        name += [" ", pill(context.text("overview.left"))]
    parts = [html.Td(html.Div(name, className="rank-words"), className="left name")]
    for key, within in BOTH:
        number = group.metrics.get(key)
        if number is None or number.value is None:
            parts.append(html.Td(no_data(context), colSpan=6, className="left"))
            continue
        p90: Any = no_data(context) if number.p90 is None else formats.duration(number.p90)
        median = rows_link(html.B(formats.duration(number.value)), context, key, *cells)
        parts += [
            html.Td(_span(number, tops[key]), className="left span-column"),
            html.Td(median),
            html.Td(formats.duration(number.mean or 0)),
            html.Td(p90),
            html.Td(_share(group.metrics.get(within), within, cells, context)),
            html.Td(formats.count(number.n), className="quieter"),
        ]
    parts.append(html.Td(_share(group.metrics.get("reopen_rate"), "reopen_rate", cells, context)))
    return parts


def _share(number: Summary | None, key: str, cells: list[str], context: Context) -> Any:
    if number is None or number.value is None:
        return no_data(context)
    label = context.formats.share(number.value, 0)
    return rows_link(label, context, key, *cells) if number.n else label


def _span(number: Summary, top: float) -> Element:
    """Median as a bar, p90 as a line that goes on from it."""
    style = {"--share": f"{min(1, (number.value or 0) / top) * 100:.1f}%"}
    marks = [html.Span(className="span-fill")]
    if number.p90 is not None:
        style["--end"] = f"{min(1, number.p90 / top) * 100:.1f}%"
        marks.append(html.Span(className="span-tail"))
    return html.Span(marks, className="span-bar", style=style)


def _rest(times: Times, context: Context) -> Element | None:
    text = context.text
    if times.every:
        link = view_link(text("quality.fewer"), context.view(every=None), "link")
        return html.P(link, className="ranks-few")
    hidden = len(times.groups) - times.shown
    if hidden <= 0:
        return None
    label = text.plural("times.others", hidden, n=context.formats.count(hidden))
    link = view_link(text("quality.show_all"), context.view(every="group"), "link")
    return html.P([label, " ", link], className="ranks-few")
