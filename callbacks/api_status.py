"""How the collecting goes and what the robot looks for, for machines."""

from typing import Any

from callbacks.api_answers import VENDORS, Request
from callbacks.api_rows import Row, instant
from services.config import AlertsSetting

RULES = ("queue", "overload", "spike", "staffing_text", "staffing_voice", "stale")


def status(request: Request) -> Row:
    """Sources, history and request budget."""
    snapshot = request.snapshot
    requests = snapshot.meta.get("requests_last_minute", {})
    names = [*VENDORS, *sorted(set(snapshot.sources) - set(VENDORS))]
    first_day = snapshot.history.first_day
    return request.envelope() | {
        "published_at": instant(snapshot.published_at),
        "sources": {name: _source(request, name) for name in names},
        "history": {
            "loaded_days": snapshot.history.loaded_days,
            "total_days": snapshot.history.total_days,
            "complete": snapshot.history.complete,
            "first_day": first_day and first_day.isoformat(),
        },
        "vendor_requests_last_minute": {name: requests.get(name) for name in VENDORS},
    }


def alerts(request: Request) -> Row:
    """The rules as they are set. No robot is part of this program: nothing is live."""
    settings = request.backend.settings.alerts
    return request.envelope() | {
        "robot": "not running",
        "enabled": settings.enabled,
        "working_hours": settings.working_hours,
        "quiet_hours": list(settings.quiet_hours),
        "rules": [_rule(settings, name) for name in RULES],
        "live": [],
    }


def _source(request: Request, name: str) -> Row:
    source = request.source(name)
    return {
        "state": source.state,
        "as_of": instant(source.as_of),
        "since": instant(source.since),
        "error": source.error,
        "warning": source.warning,
        "version": source.version,
    }


def _rule(settings: AlertsSetting, name: str) -> Row:
    thresholds: dict[str, Any] = getattr(settings, name).model_dump()
    return {
        "rule": name,
        "severity": thresholds.pop("severity"),
        "cooldown_minutes": thresholds.pop("cooldown_minutes", settings.cooldown_minutes),
        "settings": thresholds,
    }
