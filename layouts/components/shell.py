"""What surrounds every page: navigation, the queue chip, page title, age of the data, account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.svg import logo
from layouts.icons import icon


@dataclass(frozen=True)
class Entry:
    """A page in the navigation.

    Attributes:
        path: Its route.
        icon: Its icon.
        roles: Who sees it there.
        group: Entries of one group stand together.
        shares_filters: Whether its link carries the filters of the present page along.
    """

    path: str
    icon: str
    roles: frozenset[str]
    group: int
    shares_filters: bool = False


# As many as a thumb can tell apart.
TABS = 4
MANAGER, ANALYST, WALL = "manager", "analyst", "wall"
ENTRIES = (
    Entry("/operations", "broadcast", frozenset({MANAGER, ANALYST, WALL}), 0),
    Entry("/overview", "columns-gap", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/quality", "emoji-smile", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/times", "stopwatch", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/crosstabs", "grid-3x3", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/telephony", "telephone", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/staffing", "calendar2-week", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/backoffice", "diagram-3", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/details", "table", frozenset({MANAGER}), 1, shares_filters=True),
    Entry("/analyst", "flag", frozenset({MANAGER, ANALYST}), 2),
    Entry("/alerts", "bell", frozenset({MANAGER}), 3),
    Entry("/status", "hdd-network", frozenset({MANAGER}), 3),
    Entry("/accounts", "people", frozenset({MANAGER}), 3),
)


def page_frame(
    context: Context,
    title: str,
    content: Any,
    tools: Sequence[Any] = (),
    beside_title: Sequence[Any] = (),
    entries: Sequence[Entry] = ENTRIES,
) -> html.Div:
    """A desk page: navigation at the left (tabs below on a phone), header, content.

    Args:
        context: The reader; `context.path` marks the present page.
        title: The page's name.
        content: What the page shows.
        tools: Buttons at the right of the header.
        beside_title: Controls right of the title, such as the choice of a period.
        entries: The pages that the navigation offers, before the role is looked at.
    """
    header = html.Header(
        [
            html.H1(title),
            *beside_title,
            html.Div(id=ids.HEADER_AGES, className="ages"),
            *tools,
        ],
        className="page-header",
    )
    return html.Div(
        [
            navigation(context, entries),
            html.Main([header, html.Div(content, className="page-content")], className="page"),
            tabs(context, entries),
        ],
        className="app",
    )


def navigation(context: Context, entries: Sequence[Entry] = ENTRIES) -> html.Nav:
    """The column at the left: mark, queue chip, pages, account."""
    colours = context.palette
    links: list[Any] = []
    group = 0
    for entry in _visible(context, entries):
        if entry.group != group and links:
            links.append(html.Hr())
        group = entry.group
        links.append(_link(context, entry, "nav"))
    return html.Nav(
        [
            html.Div([logo(colours["ink1"], colours["accent"], 24), "Vigia"], className="brand"),
            html.Div(id=ids.QUEUE_CHIP),
            *links,
            _account(context),
        ],
        className="nav",
        **{"aria-label": context.text("nav.label")},
    )


def tabs(context: Context, entries: Sequence[Entry] = ENTRIES) -> html.Nav:
    """The same pages as tabs at the bottom of a phone; the last leads to what has no room."""
    shown = _visible(context, entries)
    rest: list[Entry] = []
    if len(shown) > TABS:
        # The present page keeps a tab, wherever it stands.
        ordered = sorted(shown[2:], key=lambda entry: entry.path != context.path)
        rest = [entry for entry in shown[2:] if entry is not ordered[0]]
        shown = [*shown[:2], ordered[0]]
    links: list[Any] = [_link(context, entry, "tabs") for entry in shown]
    if rest:
        words = context.text("nav.more")
        summary = html.Summary(
            [icon("three-dots"), html.Span(words, className="nav-word")], className="nav-link-other"
        )
        more = html.Div([_link(context, entry, "more") for entry in rest], className="tabs-sheet")
        links.append(html.Details([summary, more], className="tabs-more"))
    return html.Nav(
        links,
        className="tabs",
        **{"aria-label": context.text("nav.label")},
    )


def _visible(context: Context, entries: Sequence[Entry]) -> list[Entry]:
    return [
        entry
        for entry in entries
        if context.role in entry.roles and (context.wall or entry.path != "/operations")
    ]


def _link(context: Context, entry: Entry, place: str) -> dcc.Link:
    here = context.path == entry.path
    key = f"nav.{entry.path.strip('/')}"
    own = f"{key}_{context.role}"
    name = context.text(own if context.text.has(own) else key)
    carried = {"id": ids.carrying(place, entry.path)} if entry.shares_filters else {}
    told = [html.Span(id=ids.NAV_ALERTS)] if (entry.path, place) == ("/alerts", "nav") else []
    return dcc.Link(
        [icon(entry.icon), html.Span(name, className="nav-word"), *told],
        **carried,
        href=entry.path,
        className="nav-link-here" if here else "nav-link-other",
        title=name,
    )


def _account(context: Context) -> html.Div:
    text = context.text
    other_theme = "light" if context.theme == "dark" else "dark"
    other_language = "en" if text.language == "pt-BR" else "pt-BR"
    names = context.name.split() or ["?"]
    initials = names[0][0] + (names[-1][0] if len(names) > 1 else "")
    return html.Div(
        [
            html.Div(
                [
                    html.Span(initials.upper(), className="avatar", **{"aria-hidden": "true"}),
                    html.Span(
                        [context.name, html.Small(text(f"nav.role.{context.role}"))],
                        className="account-name",
                    ),
                ],
                className="account-who",
            ),
            html.Div(
                [
                    *([_own(context)] if context.role != WALL else []),
                    _preference(
                        "moon" if context.theme == "light" else "sun",
                        text(f"nav.theme.{other_theme}"),
                        "vigia_theme",
                        other_theme,
                    ),
                    _preference(
                        "translate",
                        text(f"nav.language.{other_language}"),
                        "vigia_lang",
                        other_language,
                    ),
                    html.Button(
                        icon("box-arrow-right"),
                        className="icon-button",
                        title=text("nav.logout"),
                        **{"data-logout": "", "aria-label": text("nav.logout")},
                    ),
                ],
                className="account-tools",
            ),
        ],
        className="account",
    )


def _own(context: Context) -> html.A:
    """The way to one's own account: password, second factor, sessions."""
    words = context.text("nav.own")
    return html.A(
        icon("person"), href="/me", className="icon-button", title=words, **{"aria-label": words}
    )


def _preference(name: str, label: str, cookie: str, value: str) -> html.Button:
    """A button that keeps a choice in a cookie and draws the page anew (`preferences.js`)."""
    return html.Button(
        icon(name),
        className="icon-button",
        title=label,
        **{"data-cookie": cookie, "data-value": value, "aria-label": label},
    )
