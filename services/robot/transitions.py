"""What an evaluation makes of the incidents that were known, and what is to be sent."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from metrics.alerts.model import Ending, Evaluation, Event, Problem, Rule
from metrics.alerts.rules import RULES
from metrics.model.severity import SEVERITY_ORDER
from services.robot.state import AlertState, Incident, OutboxMessage, strip_names


def new_id() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True)
class Policy:
    """What may be sent at this moment.

    Attributes:
        is_quiet: Whether only critical problems may be.
        can_edit: Whether messages can be edited in place, which makes no sound.
        cooldowns: Seconds before the same problem is notified again, by rule.
    """

    is_enabled: bool = True
    is_quiet: bool = False
    can_edit: bool = False
    cooldowns: Mapping[Rule, float] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()
    make_id: Callable[[], str] = new_id

    def allows(self, problem: Problem) -> bool:
        return self.is_enabled and (not self.is_quiet or problem.severity == "critical")


@dataclass(frozen=True)
class _Round:
    evaluation: Evaluation
    problems: Mapping[str, Problem]
    policy: Policy
    now: float
    fresh_sources: Collection[str]

    def is_known(self, problem: Problem) -> bool:
        return not {problem.rule, problem.key} & self.evaluation.unknown

    def idle_ending(self, problem: Problem) -> Ending | None:
        idle = self.evaluation.idle
        return idle.get(problem.rule) or idle.get(problem.key)

    def has_fresh_source(self, rule: Rule) -> bool:
        """Whether the absence of a problem proves its end: old data prove none."""
        sources = RULES[rule].sources
        return not sources or sources[-1] in self.fresh_sources


def advance(
    state: AlertState,
    evaluation: Evaluation,
    policy: Policy,
    now: float,
    *,
    fresh_sources: Collection[str],
) -> AlertState:
    """The state after an evaluation: incidents opened, updated and ended, messages queued.

    Only sources that have answered since the last evaluation (`fresh_sources`) prove an end.
    """
    problems = {p.key: p for p in evaluation.problems if p.rule not in policy.disabled}
    this = _Round(evaluation, problems, policy, now, fresh_sources)
    incidents = [_update_incident(incident, this) for incident in state.incidents]
    live_keys = {incident.problem.key for incident in incidents if incident.is_live}
    incidents += [
        _open_incident(problem, policy.make_id(), now)
        for key, problem in problems.items()
        if problem.fires and key not in live_keys
    ]
    after = replace(
        state,
        incidents=tuple(incidents),
        evaluated_at=now,
        unknown=tuple(sorted(evaluation.unknown)),
    )
    return _queue_messages(after.at(now), state, this)


def escalate(state: AlertState, policy: Policy, now: float) -> AlertState:
    """The state between two evaluations: waits go on, and what has become worse is told."""
    after = state.at(now)
    if after == state:
        return state
    return _queue_messages(
        after, state, _Round(Evaluation(unknown=frozenset(state.unknown)), {}, policy, now, ())
    )


def _queue_messages(after: AlertState, before: AlertState, this: _Round) -> AlertState:
    queued = {incident_id for entry in after.outbox for incident_id in entry.incident_ids}
    incidents, items = _notify(after.incidents, this, queued)
    after = replace(after, incidents=tuple(incidents))
    if items:
        message = OutboxMessage(this.policy.make_id(), "say", this.now, items)
        after = replace(after, outbox=(*after.outbox, message))
    return _queue_edits_of_changed(after, before, this.policy, this.now)


def acknowledge_incident(
    state: AlertState, incident_id: str, by: str, policy: Policy, now: float
) -> AlertState:
    """With somebody having taken the problem on; the first one counts."""
    incident = state.incident(incident_id)
    if incident is None or not incident.is_live or incident.acknowledged_by is not None:
        return state
    taken = replace(incident, acknowledged_by=by, acknowledged_at=now)
    changed = state.with_incidents(taken.with_event(now, "acknowledged"))
    return _queue_edits(changed, set(taken.slack_message_ids), policy, now)


def mute_incident(state: AlertState, incident_id: str, until: float, now: float) -> AlertState:
    incident = state.incident(incident_id)
    if incident is None or not incident.is_live:
        return state
    return state.with_incidents(replace(incident, muted_until=until).with_event(now, "muted"))


def _open_incident(problem: Problem, incident_id: str, now: float) -> Incident:
    incident = Incident(incident_id, strip_names(problem), fired_at=now, peak=problem.value)
    return incident.with_event(now, "fired")


def _update_incident(incident: Incident, this: _Round) -> Incident:
    problem, now = incident.problem, this.now
    if not incident.is_live:
        return incident
    if problem.rule in this.policy.disabled:
        return _end_incident(incident, "off", now)
    idle = this.idle_ending(problem)
    if idle is not None:
        return _end_incident(incident, idle, now)
    if not this.is_known(problem):
        return incident
    if problem.key in this.problems:
        return incident.with_observation(this.problems[problem.key], now)
    if not this.has_fresh_source(problem.rule):
        return incident
    clear = incident.clear + 1
    if clear >= RULES[problem.rule].clear_evaluations:
        return _end_incident(incident, "resolved", now)
    return replace(incident, clear=clear)


def _end_incident(incident: Incident, ending: Ending, now: float) -> Incident:
    ended_at = max(now, incident.fired_at)
    # What nobody was notified of needs no end.
    pending = incident.notification_count > 0
    ended = replace(incident, ended_at=ended_at, ending=ending, resolve_pending=pending)
    return ended.with_event(ended_at, "ended")


def _notify(
    incidents: Iterable[Incident], this: _Round, queued: set[str]
) -> tuple[list[Incident], tuple[tuple[str, Event], ...]]:
    """The incidents after everything has been decided that is to be sent, and what that is."""
    updated, due = [], []
    for incident in incidents:
        # An edited message tells the end, where there is a message to edit.
        is_edited = this.policy.can_edit and bool(
            incident.slack_message_ids or incident.id in queued
        )
        event = _choose_event(incident, this, is_edited)
        if event is not None:
            due.append((incident, event))
        is_settled = is_edited or not this.policy.is_enabled
        updated.append(_record_event(incident, event, this.now, needs_no_end=is_settled))
    due.sort(key=lambda item: (item[1] == "ended", SEVERITY_ORDER[item[0].problem.severity]))
    return updated, tuple((incident.id, event) for incident, event in due)


def _choose_event(incident: Incident, this: _Round, is_edited: bool) -> Event | None:
    problem = incident.problem
    if not this.policy.allows(problem):
        return None
    if not incident.is_live:
        return "ended" if incident.resolve_pending and not is_edited else None
    holds = this.is_known(problem) and problem.fires and incident.clear == 0
    if incident.acknowledged_by is not None or not holds:
        return None
    if incident.notified_at is None:
        return "fired"
    return "repeated" if _may_repeat(incident, incident.notified_at, this) else None


def _may_repeat(incident: Incident, notified_at: float, this: _Round) -> bool:
    if incident.muted_until is not None and notified_at <= this.now < incident.muted_until:
        return False
    if incident.problem.severity == "critical" != incident.notified_severity:
        return True
    # A clock that was set back: `_record_event` has the cool-down begin anew.
    return this.now - notified_at >= this.policy.cooldowns.get(incident.problem.rule, 0)


def _record_event(
    incident: Incident, event: Event | None, now: float, *, needs_no_end: bool
) -> Incident:
    if event == "ended":
        return replace(incident, resolve_pending=False)
    if event is not None:
        count = incident.notification_count + 1
        notified = replace(
            incident,
            notified_at=now,
            notified_severity=incident.problem.severity,
            notification_count=count,
        )
        return notified.with_event(now, "told" if event == "fired" else "repeated")
    if incident.resolve_pending and needs_no_end:
        return replace(incident, resolve_pending=False)
    if incident.notified_at is not None and incident.notified_at > now:
        return replace(incident, notified_at=now)
    return incident


def _queue_edits_of_changed(
    state: AlertState, before: AlertState, policy: Policy, now: float
) -> AlertState:
    changed: set[str] = set()
    for incident in state.incidents:
        old = before.incident(incident.id)
        if old is not None and _visible_facts(old) != _visible_facts(incident):
            changed |= set(incident.slack_message_ids) | _messages_in_flight(state, incident.id)
    return _queue_edits(state, changed, policy, now)


def _visible_facts(incident: Incident) -> tuple[object, ...]:
    """What a message shows; ages run on by themselves and are no reason to edit it."""
    problem = incident.problem
    value = problem.value if problem.unit == "count" else None
    return value, problem.severity, incident.acknowledged_by, incident.ended_at


def _messages_in_flight(state: AlertState, incident_id: str) -> set[str]:
    """Messages about it that have just left; those that wait are drawn when they leave."""
    return {
        entry.id
        for entry in state.outbox
        if entry.kind == "say" and entry.sending and incident_id in entry.incident_ids
    }


def _queue_edits(
    state: AlertState, message_ids: set[str], policy: Policy, now: float
) -> AlertState:
    if not (policy.can_edit and policy.is_enabled):
        return state
    queued = {e.slack_message_id for e in state.outbox if e.kind == "edit" and not e.sending}
    added = tuple(
        OutboxMessage(policy.make_id(), "edit", now, slack_message_id=message_id)
        for message_id in sorted(message_ids - queued)
    )
    return replace(state, outbox=(*state.outbox, *added))
