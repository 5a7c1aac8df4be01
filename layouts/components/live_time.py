"""Times that run by themselves: `assets/live-time.js` moves them on between two refreshes.

The server writes the words that hold when it answers, so that a screen without the script is
right when it is drawn.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time

from layouts.components.context import Context
from layouts.elements import Element, html


def server_time(now: datetime, told: Mapping[str, str] | None = None) -> Element:
    """The server's clock, against which the browser corrects its own."""
    data = {"data-now": f"{now.timestamp():.0f}", **(told or {})}
    return html.Span(id="server-time", hidden=True, **data)


def tell_version(
    version: int, published_at: datetime, as_of: Mapping[str, datetime | None], context: Context
) -> dict[str, str]:
    """For `server_time`: what every `data_age` of the page says, so that a version is told once."""
    instants = {"published": published_at, **as_of}
    known = [f"{name}:{at.timestamp():.0f}" for name, at in instants.items() if at is not None]
    return {
        "data-known": " ".join(known),
        "data-version": context.formats.count(version),
        "data-ago": context.text("units.ago", span="{span}"),
        "data-words": context.text("passport.data_words", age="{age}", version="{version}"),
    }


def data_age(
    sources: Iterable[str], since: datetime, version: int, now: datetime, context: Context
) -> Element:
    """The age of the oldest of these sources, or of what was `published`, and the version."""
    age = context.formats.ago((now - since).total_seconds())
    words = context.text("passport.data_words", age=age, version=context.formats.count(version))
    return html.Span(words, className="tick", **{"data-of": " ".join(sources)})


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


def until_now(until: time, context: Context) -> Element:
    """até 14:20: the clock time of what is shown, which moves on with its versions."""
    words = context.text("units.until", time=f"{until:%H:%M}")
    zone = str(context.formats.zone.key)
    return html.Span(words, className="tick", **{"data-until": zone})


def lasting(since: datetime, now: datetime, context: Context, words: str = "{span}") -> Element:
    """Roughly: 27 min. `words` has the place of the span: {span}."""
    span = context.formats.span_of((now - since).total_seconds())
    return html.Span(
        words.replace("{span}", span),
        className="tick",
        **{"data-age": f"{since.timestamp():.0f}", "data-age-words": words},
    )
