"""The settings page: what managers decide, group by group, with who changed what."""

import json
from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import plain_table
from layouts.components.panel import panel, pill
from layouts.components.shell import page_frame
from layouts.components.states import empty
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.pages.settings.data import (
    CHANGES,
    GROUPS,
    PAGE,
    PATH,
    SCALES,
    TOKENS,
    ChangeRow,
    Choice,
    Field,
    Preview,
    TokenField,
    find_unit,
)

LONGEST_SHOWN = 90


def page(context: Context) -> Element:
    text = context.text
    content = [
        dcc.Store(id=_id("action")),
        dcc.Store(id=_id("done")),
        dcc.Store(id=_id("draft")),
        dcc.Download(id=_id("download")),
        html.Span(id=_id("said"), hidden=True),
        html.Div(id=_id("preview"), **{"aria-live": "polite"}),
        html.Div(html.Div(className="skeleton skeleton-panel"), id=_id("group")),
    ]
    return page_frame(context, text("settings.title"), html.Div(content, className="stack"))


def groups(here: str, content: Any, context: Context) -> Element:
    text = context.text
    links = [
        view_link(
            text(f"settings.group.{group}"),
            f"{PATH}?group={group}",
            "settings-tab settings-tab-on" if group == here else "settings-tab",
        )
        for group in (*GROUPS, TOKENS, CHANGES)
    ]
    nav = html.Nav(links, className="settings-tabs", **{"aria-label": text("settings.groups")})
    return html.Div([nav, html.Div(content, className="stack")], className="settings")


def fields(group: str, shown: Sequence[Field], context: Context) -> Element:
    text = context.text
    more = view_link(text("settings.rules"), "/alerts#alerts--sheet", "link")
    return panel(
        text(f"settings.group.{group}"),
        [_field(one, context) for one in shown],
        text(f"settings.words.{group}"),
        tools=[more] if group == "alerts" else _file_tools(context),
        footnote=text("settings.foot"),
        class_name="settings-panel",
    )


def tokens(forms: Sequence[Sequence[TokenField]], context: Context) -> Element:
    text = context.text
    return panel(
        text("settings.group.tokens"),
        [_token_form(form, context) for form in forms],
        text("settings.words.tokens"),
        footnote=text("settings.tokens_foot"),
        class_name="settings-panel",
    )


def changes(rows: Sequence[ChangeRow], context: Context) -> Element:
    text = context.text
    heads = [text(f"settings.head.{name}") for name in ("at", "by", "what", "do")]
    table = plain_table(
        heads, [_change_row(row, context) for row in rows], "settings-changes", words=len(heads)
    )
    body: Any = html.Div(table, className="table-frame")
    return panel(
        text("settings.group.changes"),
        body if rows else empty(context, text("settings.no_changes")),
        text("settings.words.changes"),
        tools=_file_tools(context),
    )


def preview(shown: Preview, context: Context) -> Element:
    """What a chosen file would do, before it does it."""
    text = context.text
    parts: list[Any] = [
        html.P([icon("exclamation-triangle-fill"), words], className="settings-wrong")
        for words in shown.problems
    ]
    if shown.values and not shown.problems:
        rows = [
            [name_setting(p, context), _change(p, *v, context)] for p, v in shown.values.items()
        ]
        heads = [text("settings.head.setting"), text("settings.head.what")]
        parts.append(html.Div(plain_table(heads, rows, "settings-changes", words=2)))
    elif not shown.problems:
        parts.append(html.P(text("settings.import.nothing")))
    parts += [
        html.P(f"{name_setting(path, context)}: {reason}", className="settings-help")
        for path, reason in shown.kept.items()
    ]
    tools = [_button("cancel", text("settings.import.cancel"), "x-lg")]
    if shown.values and not shown.problems:
        words = text.plural("settings.import.apply", len(shown.values), n=len(shown.values))
        tools.append(_button("import", words, "check-lg", primary=True))
    return panel(text("settings.import.title"), parts, tools=tools, class_name="settings-panel")


def name_setting(path: str, context: Context) -> str:
    text, parts = context.text, path.split(".")
    if len(parts) == 3 and parts[0] == "alerts":
        rule = text(f"alerts.rule.{parts[1]}")
        key = "alerts.switch" if parts[2] == "enabled" else f"alerts.setting.{parts[2]}"
        return text(key, rule=rule) if text.has(key) else f"{rule}: {parts[2]}"
    key = f"settings.label.{path}"
    return text(key) if text.has(key) else path


def spell(path: str, value: Any, context: Context) -> str:
    """A value in words; JSON where nothing plainer is known."""
    text = context.text
    if value is None or value in ([], {}, ""):
        return text("settings.none")
    if isinstance(value, bool):
        return text("settings.yes" if value else "settings.no")
    if isinstance(value, int | float):
        unit = find_unit(path)
        number = spell_number(path, value, context)
        return f"{number} {text(f'settings.unit.{unit}')}" if unit else number
    if isinstance(value, str):
        key = f"settings.choice.{path}.{value}"
        return text(key) if text.has(key) else value
    return ", ".join(_items(value))


def spell_number(path: str, value: float, context: Context) -> str:
    words = f"{round(value / SCALES.get(path, 1), 6):g}"
    return words.replace(".", ",") if context.text.language == "pt-BR" else words


def _items(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            f"{key}: {', '.join(map(_plain, held)) if isinstance(held, list) else held}"
            for key, held in value.items()
        ]
    return [_plain(one) for one in value]


def _plain(one: Any) -> str:
    if isinstance(one, dict) and "intercom" in one:
        return f"{one['intercom']} = {one['aircall']}"
    if isinstance(one, dict):
        return str(one.get("name") or one.get("id"))
    return json.dumps(one) if isinstance(one, bool) else str(one)


def _field(one: Field, context: Context) -> Element:
    text = context.text
    help_key = f"settings.help.{one.path}"
    label = name_setting(one.path, context)
    words: list[Any] = [html.Span(label, className="settings-label", id=_id(f"label-{one.path}"))]
    if text.has(help_key):
        words.append(html.Small(text(help_key), className="settings-help"))
    controls: list[Any] = [_control(one, label, context)]
    if one.wrong:
        controls.append(
            html.Span(
                [icon("exclamation-triangle-fill"), one.wrong],
                className="settings-wrong",
                role="alert",
            )
        )
    controls.append(_origin(one, context))
    return html.Div(
        [
            html.Div(words, className="settings-words"),
            html.Div(controls, className="settings-control"),
        ],
        className="settings-field" + (" settings-field-wrong" if one.wrong else ""),
    )


def _origin(one: Field, context: Context) -> Element | None:
    text = context.text
    if one.fixed:
        words = text("settings.fixed", place=one.fixed)
        return html.Span([icon("lock-fill"), words], className="settings-origin")
    if not one.is_decided:
        return None
    when = context.formats.moment(one.at) if one.at else ""
    by = text("settings.decided", by=one.by or "?", at=when)
    back = html.Button(
        [icon("arrow-counterclockwise"), text("settings.reset")],
        className="link link-button",
        **_act("reset", one.path),
    )
    return html.Span([by, " · ", back], className="settings-origin")


def _control(one: Field, label: str, context: Context) -> Element:
    if one.fixed and one.kind != "switch":
        shown = spell(one.path, one.value, context)
        if one.kind == "choice" and one.value is not None:
            shown = dict(one.choices).get(str(one.value), shown)
        return html.Span(shown, className="settings-value bidi")
    draw = {
        "switch": _switch,
        "choice": _choice,
        "number": _number,
        "text": _text,
        "list": _list,
        "pairs": _pairs,
        "teams": _teams,
        "people": _people,
    }[one.kind]
    return draw(one, label, context)


def _switch(one: Field, label: str, context: Context) -> Element:
    return html.Button(
        html.Span(className="switch-dot"),
        className="switch",
        role="switch",
        disabled=bool(one.fixed),
        **{"aria-checked": "true" if one.value else "false", "aria-label": label},
        **_act("set", one.path, value="false" if one.value else "true"),
    )


def _choice(one: Field, label: str, context: Context) -> Element:
    return html.Label(
        _select(one.choices, label, str(one.value)),
        key=f"{one.path}-{one.value}",
        **_act("set", one.path),
    )


def _number(one: Field, label: str, context: Context) -> Element:
    unit = find_unit(one.path)
    shown = "" if one.value is None else spell_number(one.path, one.value, context)
    parts = [_input(one.path, label, shown, inputMode="decimal", maxLength=12)]
    if unit:
        parts.append(html.Span(context.text(f"settings.unit.{unit}"), className="settings-unit"))
    return html.Label(parts, className="settings-number", **_act("set", one.path))


def _text(one: Field, label: str, context: Context) -> Element:
    known = _id(f"known-{one.path}")
    field = _input(one.path, label, one.value or "", list=known if one.choices else None)
    return html.Label([field, _known(known, one.choices)], **_act("set", one.path))


def _list(one: Field, label: str, context: Context) -> Element:
    names = dict(one.choices)
    chips = [
        _chip(one.path, str(place), names.get(str(value), str(value)), context)
        for place, value in enumerate(one.value)
    ]
    free = [choice for choice in one.choices if choice[0] not in map(str, one.value)]
    return html.Div([*chips, _adder(one.path, [(free, one.is_closed)], context)], className="chips")


def _pairs(one: Field, label: str, context: Context) -> Element:
    names, others = dict(one.choices), dict(one.others)
    chips = []
    for key, held in one.value.items():
        values = held if isinstance(held, list) else [held]
        words = ", ".join(others.get(str(value), _plain(value)) for value in values)
        chips.append(_chip(one.path, key, f"{names.get(key, key)}: {words}", context))
    parts = [(one.choices, one.is_closed), (one.others, bool(one.others))]
    return html.Div([*chips, _adder(one.path, parts, context)], className="chips")


def _teams(one: Field, label: str, context: Context) -> Element:
    text = context.text
    names = dict(one.choices)
    rows = []
    for place, team in enumerate(one.value):
        name = team.get("name") or names.get(team["id"]) or team["id"]
        goal = "" if team.get("online_text") is None else str(team["online_text"])
        own = text("settings.team_goal", team=name)
        field = _input(f"{one.path}-{team['id']}", own, goal, inputMode="numeric", maxLength=4)
        rows.append(
            html.Div(
                [
                    _chip(one.path, str(place), name, context),
                    html.Label(
                        [html.Span(text("settings.own_goal")), field],
                        className="settings-number",
                        **_act("goal", one.path, life=str(place)),
                    ),
                ],
                className="settings-row",
            )
        )
    held = {team["id"] for team in one.value}
    free = [choice for choice in one.choices if choice[0] not in held]
    return html.Div([*rows, _adder(one.path, [(free, one.is_closed)], context)], className="chips")


def _people(one: Field, label: str, context: Context) -> Element:
    names, others = dict(one.choices), dict(one.others)
    chips = [
        _chip(
            one.path,
            str(place),
            f"{names.get(pair['intercom'], pair['intercom'])} = "
            f"{others.get(pair['aircall'], pair['aircall'])}",
            context,
        )
        for place, pair in enumerate(one.value)
    ]
    parts = [(choices, bool(choices)) for choices in (one.choices, one.others)]
    return html.Div([*chips, _adder(one.path, parts, context)], className="chips")


def _chip(path: str, key: str, words: str, context: Context) -> Element:
    label = f"{context.text('settings.remove')}: {words}"
    remove = html.Button(
        icon("x"), title=label, **{"aria-label": label}, **_act("drop", path, value=key)
    )
    return html.Span([html.Span(words, className="bidi"), remove], className="settings-chip")


def _adder(
    path: str, parts: Sequence[tuple[Sequence[Choice], bool]], context: Context
) -> Element | None:
    """A choice where the vendors have some, and a field for what they do not tell."""
    if any(is_closed and not choices for choices, is_closed in parts):
        return None
    text = context.text
    label = name_setting(path, context)
    fields: list[Any] = []
    for place, (choices, is_closed) in enumerate(parts):
        words = f"{text('settings.add')}: {label}"
        if is_closed:
            fields.append(_select([("", text("settings.choose")), *choices], words, ""))
            continue
        known = _id(f"add-{path}-{place}")
        hint = f"settings.hint.{path}.{place}"
        fields.append(
            html.Span(
                [
                    _input(
                        f"add-{path}-{place}",
                        words,
                        "",
                        placeholder=text(hint) if text.has(hint) else None,
                        list=known if choices else None,
                        type="date" if path.endswith("holidays") else "text",
                    ),
                    _known(known, choices),
                ]
            )
        )
    button = html.Button(
        [icon("plus-lg"), text("settings.add")], className="button", **_act("add", path)
    )
    return html.Span([*fields, button], className="settings-adder", **{"data-form": "all"})


def _select(choices: Sequence[Choice], label: str, chosen: str) -> Element:
    options = [
        html.Option(words, value=value, selected=value == chosen) for value, words in choices
    ]
    return html.Select(options, className="field-select", **{"aria-label": label})


def _known(name: str, choices: Sequence[Choice]) -> Element | None:
    if not choices:
        return None
    options = [
        html.Option(value=value, label=words if words != value else None)
        for value, words in choices
    ]
    return html.Datalist(options, id=name)


def _input(key: str, label: str, value: str, **attributes: Any) -> Element:
    given = {name: one for name, one in attributes.items() if one is not None}
    field = dcc.Input(
        id=_id(f"field-{key.replace('.', '-')}"),
        value=value,
        autoComplete="off",
        **{"type": "text", "maxLength": 200, **given},
    )
    return html.Span([html.Span(label, className="unseen"), field], className="settings-input")


def _token_form(form: Sequence[TokenField], context: Context) -> Element:
    text = context.text
    names = [text(f"settings.token.{token.name}") for token in form]
    first = form[0]
    words = [
        html.Span(" + ".join(names), className="settings-label"),
        html.Small(text(f"settings.token_help.{first.name}"), className="settings-help"),
    ]
    control: list[Any] = [
        html.Span(_tell_token(token, context), className="settings-origin") for token in form
    ]
    if not any(token.fixed for token in form):
        fields = [
            _input(
                token.name,
                name,
                "",
                type="password",
                placeholder=text(f"settings.token_hint.{token.name}") if len(form) > 1 else None,
                maxLength=2000,
            )
            for token, name in zip(form, names, strict=True)
        ]
        keys = ",".join(token.name for token in form)
        save = html.Button(text("settings.save"), className="button", **_act("token", keys))
        control.append(
            html.Span([*fields, save], className="settings-adder", **{"data-form": "all"})
        )
        if any(token.is_set for token in form):
            asked = {
                "data-confirm": text("settings.forget.ask", name=" + ".join(names)),
                "data-confirm-words": text("settings.forget.effect"),
                "data-confirm-yes": text("settings.forget.do"),
                "data-confirm-no": text("accounts.ask.no"),
            }
            control.append(
                html.Button(
                    [icon("trash"), text("settings.forget.do")],
                    className="link link-button",
                    **_act("forget", keys),
                    **asked,
                )
            )
    return html.Div(
        [
            html.Div(words, className="settings-words"),
            html.Div(control, className="settings-control"),
        ],
        className="settings-field",
    )


def _tell_token(token: TokenField, context: Context) -> list[Any]:
    text = context.text
    if token.fixed:
        return [icon("lock-fill"), text("settings.fixed", place=token.fixed)]
    if not token.is_set or token.at is None:
        return [text("settings.token_absent")]
    if not token.is_readable:
        return [icon("exclamation-triangle-fill"), text("settings.token_unreadable")]
    at = context.formats.moment(token.at)
    words = text("settings.token_set", at=at, by=token.by)
    return [words + (text("settings.token_ending", ending=token.ending) if token.ending else "")]


def _change_row(row: ChangeRow, context: Context) -> list[Any]:
    text = context.text
    lines = [
        html.Div([html.B(name_setting(path, context)), " ", _change(path, *values, context)])
        for path, values in row.values.items()
    ]
    how = [pill(text(f"settings.how.{row.how}"), "quiet")] if row.how != "screen" else []
    undo = html.Button(
        [icon("arrow-counterclockwise"), text("settings.undo")],
        className="button",
        **_act("undo", row.id),
    )
    return [
        context.formats.moment(row.at),
        html.Span([html.Span(row.by, className="bidi"), " ", *how]),
        html.Div(lines, className="settings-lines"),
        undo,
    ]


def _change(path: str, before: Any, after: Any, context: Context) -> Element:
    old, new = (_shorten(spell(path, value, context)) for value in (before, after))
    return html.Span(
        [html.Span(old, className="quiet bidi"), " → ", html.Span(new, className="bidi")]
    )


def _shorten(words: str) -> str:
    return words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}…"


def _file_tools(context: Context) -> list[Element]:
    text = context.text
    choose = html.Button(
        [icon("filetype-yml"), text("settings.import.choose")],
        className="button",
        **{"data-settings-file": text("settings.import.too_large")},
    )
    return [_button("export", text("settings.export"), "filetype-yml"), choose]


def _button(act: str, words: str, name: str, *, primary: bool = False) -> Element:
    return html.Button(
        [icon(name), words],
        className="button button-primary" if primary else "button",
        **_act(act, ""),
    )


def _act(act: str, name: str, **data: str) -> dict[str, str]:
    more = {f"data-{key}": value for key, value in data.items()}
    return {"data-act": f"{PAGE}.{act}", "data-name": name, **more}


def _id(key: str) -> str:
    return ids.panel(PAGE, key)
