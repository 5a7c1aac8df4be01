"""How words arrive: the oldest order first, each until Slack says that it has it.

An order is marked before it is sent and done only after Slack's answer. A crash in between sends
it again, since a problem told twice is better than one that nobody heard of.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from metrics.alerts.model import Event, Message
from services.errors import RateLimitedError, UnavailableError
from services.robot.slack import AnswerLostError, Payload, Receipt, RefusedError, Slack
from services.robot.state import Book, Delivery, Order, Post, SlackState, SlackStatus
from services.robot.store import Ledger
from services.robot.transitions import new_id

log = logging.getLogger(__name__)

# Slack takes one message a second in a channel.
APART_SECONDS = 1.1
# Once a minute bothers nobody, and a critical problem does not wait long for a Slack that is back.
BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 2.0, 60.0
# Each repetition of a message that may have arrived may be a second copy of it.
DOUBT_SECONDS, LONGEST_DOUBT_SECONDS = 30.0, 300.0
# What has waited for longer is told in one message.
OLD_SECONDS = 600.0
IDLE_SECONDS = 60.0
# What arrives later than this begins its cool-down when it arrives.
LATE_SECONDS = 60.0
# Less than this is no time: a clock of Unix seconds cannot tell it.
INSTANT_SECONDS = 0.001
BAD_BLOCKS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)

Compose = Callable[[Book, Order, float], Message]
Draw = Callable[[Message], Payload]


class Courier:
    """Carries orders to Slack, one step at a time.

    Args:
        ledger: Where the orders are.
        slack: Who takes them.
        compose: Makes an order's message, with names.
        draw: Puts the message into words.
        clock: Unix seconds.
        names: Makes ids.
    """

    def __init__(
        self,
        ledger: Ledger,
        slack: Slack,
        *,
        compose: Compose,
        draw: Draw,
        clock: Callable[[], float],
        names: Callable[[], str] = new_id,
    ) -> None:
        self._ledger = ledger
        self._slack = slack
        self._compose = compose
        self._draw = draw
        self._clock = clock
        self._names = names
        self._sent_at: float | None = None
        # What Slack answered, until the store has taken note of it.
        self._answered: Callable[[Book], Book] | None = None

    def step(self) -> float:
        """Carry the oldest order, if it is due; seconds until there may be more to do.

        Raises:
            FencedError: Another collector has taken over.
            ServiceError: The store fails.
        """
        if self._answered is not None:
            # Sending anything before this is noted would send the last message twice.
            self._ledger.change(self._answered)
            self._answered = None
        wait = self._wait()
        if wait > 0:
            return wait
        began = self._clock()
        book = self._ledger.change(lambda book: begun(coalesced(book, began, self._names), began))
        order = book.orders[0]
        self._answered = self._carried(book, order)
        self._sent_at = self._clock()
        self._ledger.change(self._answered)
        self._answered = None
        return self._wait()

    def _wait(self) -> float:
        orders = self._ledger.book().orders
        if not orders:
            return IDLE_SECONDS
        now = self._clock()
        since = None if self._sent_at is None else now - self._sent_at
        pause = APART_SECONDS - since if since is not None and since >= 0 else 0.0
        wait = max(orders[0].wait(now), pause)
        return wait if wait > INSTANT_SECONDS else 0.0

    def _carried(self, book: Book, order: Order) -> Callable[[Book], Book]:
        """Make one attempt; what it makes of the book."""
        try:
            receipt = self._handed_over(book, order)
        except RefusedError as error:
            return self._refused(order, error.reason)
        except RateLimitedError as error:
            return self._later(order, str(error), error.retry_after_seconds)
        except AnswerLostError as error:
            doubted = replace(order, doubtful=order.doubtful + 1)
            return self._later(
                doubted, str(error), backoff(DOUBT_SECONDS, order.doubtful, LONGEST_DOUBT_SECONDS)
            )
        except UnavailableError as error:
            return self._later(order, str(error), backoff(BACKOFF_SECONDS, order.attempts - 1))
        return lambda book: arrived(book, order, receipt, self._clock())

    def _refused(self, order: Order, reason: str) -> Callable[[Book], Book]:
        if reason in BAD_BLOCKS and not order.is_plain:
            log.error("robot: Slack refuses the blocks (%s); the text goes alone", reason)
            plain = replace(order, is_plain=True)
            return lambda book: later(book, plain, reason, 0.0, self._clock())
        log.error("robot: a message is given up: %s", reason)
        return lambda book: given_up(book, order, reason, self._clock(), self._names)

    def _later(self, order: Order, failure: str, seconds: float) -> Callable[[Book], Book]:
        log.warning("robot: %s; again in %.0f s", failure, seconds)
        return lambda book: later(book, order, failure, seconds, self._clock())

    def _handed_over(self, book: Book, order: Order) -> Receipt:
        if order.kind == "edit":
            post = book.post(order.post)
            if post is None:
                raise RefusedError("nothing_to_renew")
            message = self._message(book, order)
            self._slack.edit(Receipt(post.channel, post.ts), message)
            return Receipt(post.channel, post.ts)
        return self._slack.post(self._message(book, order), thread_of(book, order))

    def _message(self, book: Book, order: Order) -> Payload:
        try:
            drawn = self._draw(self._compose(book, order, self._clock()))
        except (LookupError, TypeError, ValueError) as error:
            # A mistake of ours in one message must not hold up all that follow it.
            raise RefusedError(f"cannot_be_drawn_{type(error).__name__}") from error
        return {"text": drawn["text"]} if order.is_plain else drawn


def backoff(first: float, failures: int, longest: float = LONGEST_BACKOFF_SECONDS) -> float:
    """Seconds until the next attempt, each time twice as many."""
    return min(first * 2.0 ** min(failures, 10), longest)


def begun(book: Book, now: float) -> Book:
    """With the first order marked as being sent. One that was marked already was cut off."""
    first = book.orders[0]
    doubtful = first.doubtful + (1 if first.sending else 0)
    return book.with_order(
        replace(first, attempts=first.attempts + 1, sending=True, doubtful=doubtful)
    )


def coalesced(book: Book, now: float, names: Callable[[], str]) -> Book:
    """With everything that waits put into one message, where the oldest has waited for long.

    Each problem is told once: as over, where it came and went meanwhile.
    """
    says = [order for order in book.orders if order.kind == "say"]
    if len(says) < 2 or not now - says[0].created_at > OLD_SECONDS:
        return book
    items: dict[str, Event] = {}
    for order in says:
        for life, event in order.items:
            items[life] = event if life not in items or event == "ended" else items[life]
    silent = [s for s in (says[0].silent_since, says[0].created_at) if s is not None]
    together = Order(
        id=names(),
        kind="say",
        created_at=says[0].created_at,
        items=tuple(items.items()),
        doubtful=sum(order.doubtful + order.sending for order in says),
        covers=tuple(one for order in says for one in (order.id, *order.covers)),
        silent_since=min(silent),
    )
    gone = {order.id for order in says}
    kept = tuple(order for order in book.orders if order.id not in gone and order.post not in gone)
    return replace(book, orders=(together, *kept))


def later(book: Book, order: Order, failure: str, seconds: float, now: float) -> Book:
    """With the order to be sent again after so many seconds."""
    waiting = replace(order, sending=False, waits_from=now, waits_for=seconds, failure=failure)
    slack = _status(book.slack, "late", now, failure)
    return replace(book.with_order(waiting), slack=slack)


def arrived(book: Book, order: Order, receipt: Receipt, now: float) -> Book:
    """With the order done, and the message known where it can be renewed."""
    book = book.without_order(order, _delivery(book, order, now, arrived=True))
    book = replace(book, slack=_status(book.slack, "ok", now, None, arrived_at=now))
    if order.kind == "say" and now - order.created_at > LATE_SECONDS:
        # Who has just read of it after an outage need not read of it again at once.
        read = {life for life, _ in order.items}
        late = [life for life in book.lives if life.id in read and life.told_at is not None]
        book = book.with_lives(*(replace(life, told_at=now) for life in late))
    if order.kind != "say" or not receipt.ts:
        return book
    told = {life for life, _ in order.items}
    lives = tuple(life for life in book.lives if life.id in told)
    post = Post(order.id, receipt.channel, receipt.ts, tuple(life.id for life in lives))
    posted = [replace(life, posts=(*life.posts[:1], order.id)) for life in lives]
    return replace(book, posts=(*book.posts, post)).with_lives(*posted)


def given_up(book: Book, order: Order, reason: str, now: float, names: Callable[[], str]) -> Book:
    """With the order done without having arrived, for everybody to see.

    Where a message cannot be renewed, the ends that it should have told are told anew.
    """
    delivery = replace(_delivery(book, order, now, arrived=False), reason=reason)
    book = book.without_order(order, delivery)
    if order.kind != "edit":
        return replace(book, slack=_status(book.slack, "failed", now, reason))
    post = book.post(order.post)
    over = [life for life in book.lives if post and life.id in post.lives and not life.is_live]
    if not over:
        return book
    items: tuple[tuple[str, Event], ...] = tuple((life.id, "ended") for life in over)
    return replace(book, orders=(*book.orders, Order(names(), "say", now, items)))


def abandoned(book: Book, now: float) -> Book:
    """With everything given up that waits for a Slack that is no longer set up."""
    for order in book.orders:
        delivery = replace(_delivery(book, order, now, arrived=False), reason="slack_is_off")
        book = book.without_order(order, delivery)
    return book


def thread_of(book: Book, order: Order) -> str | None:
    """Where repetitions go: below the message that told of all of them first, if one did."""
    if not order.items or any(event == "fired" for _, event in order.items):
        return None
    lives = [book.life(life_id) for life_id, _ in order.items]
    roots = {life.posts[0] if life and life.posts else None for life in lives}
    post = book.post(roots.pop()) if len(roots) == 1 else None
    return post.ts if post else None


def _delivery(book: Book, order: Order, now: float, *, arrived: bool) -> Delivery:
    post = book.post(order.post)
    lives = post.lives if post else tuple(life for life, _ in order.items)
    return Delivery(
        id=order.id,
        kind=order.kind,
        created_at=order.created_at,
        done_at=now,
        arrived=arrived,
        lives=lives,
        attempts=order.attempts,
        doubtful=order.doubtful,
        covers=len(order.covers),
    )


def _status(
    before: SlackStatus,
    state: SlackState,
    now: float,
    error: str | None,
    arrived_at: float | None = None,
) -> SlackStatus:
    since = before.since if before.state == state and before.since is not None else now
    return SlackStatus(state, since, arrived_at or before.arrived_at, error)
