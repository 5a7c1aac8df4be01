"""The accounts page: people, machines, and who did what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.panel import panel, pill
from layouts.components.shell import page_frame
from layouts.components.states import banner, message
from layouts.icons import icon
from layouts.pages.accounts.data import PAGE, REACHES, ROLES, Machine, Person


def page(context: Context) -> html.Div:
    """The page's frame."""
    text = context.text
    skeleton = html.Div(className="skeleton skeleton-panel")
    content = [
        dcc.Store(id=_id("action")),
        dcc.Store(id=_id("done")),
        html.Span(id=_id("said"), hidden=True),
        html.Div(id=_id("told"), className="stack", **{"aria-live": "polite"}),
        html.Div(skeleton, id=_id("people")),
        panel(text("accounts.add.title"), _add_form(context), footnote=text("accounts.add.foot")),
        html.Div(id=_id("unmatched")),
        html.Div(id=_id("tokens")),
        panel(
            text("accounts.token.title"), _token_form(context), footnote=text("accounts.token.foot")
        ),
        html.Div(id=_id("trail")),
    ]
    return page_frame(context, text("accounts.title"), html.Div(content, className="stack"))


def told(title: str, secret: str, context: Context) -> html.Div:
    """A password or token, to be read this once."""
    text, place = context.text, _id("secret")
    copy = html.Button(
        [icon("copy"), text("accounts.copy")],
        className="button",
        **{"data-copy": place, "data-copied": text("accounts.copied")},
    )
    words = html.Span([html.Code(secret, id=place), " ", text("accounts.once")])
    return banner("information", title, words, copy)


def people(found: Sequence[Person], context: Context) -> html.Section:
    """Everybody who may sign in."""
    text = context.text
    heads = [text(f"accounts.head.{head}") for head in ("person", "role", "intercom", "seen", "do")]
    table = data_table(
        heads, [_row(person, context) for person in found], "accounts-table", words=len(heads)
    )
    count = text.plural("accounts.count", len(found), n=context.formats.count(len(found)))
    frame = html.Div(table, className="table-frame")
    return panel(text("accounts.people"), frame, count, footnote=text("accounts.foot"))


def unmatched(admins: Sequence[tuple[str, str]], context: Context) -> Any:
    """People of Intercom who have no account; nothing where everybody has one."""
    text = context.text
    if not admins:
        return None
    rows = [[html.Span(name, className="name bidi"), html.Span(email)] for name, email in admins]
    heads = [text("accounts.head.admin"), text("accounts.head.email")]
    frame = html.Div(data_table(heads, rows, words=2), className="table-frame")
    count = text.plural("accounts.count", len(admins), n=context.formats.count(len(admins)))
    foot = text("accounts.unmatched_foot")
    return panel(text("accounts.unmatched"), frame, count, footnote=foot)


def tokens(found: Sequence[Machine], context: Context) -> html.Section:
    """Machines that may ask."""
    text = context.text
    if not found:
        nothing = message(
            "empty", context, text("accounts.no_tokens"), text("accounts.no_tokens_words")
        )
        return panel(text("accounts.tokens"), nothing)
    heads = [text(f"accounts.head.{h}") for h in ("machine", "reach", "made", "used", "do")]
    rows = [
        [
            html.Span(one.name, className="name bidi"),
            text(f"accounts.reach.{one.reach}"),
            f"{context.formats.moment(one.made_at)} · {one.made_by}",
            _last(one.used_at, text("accounts.head.used"), context),
            html.Div(_token_button(one, context), className="accounts-do"),
        ]
        for one in found
    ]
    table = data_table(heads, rows, "accounts-table", words=len(heads))
    return panel(text("accounts.tokens"), html.Div(table, className="table-frame"))


def _row(person: Person, context: Context) -> list[Any]:
    text = context.text
    marks = [
        (person.own, "own", "quiet"),
        (person.read_only, "read_only", "quiet"),
        (person.disabled, "disabled", "attention"),
        (person.temporary, "temporary", "information"),
        (person.factor, "factor", "good"),
    ]
    pills = [pill(text(f"accounts.mark.{key}"), kind) for on, key, kind in marks if on]
    agent: Any = person.agent or html.Span(text("accounts.no_agent"), className="no-data")
    if person.role == "wall":
        agent = html.Span(text("accounts.needs_none"), className="no-data")
    return [
        html.Div(
            [
                html.Span(
                    [html.B(person.name, className="bidi"), *pills], className="accounts-who"
                ),
                html.Small(person.email),
            ],
            className="accounts-person",
        ),
        _role(person, context),
        agent,
        _last(person.seen, text("accounts.head.seen"), context),
        html.Div(_buttons(person, context), className="accounts-do"),
    ]


def _last(at: datetime | None, what: str, context: Context) -> html.Span:
    """When it was; a telephone, which has no heads of columns, is told what."""
    words = context.formats.moment(at) if at else context.text("accounts.never")
    return html.Span([html.Span(f"{what}: ", className="on-phone"), words])


def _role(person: Person, context: Context) -> Any:
    text = context.text
    if person.read_only or person.own:
        return text(f"nav.role.{person.role}")
    options = [
        html.Option(text(f"nav.role.{role}"), value=role, selected=role == person.role)
        for role in ROLES
    ]
    label = text("accounts.role_of", name=person.name)
    return html.Label(
        html.Select(options, className="field-select", **{"aria-label": label}),
        # Drawn anew when the role is not what was chosen here.
        key=f"{person.email}-{person.role}",
        **_act("role", person.email),
    )


def _buttons(person: Person, context: Context) -> list[Any]:
    shut = "enable" if person.disabled else "disable"
    changeable = not (person.read_only or person.own)
    wanted = [
        (changeable, "reset", "arrow-counterclockwise"),
        (person.factor and not person.own, "factor", "lock-fill"),
        (not person.own, "sessions", "box-arrow-right"),
        (changeable, shut, "check-lg" if person.disabled else "pause-circle"),
        (changeable, "remove", "trash"),
    ]
    return [_button(person, act, name, context) for on, act, name in wanted if on]


def _button(person: Person, act: str, name: str, context: Context) -> html.Button:
    text = context.text
    words = text(f"accounts.do.{act}")
    asked = {} if act == "enable" else _asked(act, context, name=person.name)
    return html.Button(
        icon(name),
        className="icon-button",
        title=words,
        **{"aria-label": f"{words}: {person.name}"},
        **_act(act, person.email),
        **asked,
    )


def _token_button(one: Machine, context: Context) -> html.Button:
    words = context.text("accounts.do.revoke")
    return html.Button(
        icon("trash"),
        className="icon-button",
        title=words,
        **{"aria-label": f"{words}: {one.name}"},
        **_act("revoke", one.id),
        **_asked("revoke", context, name=one.name),
    )


def _act(act: str, name: str) -> dict[str, str]:
    return {"data-act": f"{PAGE}.{act}", "data-name": name}


def _asked(act: str, context: Context, name: str) -> dict[str, str]:
    """What the dialog says before harm is done."""
    text = context.text
    return {
        "data-confirm": text(f"accounts.ask.{act}", name=name),
        "data-confirm-words": text(f"accounts.effect.{act}"),
        "data-confirm-yes": text(f"accounts.do.{act}"),
        "data-confirm-no": text("accounts.ask.no"),
    }


def _add_form(context: Context) -> html.Div:
    text = context.text
    return html.Div(
        [
            _field("add-email", text("accounts.add.email"), "email"),
            _field("add-name", text("accounts.add.name")),
            _choice("add-role", text("accounts.add.role"), _roles(context), "analyst"),
            html.Button(
                [icon("plus-lg"), text("accounts.add.submit")],
                id=_id("add-button"),
                className="button button-primary",
            ),
        ],
        className="accounts-form",
    )


def _token_form(context: Context) -> html.Div:
    text = context.text
    reaches = {reach: text(f"accounts.reach.{reach}") for reach in REACHES}
    return html.Div(
        [
            _field("token-name", text("accounts.token.name")),
            _choice("token-reach", text("accounts.token.reach"), reaches, "aggregates"),
            html.Button(
                [icon("plus-lg"), text("accounts.token.submit")],
                id=_id("token-button"),
                className="button button-primary",
            ),
        ],
        className="accounts-form",
    )


def _roles(context: Context) -> dict[str, str]:
    return {role: context.text(f"nav.role.{role}") for role in ROLES}


def _field(key: str, label: str, kind: str = "text") -> html.Label:
    field = dcc.Input(id=_id(key), type=kind, value="", autoComplete="off", maxLength=200)
    return html.Label([html.Span(label), field], className="accounts-field")


def _choice(key: str, label: str, options: dict[str, str], value: str) -> html.Div:
    return html.Div(
        [
            html.Span(label),
            dcc.RadioItems(id=_id(key), options=options, value=value, className="accounts-choice"),
        ],
        className="accounts-field",
    )


def _id(key: str) -> str:
    return ids.panel(PAGE, key)
