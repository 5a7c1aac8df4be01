"""The live wall: who waits, who can take the next one, and how the day goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts import operations_assignments as assignments
from layouts.components.frame import ages
from layouts.components.panel import segmented
from layouts.components.states import banner, message
from layouts.components.ticking import clock, lasting
from layouts.context import Context
from layouts.icons import icon
from layouts.links import Choices, view
from layouts.operations_agents import agents_table
from layouts.operations_crew import Crew
from layouts.operations_curve import Curve, curve
from layouts.operations_figures import Debt, Figure, figures
from layouts.operations_lamp import Lamp, lamp
from layouts.operations_next import next_hands
from layouts.shell import page_frame

PAGE = "operations"
PATH = "/operations"
# Lines of the table for which a screen in the room has room, and with a banner above them.
KIOSK_AGENTS, KIOSK_AGENTS_LATE = 10, 8
# Teams that stand side by side in the header, and the letters of their names together.
FEW_TEAMS, FEW_LETTERS = 4, 44


@dataclass(frozen=True)
class Late:
    """A source without a recent answer.

    Attributes:
        name: Its name.
        key: Key of what it means for the numbers.
        as_of: Its last good answer; None = never.
        cause: In the vendor's words, for managers.
    """

    name: str
    key: str
    as_of: datetime | None
    cause: str = ""


@dataclass(frozen=True)
class Wall:
    """Everything that the wall draws.

    Attributes:
        kiosk: Whether it hangs in a room.
        at: The server's present instant.
        teams: The scope in words.
        period: today or 48h.
        sources: The vendors' states, by name.
        late: Those that are late or failed.
        notice: A banner about the address, or None.
        read: Whether Intercom has ever answered.
        lamp: The queue.
        crew: The agents.
        curve: The day.
        figures: The numbers.
        debt: The call-backs; None without telephony.
        latest: The latest assignments.
        subjects: Whether the reader sees any subjects.
    """

    kiosk: bool
    at: datetime
    teams: str
    period: str
    sources: Mapping[str, Any]
    late: Sequence[Late]
    notice: Any
    read: bool
    lamp: Lamp
    crew: Crew
    curve: Curve
    figures: Sequence[Figure]
    debt: Debt | None
    latest: Sequence[assignments.Assignment]
    subjects: bool


def page(context: Context, kiosk: bool) -> html.Div:
    """The page's frame: alone on a screen in the room, else within the desk's."""
    text = context.text
    body = [
        dcc.Store(id=ids.panel(PAGE, "version")),
        html.Div(id=ids.panel(PAGE, "content"), className="wall-frame", children=skeleton()),
    ]
    if kiosk:
        return html.Div(body, className="wall-kiosk")
    # Links of the browser, not of the application: they change the frame around the wall.
    away = html.A(
        [icon("fullscreen"), html.Span(text("operations.kiosk"))],
        href=f"{PATH}?kiosk=1",
        id=ids.panel(PAGE, "kiosk"),
        className="button button-quiet",
    )
    body.append(html.Div(id=ids.panel(PAGE, "drawer"), className="drawer-place"))
    frame = page_frame(
        context,
        text("operations.title"),
        body,
        tools=[away],
        beside_title=[html.Div(id=ids.panel(PAGE, "choices"), className="wall-choices")],
    )
    return html.Div(frame, className="wall-page")


def skeleton() -> html.Div:
    """The shape of the wall before its first numbers."""
    main = [
        html.Div(className="skeleton skeleton-next"),
        html.Div(className="skeleton skeleton-crew"),
        html.Div(className="skeleton skeleton-day"),
    ]
    return html.Div(
        [html.Div(className="lamp skeleton"), html.Div(main, className="wall-main")],
        className="wall",
    )


def choices(
    chosen: Choices, period: str, teams: Sequence[tuple[str, str]], context: Context
) -> list[Any]:
    """The switches of period and team: few teams as links, many in a list.

    Args:
        chosen: The address's parameters.
        period: today or 48h.
        teams: Id and name of those in scope.
        context: The reader.
    """
    text = context.text
    switches = [
        segmented(
            [
                (
                    text(f"operations.period.{name}"),
                    view(PATH, chosen, period=None if name == "today" else name),
                    name == period,
                )
                for name in ("today", "48h")
            ],
            text("operations.period.label"),
        )
    ]
    if 1 < len(teams) <= FEW_TEAMS and sum(len(name) for _, name in teams) <= FEW_LETTERS:
        switches.append(_team_links(chosen, teams, context))
    elif len(teams) > 1:
        switches.append(_team_list(chosen, teams, context))
    return switches


def _team_links(chosen: Choices, teams: Sequence[tuple[str, str]], context: Context) -> html.Div:
    text, now = context.text, list(chosen.get("team", []))
    links = [(text("operations.team.every"), view(PATH, chosen, team=None), not now)]
    links += [(name, view(PATH, chosen, team=team), now == [team]) for team, name in teams]
    return segmented(links, text("operations.team.label"))


def _team_list(chosen: Choices, teams: Sequence[tuple[str, str]], context: Context) -> dcc.Dropdown:
    text = context.text
    words = ("search", "select_all", "deselect_all", "clear_search", "clear_selection")
    return dcc.Dropdown(
        id=ids.panel(PAGE, "team"),
        options=[{"label": name, "value": team} for team, name in teams],
        value=list(chosen.get("team", [])),
        multi=True,
        placeholder=text("operations.team.all"),
        labels={key: text(f"operations.team.{key}") for key in words}
        | {
            "selected_count": text("operations.team.selected", n="{num_selected}"),
            "no_options_found": text("filters.nothing"),
        },
        className="wall-team",
    )


def content(wall: Wall, context: Context) -> list[Any]:
    """What is drawn for one version."""
    banners = [_late(one, wall, context) for one in wall.late]
    if wall.notice is not None:
        banners.append(wall.notice)
    if not wall.read:
        text = context.text
        said = message("fog", context, text("operations.no_text"), text("operations.no_text_words"))
        return [html.Div([*banners, said], className="wall-unread")]
    shown = (KIOSK_AGENTS_LATE if banners else KIOSK_AGENTS) if wall.kiosk else None
    main = [
        _top(wall, context) if wall.kiosk else None,
        *banners,
        next_hands(wall.crew, context),
        agents_table(wall.crew, shown, wall.at, context),
        html.Div(
            [curve(wall.curve, wall.period, wall.kiosk, context), _figures(wall, context)],
            className="wall-bottom",
        ),
    ]
    parts: list[Any] = [
        html.Div(
            [
                lamp(wall.lamp, wall.kiosk, wall.at, context),
                html.Div([part for part in main if part is not None], className="wall-main"),
            ],
            className="wall" + (" wall-late" if banners else ""),
        )
    ]
    if not wall.kiosk:
        parts.append(assignments.table(wall.latest, wall.subjects, context))
    return parts


def _top(wall: Wall, context: Context) -> html.Div:
    """What the header of a desk page says, for a screen in the room."""
    key = "words_48h" if wall.period == "48h" else "today"
    today = wall.at.astimezone(context.formats.zone).date()
    fill = html.Button(
        icon("fullscreen"),
        className="wall-fill",
        title=context.text("operations.kiosk_fill"),
        **{"data-fullscreen": "", "aria-label": context.text("operations.kiosk_fill")},
    )
    return html.Div(
        [
            html.B(wall.teams, className="wall-teams"),
            html.Span(context.text(f"operations.period.{key}"), className="quiet"),
            fill,
            html.Div(ages(wall.sources, wall.at, context), className="ages"),
            html.Span(context.formats.weekday(today), className="quiet wall-day"),
            clock(wall.at, context, "wall-clock"),
        ],
        className="wall-top",
    )


def _late(one: Late, wall: Wall, context: Context) -> html.Div:
    text = context.text
    if one.as_of is None:
        strong: Any = text("operations.late.never", source=one.name)
        words = text(f"operations.late.{one.key}") if one.key == "aircall_never" else ""
    else:
        said = text("operations.late.silent", source=one.name, span="{span}")
        strong = lasting(one.as_of, wall.at, context, said)
        words = text(f"operations.late.{one.key}", at=context.formats.clock(one.as_of))
    parts = [icon("plug-fill"), html.Strong(strong), html.Span(words)]
    if one.cause:
        parts.append(html.Small(one.cause, className="banner-cause bidi", title=one.cause))
    return html.Div(parts, className="banner banner-stale", role="status")


def _figures(wall: Wall, context: Context) -> html.Div:
    return figures(wall.figures, wall.debt, wall.kiosk, wall.at, context)


def unusable(reason: str, context: Context) -> html.Div:
    """A banner for an address that asks for something impossible."""
    text = context.text
    words = text("operations.unusable_words", reason=reason)
    return banner("attention", text("filters.unusable"), words)
