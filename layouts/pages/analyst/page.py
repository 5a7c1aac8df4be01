"""The analyst's own panel: the goal, what is still missing, what was done, own results."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import pill
from layouts.components.shell import page_frame
from layouts.components.states import banner, message
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.choices import LISTS, people, periods, person_name
from layouts.pages.analyst.goal import hero
from layouts.pages.analyst.history import history_panel
from layouts.pages.analyst.lists import pending_panel
from layouts.pages.analyst.results import calls_panel, comments_panel, ratings_panel, times_panel
from layouts.pages.analyst.values import Head, Panel, Person
from metrics.classification.suggestions import Growth

PAGE = "analyst"
PATH = "/analyst"


def page(context: Context) -> html.Div:
    """The page's frame; what depends on person and period is filled by its callback."""
    title = context.text(f"analyst.title_{context.role}")
    content = html.Div(
        [
            html.Div(className="skeleton skeleton-hero"),
            html.Div(className="skeleton skeleton-panel"),
        ],
        id=ids.panel(PAGE, "content"),
        className="analyst",
    )
    stores = [dcc.Store(id=ids.panel(PAGE, key)) for key in ("version", "celebrated")]
    head = html.Div(id=ids.panel(PAGE, "head"), className="analyst-head")
    return page_frame(context, title, [*stores, content], beside_title=[head])


def head(shown: Head, context: Context) -> list[Any]:
    """Beside the title: whose panel, which days, and the files."""
    parts: list[Any] = []
    if context.role == "manager":
        parts.append(people(shown, context))
    parts.append(periods(shown, context))
    if shown.download is not None:
        parts.append(
            html.A(
                [icon("file-earmark-spreadsheet"), html.Span("Excel")],
                href=f"{PATH}/export.xlsx{shown.download}",
                className="button analyst-excel",
                title=context.text("analyst.export.title"),
                download="",
            )
        )
    return parts


def content(own: Panel, context: Context, notices: Sequence[Any] = ()) -> list[Any]:
    """What is drawn for the present person and period."""
    lists = [pending_panel(own, context), history_panel(own, context)]
    results = [
        ratings_panel(own, context),
        times_panel(own, context),
        calls_panel(own, context),
        comments_panel(own, context),
    ]
    parts = [
        *notices,
        None if own.own else _looking_at(own, context),
        growth_note(own.growth, context, own.name),
        hero(own, context),
        html.Div(
            [
                html.Div(lists, className="analyst-lists"),
                html.Div(
                    [part for part in results if part is not None], className="analyst-results"
                ),
            ],
            className="analyst-columns",
        ),
        _jumps(context) if own.own else None,
    ]
    return [part for part in parts if part is not None]


def nobody(context: Context) -> html.Div:
    """An account that is no person in Intercom."""
    text = context.text
    return message("empty", context, text("analyst.nobody"), text("analyst.nobody_words"))


def unknown(choices: Any, context: Context) -> html.Div:
    """A person whom neither Intercom nor any conversation knows."""
    text = context.text
    back = html.A(
        text("analyst.all_people"),
        href=view(PATH, choices, agent=None),
        className="link",
        **{"data-go": "push"},
    )
    words = text("analyst.unknown_words")
    return message("empty", context, text("analyst.unknown"), words, back)


def unusable(name: str | None, context: Context) -> html.Div:
    """A banner for an address that asks for something impossible.

    Args:
        name: Of the parameter that cannot be used; None where the dates are turned round.
        context: The reader.
    """
    text = context.text
    if name is None:
        return banner("attention", text("filters.reversed"), text("analyst.reversed_words"))
    words = text("analyst.unusable_words", name=name)
    return banner("attention", text("filters.unusable"), words)


def arriving(loaded: int, total: int, first_day: date | None, context: Context) -> html.Div:
    """A banner for a period that is not whole yet."""
    text = context.text
    words = text("states.history_words")
    if first_day is not None:
        words = text("analyst.arriving", day=context.formats.day(first_day))
    share = {"--share": f"{loaded / total * 100 if total else 0:.0f}%"}
    line = html.Span(html.Span(), className="progress-line", style=share)
    return banner("information", text("states.history", loaded=loaded, total=total), words, line)


def beyond(first_day: date, context: Context) -> html.Div:
    """A banner for a period that begins before what is kept."""
    text = context.text
    day = context.formats.long_day(first_day)
    return banner("information", text("analyst.beyond", day=day), text("analyst.beyond_words"))


def growth_note(growth: Growth | None, context: Context, name: str = "") -> html.Div | None:
    """A note for the manager: a reason that says nothing takes more room than before."""
    if growth is None:
        return None
    text, formats = context.text, context.formats
    words = text(
        "analyst.growth.words",
        share=formats.share(growth.share, 0),
        n=formats.count(growth.n),
        before=formats.share(growth.before, 0),
    )
    whose = text("analyst.growth.of", reason=growth.reason, name=name)
    title = whose if name else text("analyst.growth.team", reason=growth.reason)
    return banner("information", title, words)


def _looking_at(own: Panel, context: Context) -> html.P:
    text = context.text
    name = person_name(Person(own.head.agent_id or "", own.name), context)
    parts: list[Any] = [pill(text("analyst.looking_at", name=name), "information", "eye")]
    if own.left:
        parts.append(pill(text("analyst.status.left")))
    back = html.A(
        text("analyst.all_people"),
        href=view(PATH, own.head.choices, **dict.fromkeys(("agent", *LISTS))),
        className="link",
        **{"data-go": "push"},
    )
    return html.P([*parts, back], className="analyst-whose")


def _jumps(context: Context) -> html.Nav:
    """The panel's parts as tabs of a phone, in the place of the pages'."""
    places = (
        ("goal", "flag", "goal"),
        ("history", "clock-history", "history"),
        ("csat_score", "emoji-smile", "ratings"),
        ("calls", "telephone", "calls"),
    )
    text = context.text
    links: list[Any] = [
        html.A(
            [icon(drawing), html.Span(text(f"analyst.jump.{key}"))],
            href=f"#{ids.panel(PAGE, place)}",
            className="nav-link-other",
            **{"data-jump": ids.panel(PAGE, place)},
        )
        for place, drawing, key in places
    ]
    if context.wall:
        links.append(
            dcc.Link(
                [icon("broadcast"), html.Span(text("nav.operations"))],
                href="/operations",
                className="nav-link-other",
            )
        )
    return html.Nav(
        links, className="tabs analyst-jumps", **{"aria-label": text("analyst.jump.label")}
    )
