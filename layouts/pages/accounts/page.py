"""The accounts page: people, machines, and who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import plain_table
from layouts.components.panel import panel, pill
from layouts.components.popover import chooser
from layouts.components.shell import page_frame
from layouts.components.states import banner, empty, message
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon

PAGE = "accounts"
PATH = "/accounts"
ROLES = ("manager", "analyst", "wall")
REACHES = ("all", "aggregates", "metrics")


@dataclass(frozen=True)
class Person:
    """An account.

    Attributes:
        agent: Name of the Intercom admin with that e-mail; None = nobody.
        read_only: Whether it comes from the settings.
        temporary: Whether its password was told by somebody else.
        seen: Last sign-in; None = never.
    """

    email: str
    name: str
    role: str
    agent: str | None
    read_only: bool
    disabled: bool
    temporary: bool
    factor: bool
    seen: datetime | None
    own: bool


@dataclass(frozen=True)
class TokenRow:
    id: str
    name: str
    reach: str
    made_at: datetime
    made_by: str
    used_at: datetime | None


@dataclass(frozen=True)
class AuditLine:
    at: datetime
    what: str
    who: str
    about: Mapping[str, Any]


@dataclass(frozen=True)
class AuditTrail:
    """The audit, as far as it is asked for.

    Attributes:
        page: Which one, from 0.
        first: Number of its first line, from 1.
        what: Only this kind; empty = all.
        who: Only this person; empty = all.
        days: So long things are kept.
    """

    lines: Sequence[AuditLine]
    page: int
    first: int
    more: bool
    what: str
    who: str
    kinds: Sequence[str]
    people: Sequence[str]
    days: float


def trail(shown: AuditTrail, context: Context) -> Element:
    text = context.text
    days = context.formats.count(shown.days)
    foot = text("accounts.trail.foot", days=days)
    heads = [text(f"accounts.trail.head.{head}") for head in ("at", "who", "what", "about")]
    table = plain_table(
        heads, [_trail_row(line, context) for line in shown.lines], "trail-table", words=4
    )
    body: Any = [html.Div(table, className="table-frame"), _turns(shown, context)]
    if not shown.lines:
        body = [empty(context, text("accounts.trail.nothing")), _turns(shown, context)]
    return panel(
        text("accounts.trail.title"),
        body,
        tools=[_kinds(shown, context), _people(shown, context)],
        footnote=foot,
    )


def _turns(shown: AuditTrail, context: Context) -> Element | None:
    if not shown.page and not shown.more:
        return None
    text, count = context.text, context.formats.count
    last = shown.first + len(shown.lines) - 1
    where = text("accounts.trail.range", first=count(shown.first), last=count(last))
    turns: list[Any] = [html.Span(where if shown.lines else "")]
    for on, name, page, key in (
        (shown.page > 0, "chevron-left", shown.page, "rows.newer"),
        (shown.more, "chevron-right", shown.page + 2, "rows.older"),
    ):
        if on:
            attributes: dict[str, Any] = {"title": text(key), "aria-label": text(key)}
            href = context.view(page=str(page) if page > 1 else None)
            turns.append(view_link(icon(name), href, "icon-button", **attributes))
    return html.Div(turns, className="rows-foot")


def _kinds(shown: AuditTrail, context: Context) -> Element:
    text = context.text
    everything = text("accounts.trail.all")
    choices = [(everything, context.view(what=None), not shown.what)]
    choices += [
        (text(f"accounts.trail.kind.{kind}"), context.view(what=kind), shown.what == kind)
        for kind in shown.kinds
    ]
    value = text(f"accounts.trail.kind.{shown.what}") if shown.what else everything
    target = ids.panel(PAGE, "trail-what")
    return chooser(target, text("accounts.trail.head.what"), value, choices)


def _people(shown: AuditTrail, context: Context) -> Element:
    text = context.text
    everybody = text("accounts.trail.everybody")
    choices = [(everybody, context.view(who=None), not shown.who)]
    choices += [(who, context.view(who=who), shown.who == who) for who in shown.people]
    target = ids.panel(PAGE, "trail-who")
    return chooser(target, text("accounts.trail.head.who"), shown.who or everybody, choices)


def _trail_row(line: AuditLine, context: Context) -> list[Any]:
    text = context.text
    return [
        context.formats.moment(line.at),
        html.Span(line.who or text("accounts.trail.stranger"), className="bidi"),
        text(f"accounts.trail.kind.{line.what}"),
        html.Span(" · ".join(_about(line.about, context)), className="bidi"),
    ]


def _about(about: Mapping[str, Any], context: Context) -> list[str]:
    """Words for those that have some, else as they were noted."""
    text = context.text
    parts = []
    for name, value in about.items():
        key = f"accounts.trail.{name}.{value}"
        if text.has(key):
            parts.append(text(key))
        elif text.has(f"accounts.trail.about.{name}"):
            parts.append(text(f"accounts.trail.about.{name}", value=value))
        else:
            parts.append(str(value))
    return parts


def page(context: Context) -> Element:
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


def secret_notice(title: str, secret: str, context: Context) -> Element:
    text, place = context.text, _id("secret")
    copy = html.Button(
        [icon("copy"), text("accounts.copy")],
        className="button",
        **{"data-copy": place, "data-copied": text("accounts.copied")},
    )
    content = html.Span([html.Code(secret, id=place), " ", text("accounts.once")])
    return banner("information", title, content, copy)


def people(people: Sequence[Person], context: Context) -> Element:
    text = context.text
    heads = [text(f"accounts.head.{head}") for head in ("person", "role", "intercom", "seen", "do")]
    table = plain_table(
        heads,
        [_person_row(person, context) for person in people],
        "accounts-table",
        words=len(heads),
    )
    count = text.plural("accounts.count", len(people), n=context.formats.count(len(people)))
    frame = html.Div(table, className="table-frame")
    return panel(text("accounts.people"), frame, count, footnote=text("accounts.foot"))


def unmatched(admins: Sequence[tuple[str, str]], context: Context) -> Any:
    text = context.text
    if not admins:
        return None
    rows = [[html.Span(name, className="name bidi"), html.Span(email)] for name, email in admins]
    heads = [text("accounts.head.admin"), text("accounts.head.email")]
    frame = html.Div(plain_table(heads, rows, words=2), className="table-frame")
    count = text.plural("accounts.count", len(admins), n=context.formats.count(len(admins)))
    foot = text("accounts.unmatched_foot")
    return panel(text("accounts.unmatched"), frame, count, footnote=foot)


def tokens(machines: Sequence[TokenRow], context: Context) -> Element:
    text = context.text
    if not machines:
        nothing = message(
            "empty", context, text("accounts.no_tokens"), text("accounts.no_tokens_words")
        )
        return panel(text("accounts.tokens"), nothing)
    heads = [text(f"accounts.head.{h}") for h in ("machine", "reach", "made", "used", "do")]
    rows = [
        [
            html.Span(machine.name, className="name bidi"),
            text(f"accounts.reach.{machine.reach}"),
            f"{context.formats.moment(machine.made_at)} · {machine.made_by}",
            _last(machine.used_at, text("accounts.head.used"), context),
            html.Div(_token_button(machine, context), className="accounts-do"),
        ]
        for machine in machines
    ]
    table = plain_table(heads, rows, "accounts-table", words=len(heads))
    return panel(text("accounts.tokens"), html.Div(table, className="table-frame"))


def _person_row(person: Person, context: Context) -> list[Any]:
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


def _last(at: datetime | None, what: str, context: Context) -> Element:
    """A telephone, which has no heads of columns, is told `what`."""
    label = context.formats.moment(at) if at else context.text("accounts.never")
    return html.Span([html.Span(f"{what}: ", className="on-phone"), label])


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
    actions = [
        (changeable, "reset", "arrow-counterclockwise"),
        (person.factor and not person.own, "factor", "lock-fill"),
        (not person.own, "sessions", "box-arrow-right"),
        (changeable, shut, "check-lg" if person.disabled else "pause-circle"),
        (changeable, "remove", "trash"),
    ]
    return [_button(person, act, name, context) for on, act, name in actions if on]


def _button(person: Person, act: str, name: str, context: Context) -> Element:
    text = context.text
    label = text(f"accounts.do.{act}")
    asked = {} if act == "enable" else _asked(act, context, name=person.name)
    return html.Button(
        icon(name),
        className="icon-button",
        title=label,
        **{"aria-label": f"{label}: {person.name}"},
        **_act(act, person.email),
        **asked,
    )


def _token_button(machine: TokenRow, context: Context) -> Element:
    label = context.text("accounts.do.revoke")
    return html.Button(
        icon("trash"),
        className="icon-button",
        title=label,
        **{"aria-label": f"{label}: {machine.name}"},
        **_act("revoke", machine.id),
        **_asked("revoke", context, name=machine.name),
    )


def _act(act: str, name: str) -> dict[str, str]:
    return {"data-act": f"{PAGE}.{act}", "data-name": name}


def _asked(act: str, context: Context, name: str) -> dict[str, str]:
    text = context.text
    return {
        "data-confirm": text(f"accounts.ask.{act}", name=name),
        "data-confirm-words": text(f"accounts.effect.{act}"),
        "data-confirm-yes": text(f"accounts.do.{act}"),
        "data-confirm-no": text("accounts.ask.no"),
    }


def _add_form(context: Context) -> Element:
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


def _token_form(context: Context) -> Element:
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


def _field(key: str, label: str, kind: str = "text") -> Element:
    field = dcc.Input(id=_id(key), type=kind, value="", autoComplete="off", maxLength=200)
    return html.Label([html.Span(label), field], className="accounts-field")


def _choice(key: str, label: str, options: dict[str, str], value: str) -> Element:
    return html.Div(
        [
            html.Span(label),
            dcc.RadioItems(id=_id(key), options=options, value=value, className="accounts-choice"),
        ],
        className="accounts-field",
    )


def _id(key: str) -> str:
    return ids.panel(PAGE, key)
