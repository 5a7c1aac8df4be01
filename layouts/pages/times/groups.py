"""The table of times: people, teams or reasons, with median, mean, p90 and n of both."""

from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.panel import figure_panel, no_data, pill, segmented
from layouts.components.states import empty
from layouts.components.view_link import rows_link, view_link
from layouts.pages.times.data import PAGE, Group, Times
from metrics.model.summary import Summary

GROUPS = ("agent", "team", "reason")
BOTH = (
    ("first_response_time", "first_response_within_target"),
    ("time_to_close", "close_within_target"),
)


def panel(times: Times, context: Context) -> html.Section:
    """One line per group, the slowest first response first, and the total."""
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
        body = empty(context, text("overview.reason_missing", label=times.label))
    elif not times.groups:
        body = empty(context, text("times.nothing.first_response_time"))
    else:
        body = [html.Div(_table(times, context), className="table-frame"), _rest(times, context)]
    count = len(times.groups) + times.hidden
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
        passport=times.passports["times_by"],
    )


def _table(times: Times, context: Context) -> html.Table:
    text, formats = context.text, context.formats
    tops = {key: _top(times, key) for key, _ in BOTH}
    over = [html.Th("", className="left")]
    heads = [html.Th(text(f"times.by.{times.by}"), className="left")]
    for key, _ in BOTH:
        over.append(html.Th(text(f"metrics.{key}.label"), colSpan=6, className="left over"))
        scale = html.Span(
            [html.Span("0"), html.Span(formats.rough(tops[key]))], className="scale-head"
        )
        heads.append(html.Th(scale, className="left span-column"))
        heads += [
            html.Th(text(f"times.table.{name}"))
            for name in ("median", "mean", "p90", "within", "n")
        ]
    over.append(html.Th(""))
    heads.append(html.Th(text("metrics.reopen_rate.label")))
    rows = [
        html.Tr(_cells(group, times, tops, context), **{"data-mark": ""}) for group in times.groups
    ]
    foot = html.Tr(_cells(times.total, times, tops, context))
    return html.Table(
        [html.Thead([html.Tr(over), html.Tr(heads)]), html.Tbody(rows), html.Tfoot(foot)],
        className="grid-table times-table",
    )


def _top(times: Times, key: str) -> float:
    """The end of the scale of bars: the longest p90, or median where there is none."""
    found = [group.metrics.get(key) for group in (*times.groups, times.total)]
    return max([1.0, *(n.p90 or n.value or 0 for n in found if n is not None)])


def _cells(group: Group, times: Times, tops: dict[str, float], context: Context) -> list[html.Td]:
    formats = context.formats
    cells = [f"{times.by}:{group.key}"] if group is not times.total else []
    name: list[Any] = [html.Span(group.name, title=group.name, className="bidi")]
    if group.left:
        name += [" ", pill(context.text("overview.left"))]
    found = [html.Td(html.Div(name, className="rank-words"), className="left name")]
    for key, within in BOTH:
        number = group.metrics.get(key)
        if number is None or number.value is None:
            found.append(html.Td(no_data(context), colSpan=6, className="left"))
            continue
        p90: Any = no_data(context) if number.p90 is None else formats.rough(number.p90)
        median = rows_link(html.B(formats.duration(number.value)), context, key, *cells)
        found += [
            html.Td(_span(number, tops[key], context), className="left span-column"),
            html.Td(median),
            html.Td(formats.rough(number.mean or 0)),
            html.Td(p90),
            html.Td(_share(group.metrics.get(within), within, cells, context)),
            html.Td(formats.count(number.n), className="quieter"),
        ]
    found.append(html.Td(_share(group.metrics.get("reopen_rate"), "reopen_rate", cells, context)))
    return found


def _share(number: Summary | None, key: str, cells: list[str], context: Context) -> Any:
    if number is None or number.value is None:
        return no_data(context)
    words = context.formats.share(number.value, 0)
    return rows_link(words, context, key, *cells) if number.n else words


def _span(number: Summary, top: float, context: Context) -> html.Span:
    """Median as a bar, p90 as a line that goes on from it."""
    style = {"--share": f"{min(1, (number.value or 0) / top) * 100:.1f}%"}
    marks = [html.Span(className="span-fill")]
    if number.p90 is not None:
        style["--end"] = f"{min(1, number.p90 / top) * 100:.1f}%"
        marks.append(html.Span(className="span-tail"))
    return html.Span(marks, className="span-bar", style=style)


def _rest(times: Times, context: Context) -> html.P | None:
    text = context.text
    if times.every:
        return html.P(
            view_link(text("quality.fewer"), context.view(every=None), "link"),
            className="ranks-few",
        )
    if not times.hidden:
        return None
    words = text.plural("times.others", times.hidden, n=context.formats.count(times.hidden))
    link = view_link(text("quality.show_all"), context.view(every="group"), "link")
    return html.P([words, " ", link], className="ranks-few")
