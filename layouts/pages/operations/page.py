"""The wall of operations: its head, its figures, and the places of its panels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from layouts import ids
from layouts.components.context import Context
from layouts.components.frame import ages
from layouts.components.live_time import clock, lasting
from layouts.components.metric_info import MetricInfo, info_button
from layouts.components.panel import no_data, segmented
from layouts.components.shell import page_frame
from layouts.components.states import banner
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.links import Choices, view
from layouts.pages.operations import PAGE, PATH, day_curve
from layouts.pages.operations.agents import AgentsPanel, agents_table, next_agent
from layouts.pages.operations.calls_strip import Calls, running_calls
from layouts.pages.operations.day_curve import Curve
from layouts.pages.operations.line import line_panel
from layouts.pages.operations.queue_panel import (
    Assignment,
    QueuePanel,
    assignments_table,
    queue_panel,
)
from layouts.pages.operations.timeline import Timeline, timeline_panel

# Teams that stand side by side in the header, and the letters of their names together.
FEW_TEAMS, FEW_LETTERS = 4, 44
ICONS = {
    "conversations": "chat-left-text",
    "calls_answered": "telephone",
    "online_text": "chat-left-fill",
    "online_voice": "telephone-fill",
}
# What changes with every reading, though nothing happened.
AGES = "ages"
# Lines of the table for which a screen in the room has room, and with a banner above them.
KIOSK_AGENTS, KIOSK_AGENTS_LATE = 10, 8


def choices(
    chosen: Choices, period: str, teams: Sequence[tuple[str, str]], context: Context
) -> list[Any]:
    """Few teams as links, many in a list; `period` is today or 48h, `teams` are (id, name)."""
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


def _team_links(chosen: Choices, teams: Sequence[tuple[str, str]], context: Context) -> Element:
    text, now = context.text, list(chosen.get("team", []))
    links = [(text("operations.team.every"), view(PATH, chosen, team=None), not now)]
    links += [(name, view(PATH, chosen, team=team), now == [team]) for team, name in teams]
    return segmented(links, text("operations.team.label"))


def _team_list(chosen: Choices, teams: Sequence[tuple[str, str]], context: Context) -> Element:
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


@dataclass(frozen=True)
class Figure:
    """`value` is None where nothing was read yet; `late_at` is when its source last answered, if
    that is too long ago; `verdict` is reached (a tick), short (amber) or nothing.
    """

    key: str
    value: int | None
    note: str = ""
    verdict: Literal["", "reached", "short"] = ""
    info: MetricInfo | None = None
    late_at: datetime | None = None


@dataclass(frozen=True)
class Debt:
    """`late_at` is when Aircall last answered, if that is too long ago."""

    count: int
    oldest: datetime | None
    info: MetricInfo | None = None
    late_at: datetime | None = None


def figures(
    figures: Sequence[Figure], debt: Debt | None, kiosk: bool, at: datetime, context: Context
) -> Element:
    """Two by two, and the call-backs in one line below."""
    cells: list[Any] = [_figure(figure, kiosk, context) for figure in figures]
    if debt is not None:
        cells.append(_debt(debt, kiosk, at, context))
    return html.Div(cells, className="figures" + ("" if debt is not None else " figures-text"))


def _figure(figure: Figure, kiosk: bool, context: Context) -> Element:
    text, formats = context.text, context.formats
    label: list[Any] = [icon(ICONS[figure.key]), html.H3(text(f"operations.figures.{figure.key}"))]
    if figure.info is not None and not kiosk:
        label.append(info_button(PAGE, figure.info, context))
    value = no_data(context) if figure.value is None else formats.count(figure.value)
    note: list[Any] = [figure.note]
    if figure.late_at is not None:
        if figure.key != "calls_answered":
            note = [text("operations.figures.at", at=formats.clock(figure.late_at))]
    elif figure.verdict == "reached":
        note = [figure.note, icon("check2", "good")]
    elif figure.verdict == "short":
        note = [icon("exclamation-triangle-fill"), figure.note]
    kind = f" figure-{figure.verdict}" if figure.verdict and figure.late_at is None else ""
    late = " doubtful" if figure.late_at is not None else ""
    return html.Article(
        [
            html.Div(label, className="figure-label"),
            html.P(value, className="figure-value"),
            html.P(note, className="figure-note"),
        ],
        id=ids.panel(PAGE, figure.key),
        className=f"figure{kind}{late}",
    )


def _debt(debt: Debt, kiosk: bool, at: datetime, context: Context) -> Element:
    text, formats = context.text, context.formats
    phrase: list[Any] = [text("operations.figures.no_debt")]
    if debt.count:
        label = text.plural("operations.figures.debt", debt.count, n=formats.count(debt.count))
        phrase = [html.B(label)]
        if debt.late_at is not None:
            when = text("operations.figures.debt_at", at=formats.clock(debt.late_at))
            phrase.append(f", {when}")
        elif debt.oldest is not None:
            label = text("operations.figures.debt_oldest", span="{span}")
            phrase += [", ", lasting(debt.oldest, at, context, label)]
    parts: list[Any] = [icon("telephone-outbound"), html.Span(phrase)]
    if debt.info is not None and not kiosk:
        parts.append(info_button(PAGE, debt.info, context))
    late = " doubtful" if debt.late_at is not None else ""
    return html.Div(parts, id=ids.panel(PAGE, "callback_debt"), className=f"figure-debt{late}")


@dataclass(frozen=True)
class Late:
    """`key` is that of what it means for the numbers; `helps`: the reader may see what to do."""

    name: str
    key: str
    as_of: datetime | None
    helps: bool = False


class Rotation(NamedTuple):
    """A wall in a room shows the teams one after another, after all of them together."""

    seconds: int
    teams: tuple[str, ...]


@dataclass(frozen=True)
class Wall:
    """Everything that the wall draws.

    Attributes:
        period: today or 48h.
        start: What is shown in place of it all until Intercom was read once.
        debt: The call-backs; None without telephony, as are the running calls.
        choices: Of the address, for links.
        timeline: The day of those whom the reader may see; None where that is nobody.
        sound: Whether it sounds when the queue becomes critical.
    """

    kiosk: bool
    at: datetime
    teams: str
    period: str
    sources: Mapping[str, Any]
    late: Sequence[Late]
    notice: Any
    start: Element | None
    queue_panel: QueuePanel
    agents_panel: AgentsPanel
    curve: Curve
    figures: Sequence[Figure]
    debt: Debt | None
    calls: Calls | None
    latest: Sequence[Assignment]
    subjects: bool
    choices: Choices = field(default_factory=dict)
    timeline: Timeline | None = None
    rotation: Rotation | None = None
    sound: bool = False


class Parts(NamedTuple):
    """In the order of `PLACES`."""

    message: Any
    queue_panel: Any
    main: Any
    curve_head: Any
    chart: Any
    curve_table: Any
    figures: Any
    line: Any
    latest: Any


# Where each of `Parts` goes: id and property.
PLACES = (
    (ids.panel(PAGE, "message"), "children"),
    (ids.panel(PAGE, "lamp"), "children"),
    (ids.panel(PAGE, "main"), "children"),
    (ids.panel(PAGE, "curve-head"), "children"),
    (ids.panel(PAGE, "chart"), "children"),
    (ids.panel(PAGE, "curve-table"), "children"),
    (ids.panel(PAGE, "figures"), "children"),
    (ids.panel(PAGE, "line-place"), "children"),
    (ids.panel(PAGE, "latest"), "children"),
)


def page(context: Context, kiosk: bool) -> Element:
    """Alone on a screen in the room, else within the desk's."""
    text = context.text
    body = [dcc.Store(id=ids.panel(PAGE, "version")), _places(context)]
    if kiosk:
        return html.Div(body, className="wall-kiosk")
    # Links of the browser, not of the application: they change the frame around the wall.
    kiosk_link = html.A(
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
        tools=[fill, kiosk_link],
        beside_title=[html.Div(id=ids.panel(PAGE, "choices"), className="wall-choices")],
    )
    return html.Div(frame, className="wall-page")


def _places(context: Context) -> Element:
    """Each part is filled anew with a version, and the frame stays."""
    lamp_place = _place("lamp", html.Div(className="lamp skeleton"))
    main = [
        _place("main", [html.Div(className=f"skeleton skeleton-{n}") for n in ("next", "crew")]),
        html.Div([day_curve.curve_place(), _place("figures")], className="wall-bottom"),
    ]
    return html.Div(
        [
            html.Div(id=ids.panel(PAGE, "message"), className="wall-message"),
            html.Div([lamp_place, html.Div(main, className="wall-main")], className="wall"),
            _place("line-place"),
            _place("latest"),
        ],
        className="wall-frame",
    )


def _place(key: str, children: Any = None) -> Element:
    return html.Div(children, id=ids.panel(PAGE, key), className="wall-place")


def parts(wall: Wall, context: Context) -> Parts:
    banners = [_late(late, wall, context) for late in wall.late]
    if wall.notice is not None:
        banners.append(wall.notice)
    if wall.start is not None:
        return only(html.Div([*banners, wall.start], className="wall-unread"))
    has_calls = wall.calls is not None and wall.calls.any
    shown = (KIOSK_AGENTS_LATE if banners else KIOSK_AGENTS) - 2 * has_calls if wall.kiosk else None
    main = [
        _top(wall, context) if wall.kiosk else None,
        *banners,
        next_agent(wall.agents_panel, context),
        running_calls(wall.calls, wall.at, context) if wall.calls and has_calls else None,
        agents_table(wall.agents_panel, shown, wall.at, context),
    ]
    line: Any = None
    latest: Any = None
    if not wall.kiosk:
        line = line_panel(wall.queue_panel.line, wall.agents_panel, wall.choices, wall.at, context)
        latest = [assignments_table(wall.latest, wall.subjects, context)]
        if wall.timeline is not None:
            latest.append(timeline_panel(wall.timeline, context))
    return Parts(
        message=None,
        queue_panel=queue_panel(wall.queue_panel, wall.kiosk, wall.at, context),
        main=[part for part in main if part is not None],
        curve_head=day_curve.curve_head(wall.curve, wall.period, wall.kiosk, context),
        chart=day_curve.curve_body(wall.curve, wall.kiosk, context),
        curve_table=day_curve.curve_table(wall.curve, context),
        figures=figures(wall.figures, wall.debt, wall.kiosk, wall.at, context),
        line=line,
        latest=latest,
    )


def only(words: Any) -> Parts:
    return Parts(words, *[None] * (len(PLACES) - 1))


def _top(wall: Wall, context: Context) -> Element:
    """What the header of a desk page says, for a screen in the room."""
    key = "words_48h" if wall.period == "48h" else "today"
    today = wall.at.astimezone(context.formats.zone).date()
    return html.Div(
        [
            html.B(wall.teams, className="wall-teams", **_round(wall.rotation)),
            html.Span(context.text(f"operations.period.{key}"), className="quiet"),
            _fill("wall-fill", context),
            _sound(context) if wall.sound else None,
            html.Div(
                ages(wall.sources, wall.at, context), id=ids.panel(PAGE, AGES), className="ages"
            ),
            html.Span(context.formats.weekday(today), className="quiet wall-day"),
            clock(wall.at, context, "wall-clock"),
        ],
        className="wall-top",
    )


def _fill(class_name: str, context: Context) -> Element:
    """The browser's own full screen."""
    label = context.text("operations.kiosk_fill")
    attributes = {"data-fullscreen": "", "aria-label": label}
    return html.Button(icon("fullscreen"), className=class_name, title=label, **attributes)


def _round(rotation: Rotation | None) -> dict[str, str]:
    """For the browser; an id never holds a line break."""
    if rotation is None:
        return {}
    return {"data-rotate": str(rotation.seconds), "data-teams": "\n".join(rotation.teams)}


def _sound(context: Context) -> Element:
    """Seen only while the browser keeps the sound back until somebody touches the page."""
    parts = [icon("volume-up"), html.Span(context.text("operations.sound_blocked"))]
    return html.Button(parts, className="wall-sound", **{"data-sound": ""})


def _late(late: Late, wall: Wall, context: Context) -> Element:
    text = context.text
    if late.as_of is None:
        strong: Any = text("operations.late.never", source=late.name)
        words = text(f"operations.late.{late.key}") if late.key == "aircall_never" else ""
    else:
        label = text("operations.late.silent", source=late.name, span="{span}")
        strong = lasting(late.as_of, wall.at, context, label)
        words = text(f"operations.late.{late.key}", at=context.formats.clock(late.as_of))
    parts = [icon("plug-fill"), html.Strong(strong), html.Span(words)]
    if late.helps:
        parts.append(dcc.Link(text("operations.late.help"), href="/status", className="link"))
    return html.Div(parts, className="banner banner-stale", role="status")


def unusable(name: str, context: Context) -> Element:
    text = context.text
    key = f"operations.unusable.{name}"
    reason = text(key) if text.has(key) else text("operations.unusable.other", name=name)
    label = text("operations.unusable_words", reason=reason)
    return banner("attention", text("filters.unusable"), label)
