"""What surrounds every page: navigation, the queue chip, page title, age of the data, account."""

from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.svg import logo
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.links import guide_address
from layouts.roles import PAGES, ROLES, Page

# As many as a thumb can tell apart.
TABS = 4
COOKIES = {"theme": "vigia_theme", "language": "vigia_lang"}


def page_frame(
    context: Context,
    title: str,
    content: Any,
    tools: Sequence[Any] = (),
    beside_title: Sequence[Any] = (),
) -> Element:
    ages = html.Div(id=ids.HEADER_AGES, className="ages")
    title_line = [html.H1(title), *_help_link(context), *beside_title, ages, *tools]
    header = html.Header(title_line, className="page-header")
    return html.Div(
        [
            dcc.Store(id=ids.FRAME),
            navigation(context),
            html.Main([header, html.Div(content, className="page-content")], className="page"),
            tabs(context),
        ],
        className="app",
    )


def _help_link(context: Context) -> list[Element]:
    """In a tab of its own: who reads it stays where they were."""
    page = PAGES.get(context.path)
    if page is None:
        return []
    label = context.text("help.open")
    return [
        html.A(
            icon("question-circle"),
            href=guide_address(context.role, page.name),
            target="_blank",
            className="icon-button help-link",
            title=label,
            **{"aria-label": label},
        )
    ]


def navigation(context: Context) -> Element:
    colours = context.palette
    links: list[Any] = []
    group = 0
    for page in _visible(context):
        if page.group != group and links:
            links.append(html.Hr())
        group = page.group
        links.append(_link(context, page, "nav"))
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


def tabs(context: Context) -> Element:
    """The last tab leads to what has no room."""
    shown = _visible(context)
    rest: list[Page] = []
    if len(shown) > TABS:
        # The present page keeps a tab, wherever it stands.
        ordered = sorted(shown[2:], key=lambda page: page.path != context.path)
        rest = [page for page in shown[2:] if page is not ordered[0]]
        shown = [*shown[:2], ordered[0]]
    links: list[Any] = [_link(context, page, "tabs") for page in shown]
    if rest:
        words = context.text("nav.more")
        summary = html.Summary(
            [icon("three-dots"), html.Span(words, className="nav-word")], className="nav-link-other"
        )
        more = html.Div([_link(context, page, "more") for page in rest], className="tabs-sheet")
        links.append(html.Details([summary, more], className="tabs-more"))
    return html.Nav(links, className="tabs", **{"aria-label": context.text("nav.label")})


def _visible(context: Context) -> list[Page]:
    return [
        page for page in PAGES.values() if page.is_open_to(context.role, sees_wall=context.wall)
    ]


def _link(context: Context, page: Page, place: str) -> Element:
    here = context.path == page.path
    key = f"nav.{page.name}"
    own = f"{key}_{context.role}"
    name = context.text(own if context.text.has(own) else key)
    carried = {"id": ids.carrying(place, page.path)} if page.is_report else {}
    alerts = [html.Span(id=ids.NAV_ALERTS)] if (page.path, place) == ("/alerts", "nav") else []
    return dcc.Link(
        [icon(page.icon), html.Span(name, className="nav-word"), *alerts],
        **carried,
        href=page.path,
        className="nav-link-here" if here else "nav-link-other",
        title=name,
    )


def _account(context: Context) -> Element:
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
                    *([_own_account_link(context)] if not ROLES[context.role].is_screen else []),
                    _preference_button(
                        "moon" if context.theme == "light" else "sun", "theme", other_theme, context
                    ),
                    _preference_button("translate", "language", other_language, context),
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


def _own_account_link(context: Context) -> Element:
    label = context.text("nav.own")
    return html.A(
        icon("person"), href="/me", className="icon-button", title=label, **{"aria-label": label}
    )


def _preference_button(name: str, choice: str, value: str, context: Context) -> Element:
    """Keeps a choice in a cookie and draws the page anew (`preferences.js`)."""
    label, cookie = context.text(f"nav.{choice}.{value}"), COOKIES[choice]
    return html.Button(
        icon(name),
        className="icon-button",
        title=label,
        **{"data-cookie": cookie, "data-value": value, "aria-label": label},
    )
