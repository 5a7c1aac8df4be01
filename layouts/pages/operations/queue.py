"""The lines of the queue: age, team, channel, and the way into the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.live_time import timer
from layouts.components.urgency import NEAR
from layouts.icons import channel_icon, icon

# Rows that fit on a screen in the room; on a desk the list scrolls.
KIOSK_ROWS, DESK_ROWS = 7, 50
# Rows that a phone shows before it is asked for all.
FOLDED_ROWS = 3
# Longer ids are told by their end.
ID_SHOWN = 6


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
class Queue:
    """Everybody who is in the queue.

    Attributes:
        rows: The longest wait first, the customer's turn last.
        unrouted: Conversations that no team has either.
        limit_seconds: How long anybody may wait.
        late_at: When the queue was last read, if that is too long ago.
    """

    rows: Sequence[Waiting]
    unrouted: int
    limit_seconds: float
    late_at: datetime | None = None

    @property
    def ours(self) -> int:
        """How many wait for us."""
        return sum(1 for one in self.rows if one.since is not None)

    @property
    def oldest(self) -> datetime | None:
        """Since when the longest wait runs."""
        return self.rows[0].since if self.rows else None


def queue_list(of: Queue, kiosk: bool, at: datetime, context: Context) -> html.Div:
    """The lines, the longest wait first, and what there is no room for."""
    text, formats = context.text, context.formats
    shown = of.rows[: KIOSK_ROWS if kiosk else DESK_ROWS]
    rows = [_row(one, of, at, context) for one in shown]
    hidden = len(of.rows) - len(shown)
    notes = []
    if hidden:
        notes.append(html.Li(_hidden_words(of, hidden, context), className="queue-note"))
    if of.unrouted:
        words = text.plural("operations.unrouted", of.unrouted, n=formats.count(of.unrouted))
        notes.append(html.Li(words, className="queue-note"))
    fold = html.Button(
        [
            html.Span(_see_all(of, context), className="queue-closed"),
            html.Span(text("operations.see_less"), className="queue-opened"),
        ],
        className="queue-fold" + ("" if len(of.rows) > FOLDED_ROWS else " queue-short"),
        **{"data-fold": ""},
    )
    return html.Div(
        [
            html.Ul(rows, className="queue queue-long" if len(rows) > KIOSK_ROWS else "queue"),
            html.Ul(notes),
            fold,
        ],
        className="lines",
    )


def _hidden_words(of: Queue, hidden: int, context: Context) -> str:
    """How many are not shown; those of the customer's turn are the last, so they are among them."""
    text, formats = context.text, context.formats
    words = text.plural("operations.more", hidden, n=formats.count(hidden))
    customers = min(hidden, len(of.rows) - of.ours)
    if not customers:
        return words
    extra = text.plural("operations.more_customer", customers, n=formats.count(customers))
    return f"{words}, {extra}"


def _see_all(of: Queue, context: Context) -> str:
    text, formats = context.text, context.formats
    n, limbo = formats.count(len(of.rows)), formats.count(of.unrouted)
    if of.unrouted:
        return text("operations.see_all_limbo", n=n, limbo=limbo)
    return text("operations.see_all", n=n)


def _row(one: Waiting, of: Queue, at: datetime, context: Context) -> html.Li:
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
        word = html.B(
            text("operations.awaits"), className="queue-wait", title=text("operations.awaits_full")
        )
        return html.Li([word, team, mark], className="queue-customer")
    share = min(1.0, ((of.late_at or at) - one.since).total_seconds() / max(1.0, of.limit_seconds))
    return html.Li(
        [html.B(wait(one.since, of, at, context), className="queue-wait"), team, mark],
        style={"--share": f"{share * 100:.1f}%"},
        **running(one.since, of),
    )


def wait(since: datetime, of: Queue, at: datetime, context: Context) -> Any:
    """How long it has waited; of an old queue, how long it had when it was read."""
    if of.late_at is None:
        return timer(since, at, context)
    return context.formats.timer((of.late_at - since).total_seconds())


def running(since: datetime | None, of: Queue) -> dict[str, str]:
    """What the browser needs to go on by itself; nothing where the queue is old."""
    if since is None or of.late_at is not None:
        return {}
    return {
        "data-since": f"{since.timestamp():.0f}",
        "data-limit": f"{of.limit_seconds:.0f}",
        "data-near": f"{NEAR * of.limit_seconds:.0f}",
    }
