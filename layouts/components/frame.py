"""The queue in one chip, and the age of each source: on every desk page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from layouts.components.context import Context
from layouts.components.live_time import age, server_time, timer
from layouts.components.severity import severity_marks, work_severity
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from metrics.live.waiting import WaitingWork

NAMES = {"intercom": "Intercom", "aircall": "Aircall"}


class Status(Protocol):
    @property
    def state(self) -> str:
        """starting, ok, late, failed or off."""

    @property
    def as_of(self) -> datetime | None:
        """The instant for which its data hold."""


def queue_chip(
    work: WaitingWork, now: datetime, context: Context, late_at: datetime | None = None
) -> Element:
    """As bad as the wall's lamp says it is; `late_at` is when the queue was last read, if late."""
    text, formats = context.text, context.formats
    untaken, held = len(work.untaken), sum(len(row.ids) for row in work.orphaned)
    since = work.longest_since if untaken or not held else work.orphaned[0].waiting_since
    parts = {"queue": len(work.queue), "unrouted": len(work.unrouted), "orphaned": held}
    told = [text.plural(f"frame.{key}", n, n=formats.count(n)) for key, n in parts.items() if n]
    # The number stays where there is no room for its words.
    key, count = ("queue", untaken) if untaken or not held else ("orphaned", held)
    words = text.plural(f"frame.{key}_words", count) if told else text("frame.no_queue")
    shown = [html.B(formats.count(count))] if told else []
    label = [*shown, html.Span(html.Span(words), className="chip-words")]
    wait = [html.B(timer(since, now, context))] if since and late_at is None else []
    at = formats.clock(late_at) if late_at else ""
    severity = work_severity(work, now, is_late=late_at is not None)
    chip = dcc.Link(
        [*severity_marks(severity, context, at), html.Span(label, className="chip-label"), *wait],
        href="/operations",
        className="queue-chip",
        title=", ".join(told) or None,
    )
    # A link of Dash's takes no data of its own.
    return html.Div(chip, **severity)


def unread_chip(context: Context) -> Element:
    """Nobody knows yet whether somebody waits."""
    words = html.Span(context.text("frame.unread"), className="chip-words")
    label = html.Span(words, className="chip-label")
    return dcc.Link([icon("three-dots"), label], href="/operations", className="queue-chip unread")


def ages(
    sources: Mapping[str, Status],
    now: datetime,
    context: Context,
    told: Mapping[str, str] | None = None,
) -> list[Any]:
    """`told` is what `tell_version` makes of the version."""
    shown = [source_age(name, sources[name], now, context) for name in NAMES if name in sources]
    return [server_time(now, told), *[part for part in shown if part is not None]]


def source_age(name: str, status: Status, now: datetime, context: Context) -> Element | None:
    """One source: a gauge and its age; dashed and amber when it is late or failed.

    One that has yet to answer for the first time has an empty gauge: that is no fault.
    """
    if status.state == "off":
        return None
    late = status.state in ("late", "failed")
    if status.as_of is None:
        words: Any = context.text(
            f"frame.{status.state if late else 'starting'}", source=NAMES[name]
        )
        level = 0.0
    else:
        words = [f"{NAMES[name]} ", age(status.as_of, now, context)]
        level = max(0.0, min(1.0, 1 - (now - status.as_of).total_seconds() / 300))
    gauge = html.Span(
        className="gauge late" if late else "gauge", style={"--level": f"{level * 100:.0f}%"}
    )
    # In one part: between two of them there is a gap, besides the space.
    return html.Span(
        [gauge, html.Span(words)], className="source-age late" if late else "source-age"
    )


def alerts_count(critical: int, context: Context) -> Element | None:
    if not critical:
        return None
    label = context.text.plural("frame.critical", critical, n=critical)
    return html.Span(str(critical), className="nav-count", title=label, **{"aria-label": label})
