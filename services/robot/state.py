"""What the robot remembers, as it lies in the state store: ids and numbers, nobody's data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import TypeAdapter

from metrics.alerts.model import Ending, Event, Problem, Rule

EVENTS = 30
DELIVERIES = 200
SlackState = Literal["off", "starting", "ok", "late", "failed"]
# For these, less is worse.
STAFFING: tuple[Rule, ...] = ("staffing_text", "staffing_voice")


@dataclass(frozen=True)
class Life:
    """One problem from its beginning to its end. Instants are Unix seconds.

    Attributes:
        id: Its own; the same problem may live again.
        problem: As it was last seen, without names.
        fired_at: When it was found.
        peak: The worst value so far.
        told_at: When it was last decided to tell it; None = not yet.
        tellings: How often it was told.
        clear: Evaluations in a row in which the condition did not hold.
        acknowledged_by: Who has taken it on, which silences its repetitions.
        acknowledged_at: When.
        muted_until: Until when somebody does not want to hear of it.
        ended_at: When it was over.
        ending: How it ended.
        owes_end: Whether its end is still to be told.
        posts: The Slack messages that tell of it: the first one and the latest.
        events: What happened to it: when, what, and the value at that time.
    """

    id: str
    problem: Problem
    fired_at: float
    peak: float
    told_at: float | None = None
    tellings: int = 0
    clear: int = 0
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    muted_until: float | None = None
    ended_at: float | None = None
    ending: Ending | None = None
    owes_end: bool = False
    posts: tuple[str, ...] = ()
    events: tuple[tuple[float, str, float], ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None

    def seconds(self, now: float) -> float:
        """How long it has lasted; never negative, whatever the clock was put to."""
        return max(0.0, (now if self.ended_at is None else self.ended_at) - self.fired_at)

    def noted(self, at: float, event: str) -> "Life":
        """With one more event; of very many, the first and the latest are kept."""
        events = (*self.events, (at, event, self.problem.value))
        if len(events) > EVENTS:
            events = (events[0], *events[-(EVENTS - 1) :])
        return replace(self, events=events)

    def seen(self, problem: Problem, at: float) -> "Life":
        """With a new look at its problem."""
        peak = worse(problem.rule, self.peak, problem.value)
        life = replace(self, problem=nameless(problem), peak=peak, clear=0)
        return life.noted(at, "peak") if peak != self.peak and problem.unit == "count" else life


@dataclass(frozen=True)
class Order:
    """Something that is to be said, decided and not yet proven to have arrived.

    Attributes:
        id: Its own; whatever happens to it is done once by this.
        kind: A new message, the renewal of one, or a test.
        created_at: When it was decided.
        items: The lives it tells of, and why.
        post: The message to renew.
        attempts: How often it has been sent.
        doubtful: How often it was sent without an answer, so that it may have arrived.
        sending: Whether an attempt is under way.
        waits_from: Since when it has to wait.
        waits_for: For how many seconds.
        covers: The orders that were put together into this one.
        silent_since: Since when nothing arrived, where it makes up for that.
        asked_by: Who wants to see a test.
        is_plain: Whether Slack refused its blocks, so that the text goes alone.
        failure: What went wrong last.
    """

    id: str
    kind: Literal["say", "edit", "test"]
    created_at: float
    items: tuple[tuple[str, Event], ...] = ()
    post: str | None = None
    attempts: int = 0
    doubtful: int = 0
    sending: bool = False
    waits_from: float = 0
    waits_for: float = 0
    covers: tuple[str, ...] = ()
    silent_since: float | None = None
    asked_by: str | None = None
    is_plain: bool = False
    failure: str | None = None

    def wait(self, now: float) -> float:
        """Seconds until it may be sent; a clock that was set back ends the waiting."""
        if not self.waits_from <= now:
            return 0.0
        return max(0.0, self.waits_from + self.waits_for - now)


@dataclass(frozen=True)
class Post:
    """A message in Slack that can be renewed: where it is, and of which lives it tells."""

    id: str
    channel: str
    ts: str
    lives: tuple[str, ...]
    thread: str | None = None


@dataclass(frozen=True)
class Delivery:
    """What became of an order.

    Attributes:
        id: Of the order.
        kind: Of the order.
        created_at: When it was decided.
        done_at: When Slack said so, or when it was given up.
        arrived: Whether Slack said that it has it.
        lives: Of which it told.
        attempts: How often it was sent.
        doubtful: How often without an answer: so many copies may be there besides.
        covers: How many orders it made up for.
        reason: Why it was given up.
    """

    id: str
    kind: Literal["say", "edit", "test"]
    created_at: float
    done_at: float
    arrived: bool
    lives: tuple[str, ...] = ()
    attempts: int = 1
    doubtful: int = 0
    covers: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class SlackStatus:
    """How Slack is: as a source of the API's status."""

    state: SlackState = "off"
    since: float | None = None
    arrived_at: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class Book:
    """All of it: one document, so that what was decided and what is to be said change together.

    Attributes:
        lives: Those that go on, and those whose end is not settled.
        orders: In the order in which they are to arrive.
        posts: Messages that may have to be renewed.
        deliveries: The latest.
        slack: How it is.
        bad_since: Since when each source has been late or failed without a break.
        evaluated_at: When the rules were last looked at.
        unknown: Rules and keys about which the data said nothing then.
    """

    lives: tuple[Life, ...] = ()
    orders: tuple[Order, ...] = ()
    posts: tuple[Post, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    slack: SlackStatus = SlackStatus()
    bad_since: Mapping[str, float] = field(default_factory=dict)
    evaluated_at: float | None = None
    unknown: tuple[str, ...] = ()

    def life(self, life_id: str) -> Life | None:
        """The life of that id."""
        return next((life for life in self.lives if life.id == life_id), None)

    def post(self, post_id: str | None) -> Post | None:
        """The message of that id."""
        return next((post for post in self.posts if post.id == post_id), None)

    def with_lives(self, *changed: Life) -> "Book":
        """With these lives in place of those with their ids."""
        by_id = {life.id: life for life in changed}
        return replace(self, lives=tuple(by_id.get(life.id, life) for life in self.lives))

    def with_order(self, order: Order) -> "Book":
        """With this order in place of that with its id."""
        orders = tuple(order if order.id == other.id else other for other in self.orders)
        return replace(self, orders=orders)

    def without_order(self, order: Order, delivery: Delivery) -> "Book":
        """With that order done."""
        orders = tuple(other for other in self.orders if other.id != order.id)
        return replace(self, orders=orders, deliveries=(*self.deliveries, delivery)[-DELIVERIES:])

    def settled(self) -> tuple[Life, ...]:
        """Lives that are over and of which nothing is to be said any more."""
        pending = {life for order in self.orders for life, _ in order.items}
        renewed = {order.post for order in self.orders if order.kind == "edit"}
        pending |= {life for post in self.posts if post.id in renewed for life in post.lives}
        return tuple(
            life
            for life in self.lives
            if not life.is_live and not life.owes_end and life.id not in pending
        )

    def without(self, gone: tuple[Life, ...]) -> "Book":
        """Without these lives, and without the messages that nothing refers to any more."""
        ids = {life.id for life in gone}
        lives = tuple(life for life in self.lives if life.id not in ids)
        kept = {post for life in lives for post in life.posts}
        kept |= {order.post for order in self.orders if order.post}
        posts = tuple(post for post in self.posts if post.id in kept)
        return replace(self, lives=lives, posts=posts)


BOOK = TypeAdapter(Book)
LIVES = TypeAdapter(tuple[Life, ...])


def nameless(problem: Problem) -> Problem:
    """The problem as it may be kept."""
    return replace(problem, team="", agent="")


def worse(rule: Rule, one: float, other: float) -> float:
    """The worse of two values of a rule."""
    return min(one, other) if rule in STAFFING else max(one, other)
