"""The audit as managers read it."""

from collections.abc import Mapping
from typing import Any

from dash import html

from layouts import ids
from layouts.components.chooser import chooser
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.panel import panel
from layouts.components.states import empty
from layouts.components.view_link import view_link
from layouts.icons import icon
from layouts.pages.accounts.data import PAGE, Line, Trail


def trail(shown: Trail, context: Context) -> html.Section:
    """Who did what, with filters that live in the address."""
    text = context.text
    days = context.formats.count(shown.days)
    foot = text("accounts.trail.foot", days=days)
    heads = [text(f"accounts.trail.head.{head}") for head in ("at", "who", "what", "about")]
    table = data_table(heads, [_row(line, context) for line in shown.lines], "trail-table", words=4)
    body: Any = [html.Div(table, className="table-frame"), _turns(shown, context)]
    if not shown.lines:
        body = [empty(context, text("accounts.trail.nothing")), _turns(shown, context)]
    return panel(
        text("accounts.trail.title"),
        body,
        tools=[_kinds(shown, context), _people(shown, context)],
        footnote=foot,
    )


def _turns(shown: Trail, context: Context) -> html.Div | None:
    """Where one is in a list of several pages, and the ways on."""
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
            said: dict[str, Any] = {"title": text(key), "aria-label": text(key)}
            href = context.view(page=str(page) if page > 1 else None)
            turns.append(view_link(icon(name), href, "icon-button", **said))
    return html.Div(turns, className="rows-foot")


def _kinds(shown: Trail, context: Context) -> html.Span:
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


def _people(shown: Trail, context: Context) -> html.Span:
    text = context.text
    everybody = text("accounts.trail.everybody")
    choices = [(everybody, context.view(who=None), not shown.who)]
    choices += [(who, context.view(who=who), shown.who == who) for who in shown.people]
    target = ids.panel(PAGE, "trail-who")
    return chooser(target, text("accounts.trail.head.who"), shown.who or everybody, choices)


def _row(line: Line, context: Context) -> list[Any]:
    text = context.text
    return [
        context.formats.moment(line.at),
        html.Span(line.who or text("accounts.trail.stranger"), className="bidi"),
        text(f"accounts.trail.kind.{line.what}"),
        html.Span(" · ".join(_about(line.about, context)), className="bidi"),
    ]


def _about(about: Mapping[str, Any], context: Context) -> list[str]:
    """What it was done to: words for those that have some, else as they were noted."""
    text = context.text
    said = []
    for name, value in about.items():
        key = f"accounts.trail.{name}.{value}"
        if text.has(key):
            said.append(text(key))
        elif text.has(f"accounts.trail.about.{name}"):
            said.append(text(f"accounts.trail.about.{name}", value=value))
        else:
            said.append(str(value))
    return said
