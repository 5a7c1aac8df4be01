"""Single cases and stocks of the times page: the slowest, what is due, age, reopened, SLA."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from layouts.components.context import Context
from layouts.components.live_time import server_time, timer
from layouts.components.panel import figure_panel, open_link, segmented
from layouts.components.states import empty, message
from layouts.components.typed_table import Column, Table, carry
from layouts.components.view_link import rows_link, view_link
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.pages.times.data import PAGE, Case, Times
from metrics.model.summary import Summary

KINDS = ("first_response_time", "time_to_close")


def slowest(times: Times, context: Context) -> Element:
    text = context.text
    switch = segmented(
        [
            (
                text(f"metrics.{key}.short"),
                context.view(slow=None if key == KINDS[0] else "close"),
                times.slow_key == key,
            )
            for key in KINDS
        ],
        text("metrics.slowest.label"),
    )
    body: Any = empty(context, text(f"times.nothing.{times.slow_key}"))
    note = None
    if times.slowest:
        items = [
            _case(html.B(context.formats.duration(case.seconds)), case, context)
            for case in times.slowest[: times.cases]
        ]
        first = Column(text(f"metrics.{times.slow_key}.label"), "seconds")
        typed = _list_cases(text("metrics.slowest.label"), [first], times.slowest, context)
        body = carry(typed, html.Ol(items, className="cases"))
        every = context.view(rows=times.slow_key, rows_order="most")
        note = view_link(text("times.all_by_length"), every, "link")
    return figure_panel(
        PAGE,
        "slowest",
        text("metrics.slowest.label"),
        body,
        None,
        context,
        tools=[switch],
        footnote=note,
        info=times.infos["slowest"],
    )


def due(times: Times, context: Context) -> Element:
    """Our own countdown: open conversations without a first response, soonest first."""
    text, formats = context.text, context.formats
    total = sum(times.due_parts.values())
    body: Any
    if total:
        parts = [
            _part_words("awaiting_first_response", part, count, context, f"due-{part}")
            for part, count in times.due_parts.items()
        ]
        items = []
        for case in times.due[: times.cases]:
            assert case.since is not None
            assert case.due_at is not None
            key = "times.was_due" if case.due == "overdue" else "times.is_due"
            lead = [
                timer(case.since, times.at, context, f"due-timer due-{case.due}"),
                html.Small(text(key, at=_when(case.due_at, times.at, context))),
            ]
            used = min(1.0, (times.at - case.since).total_seconds() / times.target)
            style = {"--share": f"{used * 100:.1f}%"}
            items.append(_case(html.Span(lead), case, context, f"due due-{case.due}", style))
        first = [Column(text("times.waits"), "seconds"), Column(text("times.due_at"), "moment")]
        typed = _list_cases(text("times.due"), first, times.due, context)
        body = [
            server_time(times.at),
            html.Div(parts, className="part-words"),
            carry(typed, html.Ol(items, className="cases")),
        ]
    else:
        body = message("calm", context, text("times.none_due"), text("times.none_due_words"))
    more = total - min(len(times.due), times.cases)
    note: list[Any] = [text("times.due_note", span=formats.duration(times.target))]
    if more > 0:
        label = text.plural("times.more_due", more, n=formats.count(more))
        note += [" ", rows_link(label, context, "awaiting_first_response", class_name="link")]
    return figure_panel(
        PAGE,
        "awaiting_first_response",
        text("times.due"),
        body,
        None,
        context,
        population=text("times.now_n", n=formats.count(total)),
        footnote=html.Span(note),
        info=times.infos["awaiting_first_response"],
    )


def backlog(times: Times, context: Context) -> Element:
    """As they are now, whatever the period."""
    text, formats = context.text, context.formats
    total = sum(times.backlog.values())
    body: Any = message("calm", context, text("times.none_open"))
    if total:
        body = _bars(text("metrics.backlog_age.label"), "backlog_age", times.backlog, context)
    return figure_panel(
        PAGE,
        "backlog_age",
        text("metrics.backlog_age.label"),
        body,
        None,
        context,
        population=text("times.now_n", n=formats.count(total)),
        footnote=text("times.backlog_note"),
        info=times.infos["backlog_age"],
    )


def sla(times: Times, context: Context) -> Element:
    text, formats = context.text, context.formats
    total = sum(times.sla.values())
    info = times.infos["sla_hit_rate"]
    title = text("times.sla")
    if not total:
        nothing = empty(context, text("times.no_sla"))
        return figure_panel(PAGE, "sla_parts", title, nothing, None, context, info=info)
    rate = times.sla_rate
    note = text("times.no_sla_decided")
    if rate.value is not None and rate.low is not None and rate.high is not None:
        note = text(
            "times.sla_note",
            share=formats.share(rate.value),
            low=formats.decimal(rate.low * 100),
            high=formats.decimal(rate.high * 100),
            n=formats.count(rate.n),
        )
    return figure_panel(
        PAGE,
        "sla_parts",
        title,
        _bars(title, "sla_hit_rate", times.sla, context),
        None,
        context,
        population=text("units.n", n=formats.count(total)),
        footnote=note,
        info=info,
    )


def reopened(times: Times, context: Context) -> Element:
    text, formats = context.text, context.formats
    rate, price = times.reopen_rate, times.price
    info = times.infos["reopened"]
    title = text("metrics.reopened.label")
    if rate.value is None:
        nothing = empty(context, text("times.no_reopens"))
        return figure_panel(PAGE, "reopened", title, nothing, None, context, info=info)
    count = round(rate.value * rate.n)
    share: Any = formats.share(rate.value)
    if count:
        share = rows_link(share, context, "reopen_rate", "value:1")
    label = text("times.reopened_of", count=formats.count(count), n=formats.count(rate.n))
    body: list[Any] = [
        html.P([html.Span(share, className="fact-value"), " ", label], className="fact")
    ]
    if price.value is not None:
        first, last = times.reopened
        longest = max(first.value or 0, last.value or 0, 1)
        lines = [
            _length(text("times.first_close"), first, longest, context),
            _length(text("times.last_close"), last, longest, context),
        ]
        columns = [Column(title, "text"), Column(text("times.table.median"), "seconds")]
        columns += [Column(text("times.table.mean"), "seconds"), Column(text("times.table.n"))]
        values = [
            (text(f"times.{name}"), number.value, number.mean, number.n)
            for name, number in zip(("first_close", "last_close"), times.reopened, strict=True)
        ]
        drawn = html.Table(html.Tbody(lines), className="grid-table lengths")
        body.append(carry(Table(title, columns, values), drawn))
        label = text(
            "times.price",
            median=formats.duration(price.value),
            mean=formats.duration(price.mean or 0),
            p90=formats.duration(price.p90) if price.p90 is not None else text("states.no_data"),
        )
        see = text.plural("rows.see", price.n, n=formats.count(price.n))
        link = rows_link(see, context, "reopen_price", class_name="link")
        body.append(html.P([label, " ", link], className="fact"))
    return figure_panel(
        PAGE,
        "reopened",
        title,
        body,
        None,
        context,
        population=text("units.n", n=formats.count(rate.n)),
        info=info,
    )


def _length(name: str, number: Summary, longest: float, context: Context) -> Element:
    style = {"--share": f"{(number.value or 0) / longest * 100:.1f}%"}
    bar = html.Div(html.Span(className="bar-fill"), className="bar", style=style)
    median = context.text("rows.median", value=context.formats.duration(number.value or 0))
    return html.Tr(
        [html.Td(name, className="left"), html.Td(bar, className="part-bar"), html.Td(median)]
    )


def _bars(title: str, key: str, parts: Mapping[str, int], context: Context) -> Element:
    text, formats = context.text, context.formats
    most, total = max(parts.values()), sum(parts.values())
    rows = []
    values = []
    for part, count in parts.items():
        name = f"metrics.parts.{part}"
        called = text(name) if text.has(name) else part
        values.append((called, count, count / total))
        style = {"--share": f"{count / most * 100:.1f}%"}
        bar: Any = html.Div(
            html.Span(className=f"bar-fill part-{part.strip('<>')}"), className="bar", style=style
        )
        number: Any = html.B(formats.count(count))
        if count:
            cell = f"part:{part}"
            silent = {"tabIndex": "-1", "aria-hidden": "true"}
            bar = rows_link(bar, context, key, cell, **silent)
            number = rows_link(number, context, key, cell)
        cells = [
            html.Td(called, className="left bidi"),
            html.Td(bar, className="part-bar"),
            html.Td(number),
            html.Td(formats.share(count / total), className="quieter"),
        ]
        rows.append(html.Tr(cells, **{"data-mark": ""}))
    columns = [Column(title, "text"), Column("n", sums=True)]
    columns.append(Column(text("times.table.part"), "share"))
    table = html.Table(html.Tbody(rows), className="grid-table parts-table")
    return carry(Table(title, columns, values), html.Div(table, className="table-frame"))


def _when(instant: datetime, now: datetime, context: Context) -> str:
    """Of other days than today, the day too."""
    formats = context.formats
    of_today = instant.astimezone(formats.zone).date() == now.astimezone(formats.zone).date()
    return formats.clock(instant) if of_today else formats.moment(instant)


def _part_words(key: str, part: str, count: int, context: Context, class_name: str) -> Element:
    number: Any = html.B(context.formats.count(count))
    if count:
        number = rows_link(number, context, key, f"part:{part}")
    mark = icon("exclamation-triangle-fill", "warn") if part == "overdue" and count else None
    label = f" {context.text(f'metrics.parts.{part}')}"
    return html.Span([mark, number, label], className=class_name)


def _list_cases(
    name: str, first: Sequence[Column], cases: Sequence[Case], context: Context
) -> Table:
    """`first` is how long each took or waits, and where its clock still runs, when it is due."""
    text = context.text
    columns = [
        *first,
        *[Column(text(f"details.columns.{key}"), "text") for key in ("subject", "agent", "team")],
        Column(text("times.by.reason"), "text"),
        Column(text("details.columns.created_at"), "moment"),
        Column(text("details.columns.link"), "link"),
    ]
    rows = [
        [
            *(case.seconds, case.due_at)[: len(first)],
            case.subject,
            *case.about,
            case.at,
            case.url,
        ]
        for case in cases
    ]
    return Table(name, columns, rows)


def _case(
    lead: Any,
    case: Case,
    context: Context,
    class_name: str = "",
    style: Mapping[str, str] | None = None,
) -> Element:
    text = context.text
    about = [*case.about, context.formats.moment(case.at)]
    words = [
        html.Span(case.subject or text("rows.no_subject"), className="row-first bidi"),
        html.Span(" · ".join(part for part in about if part), className="row-second"),
    ]
    parts = [
        html.Div(lead, className="case-lead"),
        html.Div(words, className="case-words"),
        open_link(case.url, text("states.open")) if case.url else None,
    ]
    return html.Li(parts, className=class_name, style=dict(style) if style else None)
