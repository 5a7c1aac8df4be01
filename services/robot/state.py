"""What the robot remembers, as it lies in the state store: ids and numbers, nobody's data.

The keys of the stored documents are older than the names here; each field that differs names its
key, so that a document outlives an update and a step back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from metrics.alerts.model import Ending, Event, Problem, Rule
from metrics.alerts.rules import RULES
from metrics.model.severity import Severity

EVENTS = 30
DELIVERIES = 200


def _check_rule(problem: Problem) -> Problem:
    if problem.rule not in RULES:
        raise ValueError("a rule that this version does not know")
    return problem


SlackState = Literal["off", "starting", "ok", "late", "failed"]


@dataclass(frozen=True)
class Incident:
    """One problem from its beginning to its end. Instants are Unix seconds.

    Attributes:
        id: Its own; the same problem may come again as another incident.
        problem: As it was last seen, without names.
        peak: The worst value so far.
        notified_at: When it was last decided to notify; None = not yet.
        notified_severity: How bad it was then.
        clear: Evaluations in a row in which the condition did not hold.
        resolve_pending: Whether its end is still to be notified.
        slack_message_ids: The messages about it: the first one and the latest.
        events: What happened to it: when, what, and the value at that time.
    """

    id: str
    problem: Annotated[Problem, AfterValidator(_check_rule)]
    fired_at: float
    peak: float
    notified_at: Annotated[float | None, Field(alias="told_at")] = None
    notified_severity: Severity | None = None
    notification_count: Annotated[int, Field(alias="tellings")] = 0
    clear: int = 0
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    muted_until: float | None = None
    ended_at: float | None = None
    ending: Ending | None = None
    resolve_pending: Annotated[bool, Field(alias="owes_end")] = False
    slack_message_ids: Annotated[tuple[str, ...], Field(alias="posts")] = ()
    events: tuple[tuple[float, str, float], ...] = ()

    @property
    def is_live(self) -> bool:
        return self.ended_at is None

    def duration_seconds(self, now: float) -> float:
        """How long it has lasted; never negative, whatever the clock was put to."""
        return max(0.0, (now if self.ended_at is None else self.ended_at) - self.fired_at)

    def with_event(self, at: float, event: str) -> "Incident":
        """With one more event; of very many, the first and the latest are kept."""
        events = (*self.events, (at, event, self.problem.value))
        if len(events) > EVENTS:
            events = (events[0], *events[-(EVENTS - 1) :])
        return replace(self, events=events)

    def with_observation(self, problem: Problem, at: float) -> "Incident":
        peak = pick_worse(problem.rule, self.peak, problem.value)
        incident = replace(self, problem=strip_names(problem), peak=peak, clear=0)
        if peak != self.peak and problem.unit == "count":
            return incident.with_event(at, "peak")
        return incident


@dataclass(frozen=True)
class OutboxMessage:
    """A message that is decided and not yet proven to have arrived. Instants are Unix seconds.

    Attributes:
        id: Whatever happens to it is done once by this.
        items: Incident ids, and why each is notified.
        doubtful: How often it was sent without an answer, so that it may have arrived.
        waits_for: Seconds from `waits_from` on.
        covers: The ids of the messages that were merged into this one.
        silent_since: Since when nothing arrived, where it makes up for that.
        is_plain: Whether Slack refused its blocks, so that the text goes alone.
    """

    id: str
    kind: Literal["say", "edit", "test"]
    created_at: float
    items: tuple[tuple[str, Event], ...] = ()
    slack_message_id: Annotated[str | None, Field(alias="post")] = None
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

    @property
    def incident_ids(self) -> frozenset[str]:
        return frozenset(incident_id for incident_id, _ in self.items)

    def seconds_to_wait(self, now: float) -> float:
        """Until it may be sent; a clock that was set back ends the waiting."""
        if not self.waits_from <= now:
            return 0.0
        return max(0.0, self.waits_from + self.waits_for - now)


@dataclass(frozen=True)
class SlackMessage:
    id: str
    channel: str
    ts: str
    incident_ids: Annotated[tuple[str, ...], Field(alias="lives")]
    thread: str | None = None


@dataclass(frozen=True)
class Delivery:
    """What became of an outbox message, whose `id`, `kind` and `created_at` it has.

    Attributes:
        done_at: When Slack said that it has it, or when it was given up.
        doubtful: How often it was sent without an answer: so many copies may be there besides.
        covers: How many messages were merged into it.
    """

    id: str
    kind: Literal["say", "edit", "test"]
    created_at: float
    done_at: float
    arrived: bool
    incident_ids: Annotated[tuple[str, ...], Field(alias="lives")] = ()
    attempts: int = 1
    doubtful: int = 0
    covers: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class SlackStatus:
    state: SlackState = "off"
    since: float | None = None
    arrived_at: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class AlertState:
    """All of it: one document, so that what was decided and what is to be sent change together.

    Attributes:
        incidents: Those that go on, and those whose end is not settled.
        outbox: In the order in which they are to arrive.
        slack_messages: Those that may have to be edited.
        bad_since: Since when each source has been late or failed without a break; Unix seconds.
        unknown: Rules and keys about which the data said nothing at `evaluated_at`.
    """

    incidents: Annotated[tuple[Incident, ...], Field(alias="lives")] = ()
    outbox: Annotated[tuple[OutboxMessage, ...], Field(alias="orders")] = ()
    slack_messages: Annotated[tuple[SlackMessage, ...], Field(alias="posts")] = ()
    deliveries: tuple[Delivery, ...] = ()
    slack: SlackStatus = SlackStatus()
    bad_since: Mapping[str, float] = field(default_factory=dict)
    evaluated_at: float | None = None
    unknown: tuple[str, ...] = ()

    def at(self, now: float) -> "AlertState":
        """With each live problem as bad as it is now; one that is unknown stays as it was."""
        return self.with_incidents(
            *(
                replace(incident, problem=incident.problem.at(now))
                for incident in self.incidents
                if incident.is_live and incident.problem.rule not in self.unknown
            )
        )

    def incident(self, incident_id: str) -> Incident | None:
        return next((i for i in self.incidents if i.id == incident_id), None)

    def slack_message(self, message_id: str | None) -> SlackMessage | None:
        return next((m for m in self.slack_messages if m.id == message_id), None)

    def with_incidents(self, *changed: Incident) -> "AlertState":
        by_id = {incident.id: incident for incident in changed}
        return replace(self, incidents=tuple(by_id.get(i.id, i) for i in self.incidents))

    def with_entry(self, entry: OutboxMessage) -> "AlertState":
        return replace(self, outbox=tuple(entry if entry.id == e.id else e for e in self.outbox))

    def without_entry(self, entry: OutboxMessage, delivery: Delivery) -> "AlertState":
        outbox = tuple(other for other in self.outbox if other.id != entry.id)
        return replace(self, outbox=outbox, deliveries=(*self.deliveries, delivery)[-DELIVERIES:])

    def finished_incidents(self) -> tuple[Incident, ...]:
        """Incidents that are over and about which nothing is to be sent any more."""
        pending = {incident_id for entry in self.outbox for incident_id in entry.incident_ids}
        to_edit = {entry.slack_message_id for entry in self.outbox if entry.kind == "edit"}
        pending |= {i for m in self.slack_messages if m.id in to_edit for i in m.incident_ids}
        return tuple(
            incident
            for incident in self.incidents
            if not incident.is_live and not incident.resolve_pending and incident.id not in pending
        )

    def without_incidents(self, finished: tuple[Incident, ...]) -> "AlertState":
        """Without these, and without the messages that nothing refers to any more."""
        ids = {incident.id for incident in finished}
        incidents = tuple(incident for incident in self.incidents if incident.id not in ids)
        referred = {m for incident in incidents for m in incident.slack_message_ids}
        referred |= {entry.slack_message_id for entry in self.outbox if entry.slack_message_id}
        messages = tuple(m for m in self.slack_messages if m.id in referred)
        return replace(self, incidents=incidents, slack_messages=messages)


_STATE = TypeAdapter(AlertState)
_INCIDENTS = TypeAdapter(tuple[Incident, ...])


def dump_state(state: AlertState) -> bytes:
    return _STATE.dump_json(state, by_alias=True)


def parse_state(content: bytes) -> AlertState:
    """Raises ValidationError where the stored document is of another form."""
    return _STATE.validate_json(content)


def dump_incidents(incidents: Sequence[Incident]) -> bytes:
    return _INCIDENTS.dump_json(tuple(incidents), by_alias=True)


def parse_incidents(content: bytes) -> tuple[Incident, ...]:
    """Raises ValidationError where the stored document is of another form."""
    return _INCIDENTS.validate_json(content)


def strip_names(problem: Problem) -> Problem:
    return replace(problem, team="", agent="")


def pick_worse(rule: Rule, value: float, other: float) -> float:
    return min(value, other) if RULES[rule].less_is_worse else max(value, other)
