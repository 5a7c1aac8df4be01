"""The wall's lamp: who waits, for how long, and whether that is too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dash import html

from layouts import operations_assignments as assignments
from layouts.components.passport import Passport, passport_button
from layouts.components.ticking import lasting, timer
from layouts.context import Context
from layouts.drawings import logo_svg, picture, water_zero
from layouts.icons import channel_icon, icon

PAGE = "operations"
Level = Literal["calm", "order", "attention", "critical", "doubtful"]
# From this part of the limit on, a wait is worth a look.
NEAR = 0.8
# Rows that fit on a screen in the room; on a desk the list scrolls.
KIOSK_ROWS, DESK_ROWS = 7, 50
# Rows that a phone shows before it is asked for all.
FOLDED_ROWS = 3
# With so few in the queue there is room for the latest assignments below.
ROOM_FOR_ASSIGNMENTS = 3
ID_SHOWN = 6
ICONS = {
    "calm": "check2",
    "order": "check2",
    "attention": "exclamation-triangle-fill",
    "critical": "exclamation-octagon-fill",
    "doubtful": "plug-fill",
}


@dataclass(frozen=True)
class Waiting:
    """A conversation of the queue.

    Attributes:
        id: Of the conversation.
        team: Its team's name, if it has one.
        since: Since when it waits for us; None when it is the customer's turn.
        channel: The vendor's word for where it came from.
        url: Where it opens, for who may open it.
    """

    id: str
    team: str | None
    since: datetime | None
    channel: str | None
    url: str | None = None


@dataclass(frozen=True)
class Lamp:
    """The queue at the instant of the version.

    Attributes:
        queue: Everybody in it, the longest wait first, the customer's turn last.
        by_team: Team's name (None without one) and how many of the queue are its; most first.
        unrouted: Conversations that no team has either.
        limit_seconds: From this wait on the lamp is solid.
        quiet_since: Since when nobody has been waiting.
        longest_today: The longest wait of today that is over, and when it began.
        late_at: When the queue was last read, if that is too long ago.
        passports: Of the numbers, where they are offered.
        latest: The latest assignments.
    """

    queue: Sequence[Waiting]
    by_team: Sequence[tuple[str | None, int]]
    unrouted: int
    limit_seconds: float
    quiet_since: datetime | None = None
    longest_today: tuple[float, datetime] | None = None
    late_at: datetime | None = None
    passports: Sequence[Passport] = ()
    latest: Sequence[assignments.Assignment] = ()

    @property
    def ours(self) -> int:
        """How many wait for us."""
        return sum(1 for one in self.queue if one.since is not None)

    @property
    def oldest(self) -> datetime | None:
        """Since when the longest wait runs."""
        return self.queue[0].since if self.queue else None

    def level(self, at: datetime) -> Level:
        """How urgent the queue is; doubt comes before everything."""
        if self.late_at is not None:
            return "doubtful"
        if self.oldest is None:
            return "calm"
        waited = (at - self.oldest).total_seconds()
        if waited > self.limit_seconds:
            return "critical"
        return "attention" if waited >= NEAR * self.limit_seconds else "order"


def lamp(of: Lamp, kiosk: bool, at: datetime, context: Context) -> html.Section:
    """The left third of the wall.

    Args:
        of: The queue.
        kiosk: Whether it hangs on a wall: no links, no scrolling.
        at: The server's present instant.
        context: The reader.
    """
    parts = [_head(of, kiosk, context), _heading(of, kiosk, context)]
    if of.queue:
        parts += [_count(of, context), _longest(of, kiosk, at, context)]
        parts.append(_list(of, kiosk, at, context))
    else:
        parts.append(_calm(of, at, context))
    if len(of.queue) <= ROOM_FOR_ASSIGNMENTS:
        parts.append(assignments.strip(of.latest, 3 if of.queue else 4, context))
    data = {}
    if of.oldest is not None and of.late_at is None:
        data = {
            "data-since": f"{of.oldest.timestamp():.0f}",
            "data-limit": f"{of.limit_seconds:.0f}",
            "data-near": f"{NEAR * of.limit_seconds:.0f}",
        }
    return html.Section(
        [part for part in parts if part is not None],
        className=f"lamp lamp-{of.level(at)}" + ("" if of.queue else " lamp-zero"),
        **{"aria-label": context.text("operations.wait_title"), **data},
    )


def _head(of: Lamp, kiosk: bool, context: Context) -> html.Div:
    """The mark, and the level in a word; all words are there, the stylesheet shows one."""
    text, colours = context.text, context.palette
    at = context.formats.clock(of.late_at) if of.late_at else ""
    words = [
        html.Span(
            [icon(ICONS[level]), html.Span(text(f"operations.levels.{level}", at=at))],
            className=f"lamp-word lamp-word-{level}",
        )
        for level in ("calm", "order", "attention", "critical", "doubtful")
    ]
    marks = [
        picture(logo_svg(colours["ink1"], colours["accent"]), 40, 40, "lamp-logo"),
        picture(logo_svg(colours["crit-on"], colours["crit-on"]), 40, 40, "lamp-logo-critical"),
    ]
    brand: Any = html.Span(
        [*marks, html.Span("Vigia", className="lamp-vigia")], className="lamp-brand"
    )
    if kiosk and context.role != "wall":
        brand = html.A(
            brand.children,
            href="/operations",
            className="lamp-brand",
            title=text("operations.kiosk_leave"),
        )
    page = html.Span([*marks, html.Span(text("operations.title"))], className="lamp-page")
    return html.Div([brand, page, *words], className="lamp-head")


def _heading(of: Lamp, kiosk: bool, context: Context) -> html.H2:
    buttons = [] if kiosk else [passport_button(PAGE, one, context) for one in of.passports[:1]]
    return html.H2([context.text("operations.wait_title"), *buttons], className="lamp-title")


def _count(of: Lamp, context: Context) -> html.Div:
    digits = context.formats.count(len(of.queue))
    return html.Div(
        [
            html.P(digits, className=f"lamp-count lamp-count-{min(4, len(digits))}"),
            html.Ul([html.Li(words) for words in _split(of, context)], className="lamp-split"),
        ],
        className="lamp-big",
    )


def _split(of: Lamp, context: Context) -> list[str]:
    """Per team, the largest three; then how many await the customer."""
    text, formats = context.text, context.formats
    lines = [
        text("operations.split.none", n=formats.count(n))
        if team is None
        else text("operations.split.team", n=formats.count(n), team=team)
        for team, n in of.by_team[:3]
    ]
    rest = sum(n for _, n in of.by_team[3:])
    if rest:
        lines.append(text.plural("operations.split.rest", rest, n=formats.count(rest)))
    customers = len(of.queue) - of.ours
    if customers and of.ours:
        lines.append(
            text.plural("operations.split.customer", customers, n=formats.count(customers))
        )
    return lines


def _longest(of: Lamp, kiosk: bool, at: datetime, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    limit = formats.timer(of.limit_seconds)
    if of.oldest is None:
        customers = len(of.queue)
        words = text.plural(
            "operations.quiet_customers_words", customers, n=formats.count(customers)
        )
        return html.Div(
            [
                html.P(text("operations.quiet_customers"), className="lamp-quiet"),
                html.P(words, className="lamp-about"),
            ],
            className="lamp-longest",
        )
    buttons = [] if kiosk else [passport_button(PAGE, one, context) for one in of.passports[1:2]]
    return html.Div(
        [
            html.P(
                [
                    html.Span(text("operations.longest", limit=limit), className="for-desk"),
                    html.Span(text("operations.longest_short", limit=limit), className="for-phone"),
                    *buttons,
                ],
                className="lamp-about",
            ),
            html.P(timer(of.oldest, at, context), className="lamp-time"),
        ],
        className="lamp-longest",
    )


def _list(of: Lamp, kiosk: bool, at: datetime, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    shown = of.queue[: KIOSK_ROWS if kiosk else DESK_ROWS]
    rows = [_row(one, of, at, context) for one in shown]
    hidden = len(of.queue) - len(shown)
    notes = []
    if hidden:
        notes.append(
            html.Li(
                text.plural("operations.more", hidden, n=formats.count(hidden)),
                className="queue-note",
            )
        )
    if of.unrouted:
        words = text.plural("operations.unrouted", of.unrouted, n=formats.count(of.unrouted))
        notes.append(html.Li(words, className="queue-note"))
    fold = html.Button(
        [
            html.Span(_see_all(of, context), className="queue-closed"),
            html.Span(text("operations.see_less"), className="queue-opened"),
        ],
        className="queue-fold" + ("" if len(of.queue) > FOLDED_ROWS else " queue-short"),
        **{"data-fold": ""},
    )
    return html.Div([html.Ul([*rows], className="queue"), html.Ul(notes), fold], className="lines")


def _see_all(of: Lamp, context: Context) -> str:
    text, formats = context.text, context.formats
    n, limbo = formats.count(len(of.queue)), formats.count(of.unrouted)
    if of.unrouted:
        return text("operations.see_all_limbo", n=n, limbo=limbo)
    return text("operations.see_all", n=n)


def _row(one: Waiting, of: Lamp, at: datetime, context: Context) -> html.Li:
    text = context.text
    shown = one.id if len(one.id) <= ID_SHOWN else "…" + one.id[-ID_SHOWN + 1 :]
    mark: Any = [channel_icon(one.channel), html.Span(shown)]
    if one.url:
        words = text("operations.open_this", id=one.id)
        mark = html.A(
            [*mark, icon("box-arrow-up-right")],
            href=one.url,
            target="_blank",
            rel="noopener noreferrer",
            className="queue-id",
            title=words,
            **{"aria-label": words},
        )
    else:
        mark = html.Span(mark, className="queue-id", title=one.id)
    team = html.Span(
        one.team or text("operations.no_team"), className="queue-team bidi", title=one.team
    )
    if one.since is None:
        wait = html.B(
            text("operations.awaits"), className="queue-wait", title=text("operations.awaits_full")
        )
        return html.Li([wait, team, mark], className="queue-customer")
    share = min(1.0, (at - one.since).total_seconds() / max(1.0, of.limit_seconds))
    return html.Li(
        [html.B(timer(one.since, at, context), className="queue-wait"), team, mark],
        style={"--share": f"{share * 100:.1f}%"},
        **{"data-since": f"{one.since.timestamp():.0f}", "data-limit": f"{of.limit_seconds:.0f}"},
    )


def _calm(of: Lamp, at: datetime, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    quiet: Any = text("operations.quiet")
    if of.quiet_since is not None and of.late_at is None:
        words = text("operations.quiet_since", span="{span}")
        quiet = lasting(of.quiet_since, at, context, words)
    lines = [html.P(quiet, className="lamp-quiet")]
    if of.longest_today is not None:
        seconds, since = of.longest_today
        words = text(
            "operations.longest_today", span=formats.timer(seconds), at=formats.clock(since)
        )
        lines.append(html.P(words, className="lamp-about"))
    if of.unrouted:
        words = text.plural("operations.limbo", of.unrouted, n=formats.count(of.unrouted))
        lines.append(html.P(words, className="lamp-about lamp-limbo"))
    return html.Div(
        [
            html.Div(
                [water_zero(context.palette), html.P("0", className="lamp-none")],
                className="lamp-porthole",
            ),
            html.Div(lines, className="lamp-calm-words"),
        ],
        className="lamp-calm-body",
    )
