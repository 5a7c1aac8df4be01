"""The wall's lamp: who waits, for how long, and whether that is too long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dash import html

from layouts.components.context import Context
from layouts.components.live_time import lasting
from layouts.components.metric_info import Passport, passport_button
from layouts.components.urgency import urgency
from layouts.icons import icon
from layouts.pages.operations import assignments
from layouts.pages.operations.queue import Queue, queue_list, running, wait

PAGE = "operations"
Level = Literal["calm", "order", "attention", "critical", "doubtful"]
# With so few in the queue there is room for the latest assignments below.
ROOM_FOR_ASSIGNMENTS = 3
ICONS = {
    "calm": "check2",
    "order": "check2",
    "attention": "exclamation-triangle-fill",
    "critical": "exclamation-octagon-fill",
    "doubtful": "plug-fill",
}


@dataclass(frozen=True)
class Lamp:
    """The queue at the instant of the version.

    Attributes:
        queue: Everybody who is in it.
        by_team: Team's name (None without one) and how many of the queue are its; most first.
        quiet_since: Since when nobody has been waiting.
        longest_today: The longest wait of today that is over, and when it began.
        passports: Of the numbers, where they are offered.
        latest: The latest assignments.
    """

    queue: Queue
    by_team: Sequence[tuple[str | None, int]]
    quiet_since: datetime | None = None
    longest_today: tuple[float, datetime] | None = None
    passports: Sequence[Passport] = ()
    latest: Sequence[assignments.Assignment] = ()

    def level(self, at: datetime) -> Level:
        """How urgent the queue is; doubt comes before everything."""
        if self.queue.late_at is not None:
            return "doubtful"
        if self.queue.oldest is None:
            return "calm"
        waited = (at - self.queue.oldest).total_seconds()
        return urgency(waited, self.queue.limit_seconds)


def lamp(of: Lamp, kiosk: bool, at: datetime, context: Context) -> html.Section:
    """The left third of the wall.

    Args:
        of: The queue.
        kiosk: Whether it hangs on a wall: no links, no scrolling.
        at: The server's present instant.
        context: The reader.
    """
    parts = [_head(of, kiosk, context), _heading(of, kiosk, context)]
    if of.queue.rows:
        parts += [_count(of, context), _longest(of, kiosk, at, context)]
        parts.append(queue_list(of.queue, kiosk, at, context))
    else:
        parts.append(_calm(of, at, context))
    if len(of.queue.rows) <= ROOM_FOR_ASSIGNMENTS:
        parts.append(assignments.strip(of.latest, 3 if of.queue.rows else 4, context))
    return html.Section(
        [part for part in parts if part is not None],
        className=f"lamp lamp-{of.level(at)}" + ("" if of.queue.rows else " lamp-zero"),
        **{"aria-label": context.text("operations.wait_title")},
        **running(of.queue.oldest, of.queue),
    )


def _head(of: Lamp, kiosk: bool, context: Context) -> html.Div:
    """The mark, and the level in a word; all words are there, the stylesheet shows one."""
    text = context.text
    at = context.formats.clock(of.queue.late_at) if of.queue.late_at else ""
    words = [
        html.Span(
            [icon(ICONS[level]), html.Span(text(f"operations.levels.{level}", at=at))],
            className=f"lamp-word lamp-word-{level}",
        )
        for level in ("calm", "order", "attention", "critical", "doubtful")
    ]
    mark = html.Span(className="lamp-mark")
    brand: Any = html.Span(
        [mark, html.Span("Vigia", className="lamp-vigia")], className="lamp-brand"
    )
    if kiosk and context.role != "wall":
        brand = html.A(
            brand.children,
            href="/operations",
            className="lamp-brand",
            title=text("operations.kiosk_leave"),
        )
    page = html.Span([mark, html.Span(text("operations.title"))], className="lamp-page")
    return html.Div([brand, page, *words], className="lamp-head")


def _heading(of: Lamp, kiosk: bool, context: Context) -> html.H2:
    buttons = [] if kiosk else [passport_button(PAGE, one, context) for one in of.passports[:1]]
    return html.H2([context.text("operations.wait_title"), *buttons], className="lamp-title")


def _count(of: Lamp, context: Context) -> html.Div:
    digits = context.formats.count(len(of.queue.rows))
    return html.Div(
        [
            html.P(digits, className=f"lamp-count lamp-count-{min(4, len(digits))}"),
            html.Ul([html.Li(words) for words in _split(of, context)], className="lamp-split"),
        ],
        className="lamp-big",
    )


def _split(of: Lamp, context: Context) -> list[str]:
    """Per team, the largest three."""
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
    return lines


def _longest(of: Lamp, kiosk: bool, at: datetime, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    limit = formats.timer(of.queue.limit_seconds)
    if of.queue.oldest is None:
        customers = len(of.queue.rows)
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
            html.P(wait(of.queue.oldest, of.queue, at, context), className="lamp-time"),
        ],
        className="lamp-longest",
    )


def _calm(of: Lamp, at: datetime, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    quiet: Any = text("operations.quiet")
    if of.quiet_since is not None and of.queue.late_at is None:
        words = text("operations.quiet_since", span="{span}")
        quiet = lasting(of.quiet_since, at, context, words)
    lines = [html.P(quiet, className="lamp-quiet")]
    if of.longest_today is not None:
        seconds, since = of.longest_today
        words = text(
            "operations.longest_today", span=formats.timer(seconds), at=formats.clock(since)
        )
        lines.append(html.P(words, className="lamp-about"))
    if of.queue.unrouted:
        words = text.plural(
            "operations.limbo", of.queue.unrouted, n=formats.count(of.queue.unrouted)
        )
        lines.append(html.P(words, className="lamp-about lamp-limbo"))
    return html.Div(
        [
            html.Div(
                [html.Span(className="lamp-water"), html.P("0", className="lamp-none")],
                className="lamp-porthole",
            ),
            html.Div(lines, className="lamp-calm-words"),
        ],
        className="lamp-calm-body",
    )
