"""The alerts page from the robot's book: names put to ids, and the week laid out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callbacks.pages.alerts.query import AlertsQuery, choices
from layouts.components.context import Context
from layouts.pages.alerts.data import Alerts, Chosen, Mark, Outgoing, RuleRow, Standing, Told, Week
from layouts.pages.alerts.words import place_of
from metrics.alerts.model import Directory, Notice, Problem, Rule
from metrics.live.spikes import would_have_fired
from metrics.model.office_hours import openings
from metrics.model.periods import midnight, today
from metrics.query.usual import WEEKDAYS_MINIMUM
from services.robot.history import proposal
from services.robot.messages import directory
from services.robot.service import Desk, Sheet
from services.robot.state import Life
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot

WEEK_DAYS, HYGIENE_DAYS, HISTORY_DAYS = 7, 14, 90
# Two weeks to look at, and the least that the adaptive mode compares them with.
MODES_DAYS = HYGIENE_DAYS + 7 * WEEKDAYS_MINIMUM
TEST_SECONDS = 600.0
GIVEN_UP = 20
LIMIT_NAMES: Mapping[Rule, str] = {"queue": "minimum", "overload": "open", "spike": "conversations"}


def alerts(backend: Backend, search: str | None, query: AlertsQuery, context: Context) -> Alerts:
    """Everything but the rules, as it is now."""
    sheet, at = backend.alerts.sheet(), backend.clock()
    names = _names(backend)
    past = [told(life, sheet, names) for life in backend.alerts.history(HISTORY_DAYS)]
    since = at - query.days * 86400
    found = [one for one in past if one.notice.fired_at >= since and _is_chosen(one, query)]
    chosen = Chosen(
        choices=choices(search),
        rule=query.rule,
        who=query.who,
        days=query.days,
        shown=query.lines,
        people=_people(past, context),
    )
    waiting = [
        Outgoing(
            order.kind, _instant(order.created_at), order.attempts, order.failure, len(order.items)
        )
        for order in sheet.waiting
    ]
    given_up = [
        Outgoing(done.kind, _instant(done.done_at), done.attempts, done.reason, len(done.lives))
        for done in sheet.deliveries
        if not done.arrived
    ]
    return Alerts(
        at=_instant(at),
        standing=_standing(backend.alerts, sheet, at),
        directory=names,
        conversation_url=backend.settings.intercom.conversation_url,
        live=[told(life, sheet, names) for life in sheet.live],
        week=_week(past, at, backend),
        recent=[one for one in past if one.notice.fired_at >= at - WEEK_DAYS * 86400],
        history=found[: query.lines],
        found=len(found),
        ever=bool(past),
        chosen=chosen,
        waiting=waiting,
        given_up=given_up[:GIVEN_UP],
    )


def rule_rows(backend: Backend) -> list[RuleRow]:
    """The rules as they hold, with what they have been good for."""
    sheet, lives = backend.alerts.sheet(), backend.alerts.history(HYGIENE_DAYS)
    judged = backend.alerts.hygiene(HYGIENE_DAYS)
    modes = _modes(backend, sheet)
    rows = []
    for view in sheet.rules:
        of_rule = judged[view.rule]
        limit = view.settings.get(LIMIT_NAMES.get(view.rule, ""), 0)
        counts = view.settings.get("mode") != "adaptive"
        better = proposal(lives, view.rule, limit) if counts else None
        rows.append(
            RuleRow(
                rule=view.rule,
                severity=view.severity,
                cooldown_minutes=view.cooldown_minutes,
                settings=view.settings,
                is_on=view.is_on,
                is_edited=bool(view.edited),
                edited_by=view.edited_by,
                fired=of_rule.fired,
                acknowledged=of_rule.acknowledged,
                by_itself=of_rule.by_itself,
                median_seconds=of_rule.median_seconds,
                proposal=(better.threshold, better.avoided, better.fired) if better else None,
                modes=modes if view.rule == "spike" else None,
            )
        )
    return rows


def told(life: Life, sheet: Sheet, names: Directory) -> Told:
    """A life with names."""
    problem = life.problem
    named = replace(
        problem,
        team=names.teams.get(problem.team_id or "", ""),
        agent=names.agents.get(problem.agent_id or "", ""),
    )
    lost = [d for d in sheet.deliveries if life.id in d.lives and d.kind != "edit"]
    failed = lost[0].reason if lost and not lost[0].arrived else None
    notice = Notice(
        event="fired",
        problem=named,
        fired_at=life.fired_at,
        peak=life.peak,
        ended_at=life.ended_at,
        ending=life.ending,
        acknowledged_by=life.acknowledged_by,
        acknowledged_at=life.acknowledged_at,
        tellings=life.tellings,
    )
    waits = [order for order in sheet.waiting if life.id in {one for one, _ in order.items}]
    untold = [(order.created_at, math.inf) for order in waits]
    untold += [(done.created_at, done.done_at) for done in lost if not done.arrived]
    return Told(
        id=life.id,
        notice=notice,
        muted_until=life.muted_until,
        events=life.events,
        given_up=failed,
        untold=untold,
        is_waiting=bool(waits),
    )


def _names(backend: Backend) -> Directory:
    snapshot = backend.dataset.snapshot()
    if snapshot is None:
        return Directory()
    return backend.dataset.cached(
        ("alerts", "names"), lambda: directory(snapshot, backend.settings)
    )


def _standing(desk: Desk, sheet: Sheet, now: float) -> Standing:
    delivered, decided = desk.delivered_today()
    holding = sheet.thresholds.alerts
    looked = sheet.book.evaluated_at
    standing = Standing(
        is_running=sheet.is_running,
        evaluated_at=None if looked is None else _instant(looked),
        enabled=holding.enabled,
        slack=sheet.slack.state,
        slack_error=sheet.slack.error,
        delivered=delivered,
        decided=decided,
        quiet_hours=holding.quiet_hours,
    )
    sending = next((order for order in sheet.waiting if order.kind == "test"), None)
    if sending is not None:
        at = _instant(sending.created_at)
        return replace(standing, test="sending", test_at=at, test_reason=sending.failure)
    done = next((one for one in sheet.deliveries if one.kind == "test"), None)
    if done is None or now - done.done_at > TEST_SECONDS:
        return standing
    state = "arrived" if done.arrived else "given_up"
    return replace(standing, test=state, test_at=_instant(done.done_at), test_reason=done.reason)


def _is_chosen(one: Told, query: AlertsQuery) -> bool:
    problem = one.notice.problem
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


def _people(past: Sequence[Told], context: Context) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for one in past:
        key = subject(one.notice.problem)
        if key is not None:
            found.setdefault(key, place_of(one.notice.problem, context))
    return sorted(found.items(), key=lambda item: item[1].casefold())


def _week(past: Sequence[Told], at: float, backend: Backend) -> Week:
    zone, rules = backend.settings.zone, backend.rules
    last = today(_instant(at), zone)
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
    marks: dict[Rule, list[Mark]] = {}
    lasted = []
    inside = [one for one in past if (one.notice.ended_at or at) >= start]
    for one in inside:
        notice = one.notice
        begin, end = share(notice.fired_at), share(notice.ended_at or at)
        if notice.ended_at is not None:
            lasted.append(max(0.0, notice.ended_at - notice.fired_at))
        words = _instant(notice.fired_at).astimezone(zone).strftime("%H:%M")
        mark = Mark(begin, end - begin, notice.problem.severity, words)
        marks.setdefault(notice.problem.rule, []).append(mark)
    return Week(
        days=[(day, share(midnight(day, zone).timestamp())) for day in days],
        open=opened,
        now=share(at),
        marks=marks,
        count=len(inside),
        mean_seconds=sum(lasted) / len(lasted) if lasted else None,
    )


def _modes(backend: Backend, sheet: Sheet) -> Mapping[str, int] | None:
    """How often each mode of the spike would have fired; asked once for each version."""
    snapshot = backend.dataset.snapshot()
    if snapshot is None or snapshot.history.loaded_days < MODES_DAYS:
        return None
    holding = sheet.thresholds
    key = ("alerts", "modes", holding.alerts.spike.model_dump_json())

    def counted(snapshot: Snapshot = snapshot) -> dict[str, int]:
        return would_have_fired(
            snapshot.tables,
            holding.settings.rules(),
            snapshot.history.first_day,
            HYGIENE_DAYS,
        )

    return backend.dataset.cached(key, counted)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
