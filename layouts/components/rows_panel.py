"""The rows behind a number, in a panel from the right; full screen on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.download import excel_button
from layouts.components.panel import open_link, recording_link, segmented
from layouts.components.search import search_field
from layouts.components.states import message
from layouts.components.view_link import view_link
from layouts.elements import Element, dbc, html
from layouts.icons import icon

STATE_ICONS = {
    "open": "circle-half",
    "closed": "check-lg",
    "snoozed": "pause-circle",
    "ticket_closed": "check-lg",
}
CALL_ICONS = {
    "inbound": "telephone-inbound",
    "outbound": "telephone-outbound",
    "missed": "telephone-x",
    "outbound_unanswered": "telephone-minus",
}
DONE = ("closed", "ticket_closed")
ORDERS = (None, "oldest", "agent")
VALUE_ORDERS = ("most", "least")


@dataclass(frozen=True)
class Conversation:
    """`span` is in seconds until it was closed, or since it was made; None where nobody knows.

    `decision` is what a person may say of a row that looks like a call: "conversation", or "call"
    to take that back; empty where there is nothing to say.
    """

    id: str
    at: datetime
    subject: str
    about: Sequence[str]
    state: str
    span: float | None
    mark: str
    url: str | None
    decision: str = ""


@dataclass(frozen=True)
class Call:
    """`kind` is a key of `CALL_ICONS`, `outcome` of the metrics' parts; `talk` is in seconds."""

    id: str
    at: datetime
    who: str
    kind: str
    outcome: str
    about: Sequence[str]
    talk: float | None
    mark: str
    has_recording: bool


@dataclass(frozen=True)
class Head:
    """`parts` are (words, address, chosen): the rows for and against a share."""

    crumbs: Sequence[str]
    title: str
    count: str
    unit: str
    notes: Sequence[str]
    parts: Sequence[tuple[str, str, bool]]
    find: str
    order: str | None
    has_values: bool
    export: str


def panel(head: Head, context: Context) -> Element:
    """Its list is filled by a callback of its own, so that typing is not disturbed."""
    counts: list[Any] = [html.B(head.count, className="rows-count"), f" {head.unit}"]
    parts: list[Any] = [
        html.H2(head.title, className="bidi", title=head.title),
        html.P(
            [html.Span(counts), *[html.Span(n, className="quieter") for n in head.notes]],
            className="rows-counts",
        ),
    ]
    if head.parts:
        parts.append(segmented(head.parts, head.title, "rows-parts", "replace"))
    return frame(head.crumbs, parts, [_tools(head, context), _list_place()], head.title, context)


def refused(context: Context) -> Element:
    text = context.text
    notice = message("empty", context, text("rows.unusable"), text("rows.unusable_words"))
    return frame([], [], [notice], text("rows.unusable"), context)


def rows(
    lines: Sequence[Conversation | Call],
    first: int,
    total: int,
    pages: tuple[str | None, str | None],
    context: Context,
) -> list[Any]:
    """`first` counts from 0; `pages` are the addresses of the page before and the page after."""
    text, formats = context.text, context.formats
    if not lines:
        return [message("empty", context, text("rows.nothing"), text("rows.nothing_words"))]
    items = [
        _conversation(line, context) if isinstance(line, Conversation) else _call(line, context)
        for line in lines
    ]
    where = text(
        "rows.range",
        first=formats.count(first + 1),
        last=formats.count(first + len(lines)),
        n=formats.count(total),
    )
    turns = [
        view_link(
            icon(name),
            href,
            "icon-button",
            mode="replace",
            title=text(key),
            **{"aria-label": text(key)},
        )
        for name, href, key in (
            ("chevron-left", pages[0], "rows.newer"),
            ("chevron-right", pages[1], "rows.older"),
        )
        if href
    ]
    foot = [html.Span(where), *turns, html.Span(text("rows.hint"), className="rows-hint")]
    return [html.Ul(items, className="rows-list"), html.Div(foot, className="rows-foot")]


def frame(
    crumbs: Sequence[str],
    head: list[Any],
    body: list[Any],
    label: str,
    context: Context,
    class_name: str = "",
) -> Element:
    """What opens beside a page, with the way to close it."""
    text = context.text
    parts: list[Any] = []
    for crumb in crumbs:
        parts += [icon("chevron-right")] if parts else []
        parts.append(html.Span(crumb, className="bidi"))
    close = html.Button(
        icon("x-lg"),
        className="icon-button rows-close",
        title=text("rows.close"),
        **{"data-close-rows": "", "aria-label": text("rows.close")},
    )
    top = html.Div([html.P(parts, className="rows-crumbs"), close], className="rows-top")
    return html.Aside(
        [html.Div([top, *head], className="rows-head"), *body],
        className=f"rows-panel {class_name}".strip(),
        role="dialog",
        tabIndex="-1",
        **{"aria-label": label},
    )


def _tools(head: Head, context: Context) -> Element:
    text = context.text
    orders = (*ORDERS, *(VALUE_ORDERS if head.has_values else ()))
    return html.Div(
        [
            search_field(ids.panel(ids.ROWS, "find"), head.find, text("rows.find")),
            dbc.Select(
                id=ids.panel(ids.ROWS, "order"),
                options=[
                    {"label": text(f"rows.order.{order or 'newest'}"), "value": order or "newest"}
                    for order in orders
                ],
                value=head.order or "newest",
                class_name="rows-order",
            ),
            excel_button(context, head.export),
        ],
        className="rows-tools",
    )


def _list_place() -> Element:
    waiting = [html.Div(className="skeleton rows-waiting") for _ in range(8)]
    return html.Div(waiting, id=ids.panel(ids.ROWS, "list"), className="rows-body")


def _conversation(conversation: Conversation, context: Context) -> Element:
    text, formats = context.text, context.formats
    subject = conversation.subject or text("rows.no_subject")
    label = text(f"rows.state.{conversation.state}")
    span = ""
    if conversation.span is not None:
        key = "rows.closed_in" if conversation.state in DONE else "rows.since"
        span = " " + text(key, span=formats.duration(conversation.span))
    state = html.Span(
        [icon(STATE_ICONS.get(conversation.state, "circle-half")), label],
        className=f"row-state row-{conversation.state}",
    )
    link = open_link(conversation.url, text("states.open")) if conversation.url else html.Span()
    if conversation.decision:
        act = {"data-act": f"rows.{conversation.decision}", "data-name": conversation.id}
        words = text(f"rows.decide.{conversation.decision}")
        link = html.Div([link, html.Button(words, className="button button-quiet", **act)])
    about = [*conversation.about]
    return _line(conversation.at, subject, about, [state, span], conversation.mark, link, context)


def _call(call: Call, context: Context) -> Element:
    text, formats = context.text, context.formats
    parts = [text(f"rows.call.{call.kind}")]
    if call.outcome:
        parts.append(text(f"metrics.parts.{call.outcome}"))
    if call.talk is not None:
        parts.append(text("rows.talked", span=formats.duration(call.talk)))
    state = html.Span([icon(CALL_ICONS[call.kind]), ", ".join(parts)], className="row-state")
    listen = recording_link(call.id, context) if call.has_recording else html.Span()
    return _line(call.at, call.who, [*call.about], [state], call.mark, listen, context)


def _line(
    at: datetime,
    first: str,
    about: list[str],
    state: list[Any],
    mark: str,
    link: Any,
    context: Context,
) -> Element:
    known: list[Any] = []
    for words in about:
        if words:
            known += [*([" · "] if known else []), html.Span(words, className="bidi")]
    second: list[Any] = [html.Span(known, className="row-about")] if known else []
    if mark:
        second.append(html.Span(mark, className="row-mark"))
    return html.Li(
        [
            html.Span(
                context.formats.moment(at),
                className="row-when",
                title=context.formats.full_moment(at),
            ),
            html.Div(
                [
                    html.P(first, className="row-first bidi", title=first),
                    html.P([*second, html.Span(state)], className="row-second"),
                ],
                className="row-words",
            ),
            link,
        ],
        tabIndex="-1",
    )
