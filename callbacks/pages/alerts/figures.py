"""The alerts page from the robot's state: names put to ids, and the week laid out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from datetime import timedelta

from callbacks.pages.alerts.query import AlertsQuery, read_choices
from layouts.components.context import Context
from layouts.pages.alerts.data import (
    AlertRow,
    Alerts,
    HistoryFilter,
    OutgoingMessage,
    RobotStatus,
    RuleRow,
    Week,
    WeekMark,
)
from layouts.pages.alerts.words import place_of
from metrics.alerts.model import Directory, Problem, Rule
from metrics.alerts.rules import RULES, SPIKE
from metrics.live.spikes import would_have_fired
from metrics.model.office_hours import openings
from metrics.model.periods import from_unix, midnight, today
from metrics.query.usual import WEEKDAYS_MINIMUM
from services.robot.history import propose_threshold
from services.robot.messages import build_directory, build_notice
from services.robot.service import AlertOverview, AlertService
from services.robot.state import Incident
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot

WEEK_DAYS, HYGIENE_DAYS, HISTORY_DAYS = 7, 14, 90
# Two weeks to look at, and the least that the adaptive mode compares them with.
MODES_DAYS = HYGIENE_DAYS + 7 * WEEKDAYS_MINIMUM
TEST_SECONDS = 600.0
GIVEN_UP = 20


def alerts(backend: Backend, search: str | None, query: AlertsQuery, context: Context) -> Alerts:
    overview, at = backend.alerts.get_overview(), backend.clock()
    directory = _directory(backend)
    past = [
        alert_row(incident, overview, directory)
        for incident in backend.alerts.list_incidents(HISTORY_DAYS)
    ]
    since = at - query.days * 86400
    matching = [row for row in past if row.notice.fired_at >= since and _matches(row, query)]
    history_filter = HistoryFilter(
        choices=read_choices(search),
        rule=query.rule,
        who=query.who,
        days=query.days,
        shown=query.lines,
        people=_people(past, context),
    )
    waiting = [
        OutgoingMessage(
            entry.kind, from_unix(entry.created_at), entry.attempts, entry.failure, len(entry.items)
        )
        for entry in overview.waiting
    ]
    given_up = [
        OutgoingMessage(
            done.kind, from_unix(done.done_at), done.attempts, done.reason, len(done.incident_ids)
        )
        for done in overview.deliveries
        if not done.arrived
    ]
    return Alerts(
        at=from_unix(at),
        robot=_robot_status(backend.alerts, overview, at),
        directory=directory,
        live=[alert_row(incident, overview, directory) for incident in overview.live],
        week=_week(past, at, backend),
        recent=[row for row in past if row.notice.fired_at >= at - WEEK_DAYS * 86400],
        history=matching[: query.lines],
        match_count=len(matching),
        ever=bool(past),
        filter=history_filter,
        waiting=waiting,
        given_up=given_up[:GIVEN_UP],
    )


def rule_rows(backend: Backend) -> list[RuleRow]:
    overview, incidents = backend.alerts.get_overview(), backend.alerts.list_incidents(HYGIENE_DAYS)
    hygiene = backend.alerts.hygiene(HYGIENE_DAYS)
    modes = _modes(backend, overview)
    rows = []
    for view in overview.rules:
        rule_hygiene = hygiene[view.rule]
        limit = view.settings.get(RULES[view.rule].proposes or "", 0)
        counts = view.settings.get("mode") != "adaptive"
        proposal = propose_threshold(incidents, view.rule, limit) if counts else None
        rows.append(
            RuleRow(
                rule=view.rule,
                severity=view.severity,
                cooldown_minutes=view.cooldown_minutes,
                settings=view.settings,
                is_on=view.is_on,
                is_edited=bool(view.edited),
                edited_by=view.edited_by,
                fixed=view.fixed,
                fired=rule_hygiene.fired,
                acknowledged=rule_hygiene.acknowledged,
                by_itself=rule_hygiene.by_itself,
                median_seconds=rule_hygiene.median_seconds,
                proposal=None if proposal is None else astuple(proposal),
                modes=modes if view.rule == "spike" else None,
            )
        )
    return rows


def alert_row(incident: Incident, overview: AlertOverview, directory: Directory) -> AlertRow:
    lost = [d for d in overview.deliveries if incident.id in d.incident_ids and d.kind != "edit"]
    waiting = [entry for entry in overview.waiting if incident.id in entry.incident_ids]
    undelivered = [(entry.created_at, math.inf) for entry in waiting]
    undelivered += [(done.created_at, done.done_at) for done in lost if not done.arrived]
    return AlertRow(
        id=incident.id,
        notice=build_notice(incident, directory),
        muted_until=incident.muted_until,
        events=incident.events,
        given_up=lost[0].reason if lost and not lost[0].arrived else None,
        undelivered=undelivered,
        is_waiting=bool(waiting),
    )


def _directory(backend: Backend) -> Directory:
    snapshot = backend.dataset.snapshot()
    if snapshot is None:
        return Directory()
    return backend.dataset.cached(
        ("alerts", "names"),
        lambda: build_directory(snapshot, backend.settings, backend.environment.intercom_app_id),
    )


def _robot_status(service: AlertService, overview: AlertOverview, now: float) -> RobotStatus:
    delivered, decided = service.delivered_today()
    active = overview.active.alerts
    evaluated_at = overview.state.evaluated_at
    status = RobotStatus(
        is_running=overview.is_running,
        evaluated_at=None if evaluated_at is None else from_unix(evaluated_at),
        enabled=active.enabled,
        slack=overview.slack.state,
        slack_error=overview.slack.error,
        delivered=delivered,
        decided=decided,
        quiet_hours=active.quiet_hours,
    )
    sending = next((entry for entry in overview.waiting if entry.kind == "test"), None)
    if sending is not None:
        at = from_unix(sending.created_at)
        return replace(status, test="sending", test_at=at, test_reason=sending.failure)
    done = next((d for d in overview.deliveries if d.kind == "test"), None)
    if done is None or now - done.done_at > TEST_SECONDS:
        return status
    state = "arrived" if done.arrived else "given_up"
    return replace(status, test=state, test_at=from_unix(done.done_at), test_reason=done.reason)


def _matches(row: AlertRow, query: AlertsQuery) -> bool:
    problem = row.notice.problem
    if query.rule is not None and problem.rule != query.rule:
        return False
    return query.who is None or subject(problem) == query.who


def subject(problem: Problem) -> str | None:
    """Whom a problem is about, as the address says it."""
    parts = (
        ("agent", problem.agent_id),
        ("team", problem.team_id),
        ("source", problem.source),
        ("screen", problem.screen_id),
    )
    return next((f"{kind}:{value}" for kind, value in parts if value), None)


def _people(past: Sequence[AlertRow], context: Context) -> list[tuple[str, str]]:
    places: dict[str, str] = {}
    for row in past:
        key = subject(row.notice.problem)
        if key is not None:
            places.setdefault(key, place_of(row.notice.problem, context))
    return sorted(places.items(), key=lambda item: item[1].casefold())


def _week(past: Sequence[AlertRow], at: float, backend: Backend) -> Week:
    zone, rules = backend.settings.zone, backend.rules
    last = today(from_unix(at), zone)
    days = [last - timedelta(days=n) for n in reversed(range(WEEK_DAYS))]
    start = midnight(days[0], zone).timestamp()
    whole = midnight(last + timedelta(days=1), zone).timestamp() - start

    def share(instant: float) -> float:
        return min(1.0, max(0.0, (instant - start) / whole))

    opened = [
        (share(first.timestamp()), share(end.timestamp()) - share(first.timestamp()))
        for day in days
        for first, end in openings(day, rules)
    ]
    marks: dict[Rule, list[WeekMark]] = {}
    lasted = []
    inside = [row for row in past if (row.notice.ended_at or at) >= start]
    for row in inside:
        notice = row.notice
        begin, end = share(notice.fired_at), share(notice.ended_at or at)
        if notice.ended_at is not None:
            lasted.append(max(0.0, notice.ended_at - notice.fired_at))
        words = from_unix(notice.fired_at).astimezone(zone).strftime("%H:%M")
        mark = WeekMark(begin, end - begin, notice.problem.severity, words)
        marks.setdefault(notice.problem.rule, []).append(mark)
    return Week(
        days=[(day, share(midnight(day, zone).timestamp())) for day in days],
        open=opened,
        now=share(at),
        marks=marks,
        count=len(inside),
        mean_seconds=sum(lasted) / len(lasted) if lasted else None,
    )


def _modes(backend: Backend, overview: AlertOverview) -> Mapping[str, int] | None:
    snapshot = backend.dataset.snapshot()
    if snapshot is None or snapshot.history.loaded_days < MODES_DAYS:
        return None
    active = overview.active
    key = ("alerts", "modes", repr(active.alerts.get_rule(SPIKE)))

    def counted(snapshot: Snapshot = snapshot) -> dict[str, int]:
        return would_have_fired(
            snapshot.tables,
            active.settings.rules(),
            snapshot.history.first_day,
            HYGIENE_DAYS,
        )

    return backend.dataset.cached(key, counted)
