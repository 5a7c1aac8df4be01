"""Pieces of the lists in the analyst's panel: a menu, a table, its cells, and more of it."""

from collections.abc import Sequence
from typing import Any

from dash import html

from layouts import ids
from layouts.components.context import Context
from layouts.components.live_time import lasting
from layouts.components.panel import open_link
from layouts.components.popover import popover
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.values import Panel, Row

PAGE = "analyst"
PATH = "/analyst"
# Each press of «more» shows so many more, up to the most that an address may ask for.
MORE, MOST = 50, 500


def menu(
    key: str,
    words: Any,
    options: Sequence[tuple[str, str, bool]],
    class_name: str = "button button-quiet",
) -> html.Span:
    """A word that opens a list of links; the choice lives in the address.

    Args:
        key: Of its id.
        words: On the button.
        options: (words, href, chosen), in order.
        class_name: Of the button.
    """
    target = ids.panel(PAGE, f"menu-{key}")
    inside = words if isinstance(words, list) else [html.Span(words), icon("chevron-down")]
    links = [
        html.Li(
            html.A(
                name,
                href=href,
                className="choice choice-on bidi" if chosen else "choice bidi",
                **{"data-go": "push"},
            )
        )
        for name, href, chosen in options
    ]
    return html.Span(
        [
            html.Button(inside, id=target, className=class_name, type="button"),
            popover(target, html.Ul(links), placement="bottom-end"),
        ],
        className="menu",
    )


def more(own: Panel, shown: int, total: int, name: str, context: Context) -> html.P | None:
    """How many of how many are shown, and a link to more."""
    if shown >= total:
        return None
    text, formats = context.text, context.formats
    words = text("analyst.shown", shown=formats.count(shown), n=formats.count(total))
    if shown >= MOST:
        return html.P(f"{words} {text('analyst.shown_end')}", className="list-more quieter")
    wanted = {name: str(min(MOST, shown + MORE))}
    step = min(MORE, total - shown)
    link = html.A(
        text("analyst.show_more", n=formats.count(step)),
        href=view(PATH, own.head.choices, **wanted),
        className="link",
        **{"data-go": "replace"},
    )
    return html.P([words, " ", link], className="list-more quieter")


def table(heads: Sequence[tuple[str, str]], rows: Sequence[html.Tr], name: str) -> html.Div:
    """A table of the panel; on a phone its rows are cards.

    Args:
        heads: (words, side class) of each column.
        rows: Below them.
        name: Class of the table.
    """
    head = html.Thead(html.Tr([html.Th(words, className=side) for words, side in heads]))
    drawn = html.Table([head, html.Tbody(list(rows))], className=f"grid-table two-lines {name}")
    return html.Div(drawn, className="table-frame")


def subject(row: Row, context: Context) -> html.Span:
    """What the conversation is about."""
    words = row.subject or context.text("analyst.no_subject")
    return html.Span(words, title=words, className="bidi" if row.subject else "quieter")


def reason(row: Row, context: Context) -> html.Span:
    """Its reason, or that it has none."""
    if row.reason:
        return html.Span(row.reason, title=row.reason, className="bidi")
    return html.Span(context.text("analyst.unclassified"), className="quieter")


def opening(row: Row, context: Context, button: bool = False) -> html.A | html.Span:
    """The way to that very conversation; none as long as the workspace is not known."""
    if not row.url:
        return html.Span(row.id, className="quieter")
    return open_link(row.url, context.text("states.open"), button=button)


def ago(row: Row, own: Panel, context: Context) -> Any:
    """How long it has been closed, counting on."""
    if row.closed_at is None:
        return html.Span(context.text("analyst.no_close"), className="no-data")
    before = html.Span(context.text("analyst.closed_ago") + " ", className="phone-only")
    running = lasting(row.closed_at, own.now, context)
    return html.Span([before, running], title=context.formats.full_moment(row.closed_at))
