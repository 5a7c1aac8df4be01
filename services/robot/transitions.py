"""How problems live: what an evaluation makes of those that were known, and what is to be said."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from metrics.alerts.model import Ending, Event, Outlook, Problem, Rule
from services.robot.state import Book, Life, Order, nameless

# A condition that flickers around its limit is one problem.
CLEAR_EVALUATIONS: Mapping[Rule, int] = {"overload": 2}
# What a rule's end is read from; all others read Intercom.
SOURCES: Mapping[Rule, str] = {"staffing_voice": "aircall"}
# These read no vendor.
WITHOUT_SOURCE: tuple[Rule, ...] = ("stale", "wall_silent")
WORST_FIRST = {"critical": 0, "warning": 1, "info": 2}
Item = tuple[str, Event]


def new_id() -> str:
    """A name that nothing else has."""
    return secrets.token_hex(8)


@dataclass(frozen=True)
class Policy:
    """What may be said at this moment.

    Attributes:
        speaks: Whether anything may be.
        is_quiet: Whether only critical problems may be.
        edits: Whether messages can be renewed in place, which makes no sound.
        cooldowns: Seconds before the same problem is told again, by rule.
        off: Rules that somebody has switched off.
        names: Makes ids.
    """

    speaks: bool = True
    is_quiet: bool = False
    edits: bool = False
    cooldowns: Mapping[Rule, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    names: Callable[[], str] = new_id

    def allows(self, problem: Problem) -> bool:
        """Whether this problem may be told now."""
        return self.speaks and (not self.is_quiet or problem.severity == "critical")


def advance(
    book: Book, outlook: Outlook, policy: Policy, now: float, *, fresh: Collection[str]
) -> Book:
    """The book after an evaluation: lives begun, gone on and ended, orders added.

    Args:
        book: As it was.
        outlook: What the rules say.
        policy: What may be said.
        now: Unix seconds.
        fresh: Sources that have answered since the last evaluation; old data prove no end.
    """
    found = {p.key: p for p in outlook.problems if p.rule not in policy.off}
    before = {life.id: life for life in book.lives}
    lives = [_gone_on(life, found, outlook, policy, now, fresh) for life in book.lives]
    known = {life.problem.key for life in lives if life.is_live}
    lives += [
        _begun(problem, policy.names(), now)
        for key, problem in found.items()
        if problem.fires and key not in known
    ]
    on_the_way = {life for order in book.orders for life, _ in order.items}
    told, items = _told(lives, outlook, policy, now, on_the_way)
    said = replace(
        book, lives=tuple(told), evaluated_at=now, unknown=tuple(sorted(outlook.unknown))
    )
    if items:
        said = replace(said, orders=(*said.orders, Order(policy.names(), "say", now, items)))
    if policy.edits and policy.speaks:
        said = _renewed(said, before, policy, now)
    return said


def acknowledged(book: Book, life_id: str, by: str, policy: Policy, now: float) -> Book:
    """With somebody having taken the problem on; the first one counts."""
    life = book.life(life_id)
    if life is None or not life.is_live or life.acknowledged_by is not None:
        return book
    taken = replace(life, acknowledged_by=by, acknowledged_at=now).noted(now, "acknowledged")
    changed = book.with_lives(taken)
    if policy.edits and policy.speaks:
        changed = _with_edits(changed, set(taken.posts), policy, now)
    return changed


def muted(book: Book, life_id: str, until: float, now: float) -> Book:
    """With the problem's repetitions silenced for a while."""
    life = book.life(life_id)
    if life is None or not life.is_live:
        return book
    return book.with_lives(replace(life, muted_until=until).noted(now, "muted"))


def _begun(problem: Problem, life_id: str, now: float) -> Life:
    life = Life(life_id, nameless(problem), fired_at=now, peak=problem.value)
    return life.noted(now, "fired")


def _gone_on(
    life: Life,
    found: Mapping[str, Problem],
    outlook: Outlook,
    policy: Policy,
    now: float,
    fresh: Collection[str],
) -> Life:
    rule, key = life.problem.rule, life.problem.key
    if not life.is_live:
        return life
    if rule in policy.off:
        return _ended(life, "off", now)
    idle = outlook.idle.get(rule) or outlook.idle.get(key)
    if idle is not None:
        return _ended(life, idle, now)
    if rule in outlook.unknown or key in outlook.unknown:
        return life
    if key in found:
        return life.seen(found[key], now)
    if rule not in WITHOUT_SOURCE and SOURCES.get(rule, "intercom") not in fresh:
        return life
    clear = life.clear + 1
    if clear >= CLEAR_EVALUATIONS.get(rule, 1):
        return _ended(life, "resolved", now)
    return replace(life, clear=clear)


def _ended(life: Life, ending: Ending, now: float) -> Life:
    # What nobody was told of needs no end.
    ended = max(now, life.fired_at)
    life = replace(life, ended_at=ended, ending=ending, owes_end=life.tellings > 0)
    return life.noted(ended, "ended")


def _told(
    lives: list[Life], outlook: Outlook, policy: Policy, now: float, on_the_way: set[str]
) -> tuple[list[Life], tuple[Item, ...]]:
    """The lives after everything has been said that is to be said, and what that is."""
    kept, items = [], []
    for life in lives:
        # A renewed message tells the end, where there is a message to renew.
        edits = policy.edits and bool(life.posts or life.id in on_the_way)
        event = _event(life, outlook, policy, now, edits)
        if event is not None:
            items.append((life, event))
        kept.append(_after(life, event, now, owes_nothing=edits or not policy.speaks))
    items.sort(key=lambda item: (item[1] == "ended", WORST_FIRST[item[0].problem.severity]))
    return kept, tuple((life.id, event) for life, event in items)


def _event(life: Life, outlook: Outlook, policy: Policy, now: float, edits: bool) -> Event | None:
    if not policy.allows(life.problem):
        return None
    if not life.is_live:
        return "ended" if life.owes_end and not edits else None
    problem = life.problem
    is_known = not {problem.rule, problem.key} & outlook.unknown
    if life.acknowledged_by is not None or not (is_known and problem.fires and life.clear == 0):
        return None
    if life.told_at is None:
        return "fired"
    return "repeated" if _may_be_repeated(life, policy, now) else None


def _may_be_repeated(life: Life, policy: Policy, now: float) -> bool:
    assert life.told_at is not None
    if life.muted_until is not None and life.told_at <= now < life.muted_until:
        return False
    # A clock that was set back: `_after` has the cool-down begin anew.
    return now - life.told_at >= policy.cooldowns.get(life.problem.rule, 0)


def _after(life: Life, event: Event | None, now: float, *, owes_nothing: bool) -> Life:
    if event == "ended":
        return replace(life, owes_end=False)
    if event is not None:
        told = replace(life, told_at=now, tellings=life.tellings + 1)
        return told.noted(now, "told" if event == "fired" else "repeated")
    if life.owes_end and owes_nothing:
        return replace(life, owes_end=False)
    if life.told_at is not None and life.told_at > now:
        return replace(life, told_at=now)
    return life


def _renewed(book: Book, before: Mapping[str, Life], policy: Policy, now: float) -> Book:
    """With orders to renew the messages that say what is no longer so."""
    changed = set()
    for life in book.lives:
        old = before.get(life.id)
        if old is not None and _shown(old) != _shown(life):
            changed |= set(life.posts) | _being_said(book, life.id)
    return _with_edits(book, changed, policy, now)


def _shown(life: Life) -> tuple[object, ...]:
    """What a message shows of a life; ages run on by themselves and are no reason to renew it."""
    problem = life.problem
    value = problem.value if problem.unit == "count" else None
    return value, problem.severity, life.acknowledged_by, life.ended_at


def _being_said(book: Book, life_id: str) -> set[str]:
    """Messages about this life that have just left; those that wait are drawn when they leave."""
    return {
        order.id
        for order in book.orders
        if order.kind == "say" and order.sending and life_id in {life for life, _ in order.items}
    }


def _with_edits(book: Book, posts: set[str], policy: Policy, now: float) -> Book:
    waiting = {order.post for order in book.orders if order.kind == "edit" and not order.sending}
    added = tuple(Order(policy.names(), "edit", now, post=post) for post in sorted(posts - waiting))
    return replace(book, orders=(*book.orders, *added))
