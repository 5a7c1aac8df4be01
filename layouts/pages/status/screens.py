"""Televisions: their links, which are shown once, and whether they are alive."""

from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.live_time import age
from layouts.components.panel import panel, pill
from layouts.icons import icon
from layouts.pages.status.data import PAGE, Screen, Status
from layouts.slack.mrkdwn import plain

LINK = ids.panel(PAGE, "link-words")


def screens_frame(context: Context) -> html.Section:
    """The form, the place of a new link, and the place of the list."""
    text = context.text
    form = html.Div(
        [
            dcc.Input(
                id=ids.panel(PAGE, "device-name"),
                type="text",
                maxLength=80,
                placeholder=text("status.device_name"),
                autoComplete="off",
            ),
            html.Button(
                [icon("tv"), text("status.make_link")],
                className="button",
                **{"data-act": f"{PAGE}.device"},
            ),
        ],
        className="form-line",
        **{"data-form": ""},
    )
    return panel(
        text("status.screens"),
        [
            html.P(text("status.screens_words"), className="quiet"),
            form,
            html.Div(id=ids.panel(PAGE, "link")),
            html.Div(id=ids.panel(PAGE, "screens")),
        ],
        class_name="status-screens",
    )


def new_link(name: str, address: str, context: Context) -> html.Div:
    """A link that nobody can see again."""
    text = context.text
    return html.Div(
        [
            html.P([html.B(text("status.link_made", name=plain(name)), className="bidi")]),
            html.Code(address, id=LINK, className="link-words"),
            html.Div(
                [
                    html.Button(
                        [icon("copy"), text("status.copy")],
                        className="button button-primary",
                        **{"data-copy": LINK, "data-copied": text("rows.link_copied")},
                    ),
                    html.Span(text("status.link_once"), className="quiet"),
                ],
                className="form-line",
            ),
        ],
        className="new-link",
        role="status",
    )


def screens(status: Status, context: Context) -> list[Any]:
    """Every screen with its last sign of life."""
    text = context.text
    if not status.screens and not status.kiosks:
        return [html.P(text("status.no_screens"), className="quiet screens-none")]
    rows = [_row(screen, status, context) for screen in (*status.screens, *status.kiosks)]
    heads = [
        html.Th(text(f"status.head.{column}"), className="left", scope="col")
        for column in ("screen", "alive", "made", "revoke")
    ]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(rows)], className="grid-table screens-table"
    )
    return [html.Div(table, className="table-frame")]


def _row(screen: Screen, status: Status, context: Context) -> html.Tr:
    text, formats = context.text, context.formats
    made = formats.moment(screen.made_at) if screen.made_at else text("status.kiosk")
    name = plain(screen.name)
    cells = [
        html.Span(name, className="name bidi", title=name),
        _alive(screen, status, context),
        html.Span(made, className="quiet"),
        _revoke(screen, context) if screen.id else "",
    ]
    return html.Tr([html.Td(cell, className="left") for cell in cells])


def _alive(screen: Screen, status: Status, context: Context) -> html.Span:
    text = context.text
    if screen.seen_at is None:
        return html.Span(text("status.never_opened"), className="quieter")
    seen = age(screen.seen_at, status.at, context)
    if screen.is_silent:
        silent = pill(text("status.silent"), "attention", "exclamation-triangle-fill")
        return html.Span([silent, seen], className="alive")
    return html.Span([icon("check2", "good"), seen], className="alive")


def _revoke(screen: Screen, context: Context) -> html.Button:
    text = context.text
    return html.Button(
        [icon("trash"), text("status.revoke")],
        className="button button-quiet",
        **{
            "data-act": f"{PAGE}.revoke",
            "data-device": screen.id,
            "data-confirm": text("status.revoke_title", name=plain(screen.name)),
            "data-confirm-words": text("status.revoke_words"),
            "data-confirm-yes": text("status.revoke"),
            "data-confirm-no": text("status.back"),
        },
    )
