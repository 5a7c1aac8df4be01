"""Times that run by themselves: `assets/live-time.js` moves them on between two refreshes.

The server writes the words that hold when it answers, so that a screen without the script is
right when it is drawn.
"""

from datetime import datetime
from typing import Literal

from layouts.components.context import Context
from layouts.elements import Element, html

Urgency = Literal["order", "attention", "critical"]
# From this part of the limit on, a wait is worth a look.
NEAR = 0.8


def server_time(now: datetime) -> Element:
    """The server's clock, against which the browser corrects its own."""
    return html.Span(id="server-time", hidden=True, **{"data-now": f"{now.timestamp():.0f}"})


def timer(since: datetime, now: datetime, context: Context, class_name: str = "") -> Element:
    """22:41, then 1 h 12."""
    waited = (now - since).total_seconds()
    return html.Span(
        context.formats.timer(waited),
        className=f"tick {class_name}".strip(),
        **{"data-timer": f"{since.timestamp():.0f}"},
    )


def age(since: datetime, now: datetime, context: Context, class_name: str = "") -> Element:
    """há 21 s."""
    passed = (now - since).total_seconds()
    return html.Span(
        context.formats.ago(passed),
        className=f"tick {class_name}".strip(),
        title=context.formats.full_moment(since),
        **{
            "data-age": f"{since.timestamp():.0f}",
            "data-age-words": context.text("units.ago", span="{span}"),
        },
    )


def clock(now: datetime, context: Context, class_name: str = "") -> Element:
    """In the operation's zone: 14:32."""
    return html.Span(
        context.formats.clock(now),
        className=f"tick {class_name}".strip(),
        **{"data-clock": str(context.formats.zone.key)},
    )


def lasting(since: datetime, now: datetime, context: Context, words: str = "{span}") -> Element:
    """Roughly: 27 min. `words` has the place of the span: {span}."""
    span = context.formats.span_of((now - since).total_seconds())
    return html.Span(
        words.replace("{span}", span),
        className="tick",
        **{"data-age": f"{since.timestamp():.0f}", "data-age-words": words},
    )


def urgency(waited_seconds: float, limit_seconds: float) -> Urgency:
    if waited_seconds > limit_seconds:
        return "critical"
    return "attention" if waited_seconds >= NEAR * limit_seconds else "order"
