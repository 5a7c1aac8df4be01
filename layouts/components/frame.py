"""The queue in one chip, and the age of each source: on every desk page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from layouts.components.context import Context
from layouts.components.live_time import age, server_time, timer, urgency
from layouts.elements import Element, dcc, html
from layouts.icons import icon

NAMES = {"intercom": "Intercom", "aircall": "Aircall"}
# For more than these the chip's letters get narrower.
CHIP_LETTERS = 16
QUEUE_ICONS = {
    "order": "check-lg",
    "attention": "exclamation-triangle-fill",
    "critical": "exclamation-octagon-fill",
}


class Status(Protocol):
    @property
    def state(self) -> str:
        """starting, ok, late, failed or off."""

    @property
    def as_of(self) -> datetime | None:
        """The instant for which its data hold."""


def queue_chip(
    count: int, longest: datetime | None, limit_seconds: float, now: datetime, context: Context
) -> Element:
    """As urgent as the wall's queue panel says it is."""
    text = context.text
    seconds = (now - longest).total_seconds() if longest else 0.0
    level = urgency(seconds, limit_seconds) if count and longest else "order"
    kind = "" if level == "order" else f" {level}"
    label = text.plural("frame.queue", count, n=context.formats.count(count))
    if not count:
        label = text("frame.no_queue")
    parts: list[Any] = [icon(QUEUE_ICONS[level]), html.Span(label)]
    if count and longest:
        parts.append(html.B(timer(longest, now, context)))
        if len(label) + len(context.formats.timer(seconds)) > CHIP_LETTERS:
            kind += " queue-chip-long"
    return dcc.Link(parts, href="/operations", className=f"queue-chip{kind}")


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
