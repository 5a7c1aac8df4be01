"""What one agent did in the period, in a panel from the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts.components.context import Context
from layouts.components.panel import open_link, recording_link
from layouts.components.states import message
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.pages.operations.timeline import Timeline, timeline_section

STATE_ICONS = {"open": "circle-half", "closed": "check2", "snoozed": "pause-circle"}
CALL_ICONS = {
    "inbound": "telephone-inbound",
    "missed": "telephone-x",
    "passed": "telephone-forward",
}


@dataclass(frozen=True)
class Ticket:
    id: str
    created_at: datetime
    subject: str
    team: str
    state: str
    url: str | None


@dataclass(frozen=True)
class Call:
    """`kind` is a key of the calls' words."""

    id: str
    started_at: datetime
    kind: str
    line: str
    talk_seconds: float | None
    has_recording: bool


@dataclass(frozen=True)
class Drawer:
    """`period` is today or 48h; rows are newest first; `calls` is None without telephony."""

    agent_id: str
    name: str
    close: str
    period: str
    at: datetime
    tickets: Sequence[Ticket]
    all_tickets: int
    calls: Sequence[Call] | None
    all_calls: int
    timeline: Timeline | None = None


def drawer(drawer: Drawer, context: Context) -> Element:
    text, formats = context.text, context.formats
    tickets = text.plural(
        "operations.drawer.conversations", drawer.all_tickets, n=formats.count(drawer.all_tickets)
    )
    counts: list[Any] = [html.B(tickets)]
    if drawer.calls is not None:
        words = text.plural(
            "operations.drawer.calls", drawer.all_calls, n=formats.count(drawer.all_calls)
        )
        counts += [", ", html.B(words)]
    key = "period.words_48h" if drawer.period == "48h" else "period.today"
    at = formats.clock(drawer.at)
    period = text("operations.drawer.of", period=text(f"operations.{key}"), at=at)
    body: list[Any] = []
    if drawer.timeline is not None:
        body.append(timeline_section(drawer.timeline, context))
    body.append(
        _part(
            text("operations.drawer.conversations_title"),
            [_ticket(ticket, context) for ticket in drawer.tickets],
            drawer.all_tickets,
            text("operations.drawer.no_conversations"),
            context,
        )
    )
    if drawer.calls is not None:
        body.append(
            _part(
                text("operations.drawer.calls_title"),
                [_call(call, context) for call in drawer.calls],
                drawer.all_calls,
                text("operations.drawer.no_calls"),
                context,
            )
        )
    head = [
        html.P(period, className="quieter"),
        html.H2(drawer.name, className="bidi", title=drawer.name),
        html.P(counts, className="drawer-counts"),
    ]
    label = text("operations.drawer.title", name=drawer.name)
    return _frame(head, body, drawer.close, label, drawer.agent_id, context)


def refused(close: str, context: Context) -> Element:
    text = context.text
    title = text("operations.drawer.forbidden")
    notice = message("shuttered", context, title, text("operations.drawer.forbidden_words"))
    return _frame([], [notice], close, title, "", context)


def unknown(close: str, context: Context) -> Element:
    text = context.text
    title = text("operations.drawer.unknown")
    notice = message("empty", context, title, text("operations.drawer.unknown_words"))
    return _frame([], [notice], close, title, "", context)


def _frame(
    head: list[Any], body: list[Any], close: str, label: str, agent_id: str, context: Context
) -> Element:
    text = context.text
    way_out = dcc.Link(
        [icon("x-lg"), html.Span(text("operations.drawer.close"), className="unseen")],
        href=close,
        className="icon-button drawer-close",
        title=text("operations.drawer.close"),
    )
    return html.Aside(
        [
            html.Div([html.Div(head), way_out], className="drawer-head"),
            html.Div(body, className="drawer-body"),
            html.P(text("operations.drawer.hint"), className="drawer-foot"),
        ],
        className="drawer",
        role="dialog",
        tabIndex="-1",
        **{"aria-label": label, "data-agent": agent_id},
    )


def _part(title: str, rows: list[Element], total: int, nothing: str, context: Context) -> Element:
    formats = context.formats
    note = ""
    if total > len(rows):
        note = context.text(
            "operations.drawer.cut", shown=formats.count(len(rows)), n=formats.count(total)
        )
    head = html.Div(
        [html.H3(title), html.Span(note, className="quieter")], className="drawer-title"
    )
    body = html.Ul(rows) if rows else html.P(nothing, className="drawer-nothing")
    return html.Section([head, body])


def _ticket(ticket: Ticket, context: Context) -> Element:
    text = context.text
    subject = ticket.subject or text("operations.assignments.no_subject")
    state = html.Span(
        [
            icon(STATE_ICONS.get(ticket.state, "circle-half")),
            text(f"operations.state.{ticket.state}"),
        ],
        className=f"ticket-state ticket-{ticket.state}",
    )
    about = [ticket.team, " · ", state] if ticket.team else [state]
    return html.Li(
        [
            html.Span(context.formats.moment(ticket.created_at), className="drawer-when"),
            html.Div(
                [
                    html.P(subject, className="bidi drawer-subject", title=subject),
                    html.Small(about),
                ]
            ),
            open_link(ticket.url, text("states.open")) if ticket.url else html.Span(),
        ]
    )


def _call(call: Call, context: Context) -> Element:
    text = context.text
    label = text(f"operations.calls.{call.kind}")
    about = [call.line] if call.line else []
    if call.talk_seconds is not None:
        about.append(
            text("operations.calls.talked", span=context.formats.duration(call.talk_seconds))
        )
    listen = recording_link(call.id, context) if call.has_recording else html.Span()
    mark = icon(
        CALL_ICONS.get(call.kind, "telephone-outbound" if "out" in call.kind else "telephone")
    )
    return html.Li(
        [
            html.Span(context.formats.moment(call.started_at), className="drawer-when"),
            html.Div(
                [
                    html.P([mark, label[0].upper() + label[1:]], className="drawer-subject"),
                    html.Small(" · ".join(about)),
                ]
            ),
            listen,
        ]
    )
