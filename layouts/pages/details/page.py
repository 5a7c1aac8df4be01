"""The details: a table of a hundred rows, its columns, its order and its pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.download import csv_button
from layouts.components.panel import open_link, segmented
from layouts.components.popover import popover
from layouts.components.search import search_field
from layouts.components.states import message
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon

PAGE = "details"
NUMBERS = ("count", "plain", "seconds")


@dataclass(frozen=True)
class Shown:
    key: str
    title: str
    kind: str


@dataclass(frozen=True)
class Details:
    """`first` and `last_page` count from 0; `sorted_by` is a key and whether the greatest comes
    first, None for newest first; `known` are the keys and names of all columns.
    """

    table: str
    columns: Sequence[Shown]
    rows: Sequence[Sequence[Any]]
    first: int
    total: int
    last_page: int
    find: str
    sorted_by: tuple[str, bool] | None
    known: Sequence[tuple[str, str]]
    chosen: bool


def content(shown: Details, context: Context) -> list[Any]:
    text = context.text
    body: Any = html.Div(_table(shown, context), className="table-frame details-frame")
    if not shown.rows:
        body = message("empty", context, text("details.nothing"), text("details.nothing_words"))
    parts = [_tools(shown, context), body, *([_turns(shown, context)] if shown.rows else [])]
    return [html.Section(parts, className="panel details")]


def _tools(shown: Details, context: Context) -> Element:
    text = context.text
    plain = {"column": None, "order": None, "page": None, "find": None}
    switch = segmented(
        [
            (
                text(f"details.{name}"),
                context.view(**{**plain, "of": None if name == "conversations" else name}),
                shown.table == name,
            )
            for name in ("conversations", "calls")
        ],
        text("details.table"),
    )
    count = text.plural(
        f"details.unit.{shown.table}", shown.total, n=context.formats.count(shown.total)
    )
    return html.Div(
        [
            switch,
            html.Span(count, className="panel-n details-count"),
            search_field(ids.panel(PAGE, "find"), shown.find, text("details.find")),
            _chooser(shown, context),
            csv_button(context, "/exports/details.csv"),
        ],
        className="details-tools",
    )


def _chooser(shown: Details, context: Context) -> Element:
    text = context.text
    target = ids.panel(PAGE, "columns-button")
    options = [
        {"label": html.Span(name, className="bidi choice-words", title=name), "value": key}
        for key, name in shown.known
    ]
    body = [
        html.Div(
            dcc.Checklist(
                id=ids.panel(PAGE, "columns"),
                options=options,
                value=[column.key for column in shown.columns],
                className="checklist",
            ),
            className="attribute-list",
        ),
        html.Div(
            [
                view_link(
                    text("details.columns_reset"), context.view(column=None, page=None), "link"
                )
                if shown.chosen
                else None,
                html.Button(
                    text("filters.apply"),
                    id=ids.panel(PAGE, "apply-columns"),
                    className="button button-primary",
                ),
            ],
            className="chooser-foot",
        ),
    ]
    return html.Span(
        [
            html.Button(
                [icon("layout-three-columns"), text("details.columns_button")],
                id=target,
                className="button",
                **{"aria-label": text("details.columns_label"), "aria-haspopup": "dialog"},
            ),
            popover(target, body, "chooser chooser-wide", placement="bottom-end"),
        ]
    )


def _table(shown: Details, context: Context) -> Element:
    head = html.Tr([_head(column, shown, context) for column in shown.columns])
    body = [
        html.Tr([_cell(c, value, context) for c, value in zip(shown.columns, row, strict=True)])
        for row in shown.rows
    ]
    return html.Table([html.Thead(head), html.Tbody(body)], className="grid-table details-table")


def _head(column: Shown, shown: Details, context: Context) -> Element:
    name, descending = shown.sorted_by or ("", False)
    first_down = column.kind in (*NUMBERS, "moment")
    marks: list[Any] = []
    order = f"-{column.key}" if first_down else column.key
    if name == column.key:
        marks = [icon("caret-down-fill" if descending else "caret-up-fill")]
        turned = column.key if descending else f"-{column.key}"
        # The third click goes back to newest first.
        order = turned if descending == first_down else ""
    link = view_link(
        [html.Span(column.title, className="bidi"), *marks],
        context.view(order=order or None, page=None),
        "sort-link",
        mode="replace",
        title=context.text("details.sort", label=column.title),
    )
    sort = {"aria-sort": "descending" if descending else "ascending"} if marks else {}
    side = "" if column.kind in NUMBERS else "left"
    return html.Th(link, className=side, scope="col", **sort)


def _cell(column: Shown, value: Any, context: Context) -> Element:
    if value is None:
        return html.Td("", className="" if column.kind in NUMBERS else "left")
    if column.kind == "seconds":
        return html.Td(context.formats.duration(value))
    if column.kind == "count":
        return html.Td(context.formats.count(value))
    if column.kind == "plain":
        whole = value.is_integer()
        return html.Td(str(int(value)) if whole else context.formats.decimal(value, 2))
    if column.kind == "flag":
        return html.Td(str(value).lower(), className="left")
    if column.kind == "day":
        return html.Td(context.formats.long_day(value), className="left")
    if isinstance(value, datetime):
        day = context.formats.long_day(value.date())  # Already local.
        return html.Td(f"{day} {value:%H:%M}", className="left")
    if column.kind == "link":
        ours = value.startswith("/")
        words = context.text("states.listen" if ours else "states.open")
        return html.Td(open_link(value, words), className="left")
    content = html.Span(value, className="bidi details-words", title=value)
    return html.Td(content, className="left")


def _turns(shown: Details, context: Context) -> Element:
    text, formats = context.text, context.formats
    where = text(
        "rows.range",
        first=formats.count(shown.first + 1),
        last=formats.count(shown.first + len(shown.rows)),
        n=formats.count(shown.total),
    )
    number = shown.first // 100
    turns = []
    for name, page, key in (
        ("chevron-left", number - 1, "rows.newer"),
        ("chevron-right", number + 1, "rows.older"),
    ):
        if 0 <= page <= shown.last_page:
            href = context.view(page=str(page + 1) if page else None)
            attributes: dict[str, Any] = {"title": text(key), "aria-label": text(key)}
            turns.append(view_link(icon(name), href, "icon-button", **attributes))
    return html.Div([html.Span(where), *turns], className="rows-foot")
