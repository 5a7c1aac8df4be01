"""How bad it is, in a word and a mark: the same on every screen.

A wait goes on between two refreshes: `assets/live-time.js` moves the severity on with it.
"""

from collections.abc import Mapping
from datetime import datetime

from layouts.components.context import Context
from layouts.components.panel import pill
from layouts.elements import Element, html
from layouts.icons import icon
from metrics.live.waiting import WaitingWork
from metrics.model.severity import NEAR, Severity

# The last two are no severities: nothing waits, and nobody knows.
ICONS = {
    "critical": "exclamation-octagon-fill",
    "warning": "exclamation-triangle-fill",
    "info": "info-circle-fill",
    "calm": "check-lg",
    "doubtful": "plug-fill",
}
KINDS = {"critical": "critical", "warning": "attention", "info": "information"}


def severity_pill(severity: str, context: Context) -> Element:
    return pill(context.text(f"alerts.severity.{severity}"), KINDS[severity], ICONS[severity])


def severity_marks(told: Mapping[str, str], context: Context, at: str = "") -> list[Element]:
    """Those that a wait may come to; the stylesheet shows that of the `data-severity` around."""
    present = told["data-severity"]
    return [
        html.Span(
            [icon(name), html.Span(context.text(f"frame.severity.{level}", at=at))],
            className=f"level level-{level}",
        )
        for level, name in ICONS.items()
        if level == present or (level in KINDS and present in KINDS)
    ]


def running_severity(
    severity: Severity,
    since: datetime | None,
    limit_seconds: float,
    least: Severity | None = None,
) -> dict[str, str]:
    """Of a wait since then; it never falls below `least`."""
    told: dict[str, str] = {"data-severity": severity, "data-least": least or ""}
    if since is None:
        return told
    return told | {
        "data-since": f"{since.timestamp():.0f}",
        "data-near": f"{NEAR * limit_seconds:.0f}",
        "data-limit": f"{limit_seconds:.0f}",
    }


def work_severity(work: WaitingWork, at: datetime, *, is_late: bool) -> dict[str, str]:
    """Of all that waits; of an old reading nobody knows."""
    severity = work.severity(at)
    if is_late or severity is None:
        return {"data-severity": "doubtful" if is_late else "calm"}
    limit = work.rules.queue_limit_seconds
    return running_severity(severity, work.longest_since, limit, work.least)
