"""How the collecting goes and what the robot looks for, for machines."""

from datetime import UTC, datetime

from callbacks.api.answers import Request, Row, format_instant
from metrics.live.current import team_names
from metrics.model.people import names
from services.robot.service import RuleView
from services.robot.state import Delivery, Incident
from services.snapshot.manifest import VENDORS, SourceStatus

SLACK = "slack"
DELIVERIES = 20


def status(request: Request) -> Row:
    snapshot = request.snapshot
    requests = snapshot.meta.get("requests_last_minute", {})
    names = [*VENDORS, *sorted(set(snapshot.sources) - set(VENDORS))]
    sources = {name: _source(request.source(name)) for name in names}
    first_day = snapshot.history.first_day
    return request.envelope() | {
        "published_at": format_instant(snapshot.published_at),
        "sources": sources | {SLACK: _source(request.backend.alerts.get_overview().slack)},
        "history": {
            "loaded_days": snapshot.history.loaded_days,
            "total_days": snapshot.history.total_days,
            "complete": snapshot.history.complete,
            "first_day": first_day and first_day.isoformat(),
        },
        "second_look": {
            name: {
                **found,
                "read_at": _moment(found["read_at"]),
                "whole_since": _moment(found["whole_since"]),
            }
            for name, found in snapshot.meta.get("recheck", {}).items()
        },
        "vendor_requests_last_minute": {name: requests.get(name) for name in VENDORS},
    }


def alerts(request: Request) -> Row:
    overview = request.backend.alerts.get_overview()
    active = overview.active.alerts
    return request.envelope() | {
        "robot": "running" if overview.is_running else "not running",
        "evaluated_at": _moment(overview.state.evaluated_at),
        "enabled": active.enabled,
        "working_hours": active.working_hours,
        "quiet_hours": list(active.quiet_hours),
        "slack": overview.slack.state,
        "rules": [_rule(view) for view in overview.rules],
        "unknown": list(overview.state.unknown),
        "live": [_incident(request, incident) for incident in overview.live],
        "waiting": len(overview.waiting),
        "deliveries": [_delivery(d) for d in overview.deliveries[:DELIVERIES]],
    }


def _source(source: SourceStatus) -> Row:
    return {
        "state": source.state,
        "as_of": format_instant(source.as_of),
        "since": format_instant(source.since),
        "error": source.error,
        "warning": source.warning,
        "version": source.version,
    }


def _rule(view: RuleView) -> Row:
    return {
        "rule": view.rule,
        "on": view.is_on,
        "severity": view.severity,
        "cooldown_minutes": view.cooldown_minutes,
        "settings": dict(view.settings),
        "edited": dict(view.edited),
        "edited_by": view.edited_by,
    }


def _incident(request: Request, incident: Incident) -> Row:
    snapshot, problem = request.snapshot, incident.problem
    agent, _ = names(snapshot.tables).get(problem.agent_id or "", ("", ""))
    team = team_names(snapshot.tables, request.backend.rules).get(problem.team_id or "", "")
    links = request.backend.links(snapshot)
    return {
        "id": incident.id,
        "rule": problem.rule,
        "key": problem.key,
        "severity": problem.severity,
        "team_id": problem.team_id,
        "team": team or None,
        "agent_id": problem.agent_id,
        "agent": agent or None,
        "source": problem.source,
        "screen_id": problem.screen_id,
        "screen": problem.screen or None,
        "value": problem.value,
        "threshold": problem.threshold,
        "unit": problem.unit,
        "peak": incident.peak,
        "since": _moment(problem.since),
        "fired_at": _moment(incident.fired_at),
        "duration_seconds": round(incident.duration_seconds(request.backend.clock()), 1),
        "told_at": _moment(incident.notified_at),
        "tellings": incident.notification_count,
        "acknowledged_by": incident.acknowledged_by,
        "acknowledged_at": _moment(incident.acknowledged_at),
        "tickets": [
            {"id": ticket, "url": links.conversation(ticket)} for ticket in problem.tickets
        ],
    }


def _delivery(delivery: Delivery) -> Row:
    return {
        "id": delivery.id,
        "kind": delivery.kind,
        "created_at": _moment(delivery.created_at),
        "done_at": _moment(delivery.done_at),
        "arrived": delivery.arrived,
        "lives": list(delivery.incident_ids),
        "attempts": delivery.attempts,
        "doubtful": delivery.doubtful,
        "covers": delivery.covers,
        "reason": delivery.reason,
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else format_instant(datetime.fromtimestamp(seconds, UTC))
