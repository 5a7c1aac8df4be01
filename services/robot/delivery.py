"""How messages arrive: the oldest first, each until Slack says that it has it.

A message is marked before it is sent and done only after Slack's answer. A crash in between sends
it again, since a problem told twice is better than one that nobody heard of.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from metrics.alerts.model import Event, Message
from services.errors import RateLimitedError, UnavailableError
from services.robot.slack import AnswerLostError, Payload, Receipt, RefusedError, Slack
from services.robot.state import (
    AlertState,
    Delivery,
    OutboxMessage,
    SlackMessage,
    SlackState,
    SlackStatus,
)
from services.robot.store import AlertStore
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

Change = Callable[[AlertState], AlertState]
Compose = Callable[[AlertState, OutboxMessage, float], Message]
Draw = Callable[[Message], Payload]


class Sender:
    """Carries the outbox to Slack, one step at a time.

    `compose` makes an outbox message's content, with names; `draw` puts it into words.
    """

    def __init__(
        self,
        store: AlertStore,
        slack: Slack,
        *,
        compose: Compose,
        draw: Draw,
        clock: Callable[[], float],
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self._store = store
        self._slack = slack
        self._compose = compose
        self._draw = draw
        self._clock = clock
        self._make_id = make_id
        self._sent_at: float | None = None
        # What Slack answered, until the store has taken note of it.
        self._outcome: Change | None = None

    def step(self) -> float:
        """Send the oldest message, if it is due; seconds until there may be more to do.

        Errors as of `AlertStore.update`.
        """
        if self._outcome is not None:
            # Sending anything before this is noted would send the last message twice.
            self._store.update(self._outcome)
            self._outcome = None
        wait = self._seconds_to_wait()
        if wait > 0:
            return wait
        now = self._clock()
        state = self._store.update(lambda state: mark_sending(merge_old(state, now, self._make_id)))
        self._outcome = self._attempt(state, state.outbox[0])
        self._sent_at = self._clock()
        self._store.update(self._outcome)
        self._outcome = None
        return self._seconds_to_wait()

    def _seconds_to_wait(self) -> float:
        outbox = self._store.load().outbox
        if not outbox:
            return IDLE_SECONDS
        now = self._clock()
        since = None if self._sent_at is None else now - self._sent_at
        pause = APART_SECONDS - since if since is not None and since >= 0 else 0.0
        wait = max(outbox[0].seconds_to_wait(now), pause)
        return wait if wait > INSTANT_SECONDS else 0.0

    def _attempt(self, state: AlertState, entry: OutboxMessage) -> Change:
        """Make one attempt; what its outcome makes of the state."""
        try:
            receipt = self._hand_over(state, entry)
        except RefusedError as error:
            return self._handle_refusal(entry, error.reason)
        except RateLimitedError as error:
            return self._retry_later(entry, str(error), error.retry_after_seconds)
        except AnswerLostError as error:
            seconds = backoff(DOUBT_SECONDS, entry.doubtful, LONGEST_DOUBT_SECONDS)
            doubted = replace(entry, doubtful=entry.doubtful + 1)
            return self._retry_later(doubted, str(error), seconds)
        except UnavailableError as error:
            seconds = backoff(BACKOFF_SECONDS, entry.attempts - 1)
            return self._retry_later(entry, str(error), seconds)
        return lambda state: record_arrival(state, entry, receipt, self._clock())

    def _handle_refusal(self, entry: OutboxMessage, reason: str) -> Change:
        if reason in BAD_BLOCKS and not entry.is_plain:
            log.error("robot: Slack refuses the blocks (%s); the text goes alone", reason)
            plain = replace(entry, is_plain=True)
            return lambda state: postpone(state, plain, reason, 0.0, self._clock())
        log.error("robot: a message is given up: %s", reason)
        return lambda state: give_up(state, entry, reason, self._clock(), self._make_id)

    def _retry_later(self, entry: OutboxMessage, failure: str, seconds: float) -> Change:
        log.warning("robot: %s; again in %.0f s", failure, seconds)
        return lambda state: postpone(state, entry, failure, seconds, self._clock())

    def _hand_over(self, state: AlertState, entry: OutboxMessage) -> Receipt:
        if entry.kind == "edit":
            posted = state.slack_message(entry.slack_message_id)
            if posted is None:
                raise RefusedError("nothing_to_renew")
            receipt = Receipt(posted.channel, posted.ts)
            self._slack.edit(receipt, self._draw_message(state, entry))
            return receipt
        return self._slack.post(self._draw_message(state, entry), find_thread(state, entry))

    def _draw_message(self, state: AlertState, entry: OutboxMessage) -> Payload:
        try:
            payload = self._draw(self._compose(state, entry, self._clock()))
        except (LookupError, TypeError, ValueError) as error:
            # A mistake of ours in one message must not hold up all that follow it.
            raise RefusedError(f"cannot_be_drawn_{type(error).__name__}") from error
        return {"text": payload["text"]} if entry.is_plain else payload


def backoff(first: float, failures: int, longest: float = LONGEST_BACKOFF_SECONDS) -> float:
    """Seconds until the next attempt, each time twice as many."""
    return min(first * 2.0 ** min(failures, 10), longest)


def mark_sending(state: AlertState) -> AlertState:
    """With the first message marked as being sent. One that was marked already was cut off."""
    first = state.outbox[0]
    doubtful = first.doubtful + (1 if first.sending else 0)
    return state.with_entry(
        replace(first, attempts=first.attempts + 1, sending=True, doubtful=doubtful)
    )


def merge_old(state: AlertState, now: float, make_id: Callable[[], str]) -> AlertState:
    """With everything that waits put into one message, where the oldest has waited for long.

    Each problem is told once: as over, where it came and went meanwhile.
    """
    waiting = [entry for entry in state.outbox if entry.kind == "say"]
    if len(waiting) < 2 or not now - waiting[0].created_at > OLD_SECONDS:
        return state
    items: dict[str, Event] = {}
    for entry in waiting:
        for incident_id, event in entry.items:
            if incident_id not in items or event == "ended":
                items[incident_id] = event
    silences = [s for s in (waiting[0].silent_since, waiting[0].created_at) if s is not None]
    merged = OutboxMessage(
        id=make_id(),
        kind="say",
        created_at=waiting[0].created_at,
        items=tuple(items.items()),
        doubtful=sum(entry.doubtful + entry.sending for entry in waiting),
        covers=tuple(i for entry in waiting for i in (entry.id, *entry.covers)),
        silent_since=min(silences),
    )
    covered = {entry.id for entry in waiting}
    rest = tuple(
        entry
        for entry in state.outbox
        if entry.id not in covered and entry.slack_message_id not in covered
    )
    return replace(state, outbox=(merged, *rest))


def postpone(
    state: AlertState, entry: OutboxMessage, failure: str, seconds: float, now: float
) -> AlertState:
    waiting = replace(entry, sending=False, waits_from=now, waits_for=seconds, failure=failure)
    slack = _update_status(state.slack, "late", now, failure)
    return replace(state.with_entry(waiting), slack=slack)


def record_arrival(
    state: AlertState, entry: OutboxMessage, receipt: Receipt, now: float
) -> AlertState:
    """With the message done, and where it lies remembered where it can be edited."""
    state = state.without_entry(entry, _build_delivery(state, entry, now, arrived=True))
    state = replace(state, slack=_update_status(state.slack, "ok", now, None, arrived_at=now))
    if entry.kind != "say":
        return state
    incidents = [i for i in state.incidents if i.id in entry.incident_ids]
    if now - entry.created_at > LATE_SECONDS:
        # Who has just read of it after an outage need not read of it again at once.
        incidents = [i if i.notified_at is None else replace(i, notified_at=now) for i in incidents]
    if receipt.ts:
        ids = tuple(incident.id for incident in incidents)
        posted = SlackMessage(entry.id, receipt.channel, receipt.ts, ids)
        state = replace(state, slack_messages=(*state.slack_messages, posted))
        incidents = [
            replace(i, slack_message_ids=(*i.slack_message_ids[:1], entry.id)) for i in incidents
        ]
    return state.with_incidents(*incidents)


def give_up(
    state: AlertState, entry: OutboxMessage, reason: str, now: float, make_id: Callable[[], str]
) -> AlertState:
    """With the message done without having arrived, for everybody to see.

    Where a message cannot be edited, the ends that it should have told are told anew.
    """
    delivery = replace(_build_delivery(state, entry, now, arrived=False), reason=reason)
    state = state.without_entry(entry, delivery)
    if entry.kind != "edit":
        return replace(state, slack=_update_status(state.slack, "failed", now, reason))
    posted = state.slack_message(entry.slack_message_id)
    shown = posted.incident_ids if posted else ()
    over = [i for i in state.incidents if i.id in shown and not i.is_live]
    if not over:
        return state
    items: tuple[tuple[str, Event], ...] = tuple((incident.id, "ended") for incident in over)
    message = OutboxMessage(make_id(), "say", now, items)
    return replace(state, outbox=(*state.outbox, message))


def abandon_outbox(state: AlertState, now: float) -> AlertState:
    """With everything given up that waits for a Slack that is no longer set up."""
    for entry in state.outbox:
        delivery = replace(_build_delivery(state, entry, now, arrived=False), reason="slack_is_off")
        state = state.without_entry(entry, delivery)
    return state


def find_thread(state: AlertState, entry: OutboxMessage) -> str | None:
    """Where repetitions go: below the message that told of all of them first, if one did."""
    if not entry.items or any(event == "fired" for _, event in entry.items):
        return None
    incidents = [state.incident(incident_id) for incident_id in entry.incident_ids]
    roots = {i.slack_message_ids[0] if i and i.slack_message_ids else None for i in incidents}
    root = state.slack_message(roots.pop()) if len(roots) == 1 else None
    return root.ts if root else None


def _build_delivery(
    state: AlertState, entry: OutboxMessage, now: float, *, arrived: bool
) -> Delivery:
    posted = state.slack_message(entry.slack_message_id)
    return Delivery(
        id=entry.id,
        kind=entry.kind,
        created_at=entry.created_at,
        done_at=now,
        arrived=arrived,
        incident_ids=posted.incident_ids if posted else tuple(i for i, _ in entry.items),
        attempts=entry.attempts,
        doubtful=entry.doubtful,
        covers=len(entry.covers),
    )


def _update_status(
    before: SlackStatus,
    state: SlackState,
    now: float,
    error: str | None,
    arrived_at: float | None = None,
) -> SlackStatus:
    since = before.since if before.state == state and before.since is not None else now
    return SlackStatus(state, since, arrived_at or before.arrived_at, error)
