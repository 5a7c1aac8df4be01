"""The live wall: who waits, who can take the next one, and how the day goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from dash import dcc, html, no_update

from layouts import ids
from layouts.components.context import Context
from layouts.components.frame import ages
from layouts.components.live_time import clock, lasting
from layouts.components.shell import page_frame
from layouts.components.states import banner, message
from layouts.icons import icon
from layouts.pages.operations import assignments, curve
from layouts.pages.operations.agent_data import Crew
from layouts.pages.operations.agents import agents_table
from layouts.pages.operations.curve import Curve
from layouts.pages.operations.figures import Debt, Figure, figures
from layouts.pages.operations.next_agent import next_hands
from layouts.pages.operations.queue_panel import Lamp, lamp
from layouts.pages.operations.timeline import Timeline, timeline_panel

PAGE = "operations"
PATH = "/operations"
# Lines of the table for which a screen in the room has room, and with a banner above them.
KIOSK_AGENTS, KIOSK_AGENTS_LATE = 10, 8


@dataclass(frozen=True)
class Late:
    """A source without a recent answer.

    Attributes:
        name: Its name.
        key: Key of what it means for the numbers.
        as_of: Its last good answer; None = never.
        helps: Whether the reader may see what is wrong and what to do.
    """

    name: str
    key: str
    as_of: datetime | None
    helps: bool = False


class Rotation(NamedTuple):
    """The teams that a wall in a room shows one after another, after all of them together."""

    seconds: int
    teams: tuple[str, ...]


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
        timeline: The day of those whom the reader may see; None where that is nobody.
        rotation: The teams it goes round, if it does.
        sound: Whether it sounds when the queue becomes critical.
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
    timeline: Timeline | None = None
    rotation: Rotation | None = None
    sound: bool = False


class Parts(NamedTuple):
    """What each place of the frame shows, in the order of `PLACES`."""

    message: Any
    lamp: Any
    main: Any
    curve_head: Any
    figure: Any
    chart_class: Any
    curve_table: Any
    figures: Any
    latest: Any


# Where each of `Parts` goes: id and property.
PLACES = (
    (ids.panel(PAGE, "message"), "children"),
    (ids.panel(PAGE, "lamp"), "children"),
    (ids.panel(PAGE, "main"), "children"),
    (ids.panel(PAGE, "curve-head"), "children"),
    (ids.panel(PAGE, "day-graph"), "figure"),
    (ids.panel(PAGE, "chart"), "className"),
    (ids.panel(PAGE, "curve-table"), "children"),
    (ids.panel(PAGE, "figures"), "children"),
    (ids.panel(PAGE, "latest"), "children"),
)


def page(context: Context, kiosk: bool) -> html.Div:
    """The page's frame: alone on a screen in the room, else within the desk's."""
    text = context.text
    body = [
        dcc.Store(id=ids.panel(PAGE, "version")),
        _places(context),
    ]
    if kiosk:
        return html.Div(body, className="wall-kiosk")
    # Links of the browser, not of the application: they change the frame around the wall.
    away = html.A(
        [icon("tv"), html.Span(text("operations.kiosk"))],
        href=f"{PATH}?kiosk=1",
        id=ids.panel(PAGE, "kiosk"),
        className="button button-quiet",
    )
    fill = _fill("button button-quiet wall-fill-desk", context)
    body.append(html.Div(id=ids.panel(PAGE, "drawer"), className="drawer-place"))
    body += [dcc.Store(id=ids.panel(PAGE, key)) for key in ("drawer-shown", "choices-shown")]
    frame = page_frame(
        context,
        text("operations.title"),
        body,
        tools=[fill, away],
        beside_title=[html.Div(id=ids.panel(PAGE, "choices"), className="wall-choices")],
    )
    return html.Div(frame, className="wall-page")


def _places(context: Context) -> html.Div:
    """Where the parts stand; each is filled anew with a version, and the frame stays."""
    lamp_place = _place("lamp", html.Div(className="lamp skeleton"))
    main = [
        _place("main", [html.Div(className=f"skeleton skeleton-{n}") for n in ("next", "crew")]),
        html.Div([curve.place(context), _place("figures")], className="wall-bottom"),
    ]
    return html.Div(
        [
            html.Div(id=ids.panel(PAGE, "message"), className="wall-message"),
            html.Div([lamp_place, html.Div(main, className="wall-main")], className="wall"),
            _place("latest"),
        ],
        className="wall-frame",
    )


def _place(key: str, children: Any = None) -> html.Div:
    return html.Div(children, id=ids.panel(PAGE, key), className="wall-place")


def parts(wall: Wall, context: Context) -> Parts:
    """What is drawn for one version."""
    banners = [_late(one, wall, context) for one in wall.late]
    if wall.notice is not None:
        banners.append(wall.notice)
    if not wall.read:
        text = context.text
        said = message("fog", context, text("operations.no_text"), text("operations.no_text_words"))
        return only(html.Div([*banners, said], className="wall-unread"))
    shown = (KIOSK_AGENTS_LATE if banners else KIOSK_AGENTS) if wall.kiosk else None
    main = [
        _top(wall, context) if wall.kiosk else None,
        *banners,
        next_hands(wall.crew, context),
        agents_table(wall.crew, shown, wall.at, context),
    ]
    latest: Any = None
    if not wall.kiosk:
        latest = [assignments.table(wall.latest, wall.subjects, context)]
        if wall.timeline is not None:
            latest.append(timeline_panel(wall.timeline, context))
    return Parts(
        message=None,
        lamp=lamp(wall.lamp, wall.kiosk, wall.at, context),
        main=[part for part in main if part is not None],
        curve_head=curve.head(wall.curve, wall.period, wall.kiosk, context),
        figure=wall.curve.figure,
        chart_class=curve.chart_class(wall.curve),
        curve_table=curve.table(wall.curve, context),
        figures=figures(wall.figures, wall.debt, wall.kiosk, wall.at, context),
        latest=latest,
    )


def only(words: Any) -> Parts:
    """A message in the place of everything else."""
    return Parts(words, None, None, None, no_update, "curve-body curve-empty", None, None, None)


def _top(wall: Wall, context: Context) -> html.Div:
    """What the header of a desk page says, for a screen in the room."""
    key = "words_48h" if wall.period == "48h" else "today"
    today = wall.at.astimezone(context.formats.zone).date()
    return html.Div(
        [
            html.B(wall.teams, className="wall-teams", **_round(wall.rotation)),
            html.Span(context.text(f"operations.period.{key}"), className="quiet"),
            _fill("wall-fill", context),
            _sound(context) if wall.sound else None,
            html.Div(ages(wall.sources, wall.at, context), className="ages"),
            html.Span(context.formats.weekday(today), className="quiet wall-day"),
            clock(wall.at, context, "wall-clock"),
        ],
        className="wall-top",
    )


def _fill(class_name: str, context: Context) -> html.Button:
    """The browser's own full screen."""
    words = context.text("operations.kiosk_fill")
    said = {"data-fullscreen": "", "aria-label": words}
    return html.Button(icon("fullscreen"), className=class_name, title=words, **said)


def _round(rotation: Rotation | None) -> dict[str, str]:
    """What the browser needs to go round the teams; an id never holds a line break."""
    if rotation is None:
        return {}
    return {"data-rotate": str(rotation.seconds), "data-teams": "\n".join(rotation.teams)}


def _sound(context: Context) -> html.Button:
    """Seen only while the browser keeps the sound back until somebody touches the page."""
    words = [icon("volume-up"), html.Span(context.text("operations.sound_blocked"))]
    return html.Button(words, className="wall-sound", **{"data-sound": ""})


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
    if one.helps:
        parts.append(dcc.Link(text("operations.late.help"), href="/status", className="link"))
    return html.Div(parts, className="banner banner-stale", role="status")


def unusable(name: str, context: Context) -> html.Div:
    """A banner for an address that asks for something impossible.

    Args:
        name: The parameter that cannot be used.
        context: The reader.
    """
    text = context.text
    key = f"operations.unusable.{name}"
    reason = text(key) if text.has(key) else text("operations.unusable.other", name=name)
    words = text("operations.unusable_words", reason=reason)
    return banner("attention", text("filters.unusable"), words)
