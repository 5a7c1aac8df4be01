"""How bad a wait is: the one rule behind lamp, chip, page, message and API."""

from collections.abc import Iterable, Mapping
from typing import Literal

Severity = Literal["critical", "warning", "info"]
SEVERITY_ORDER: Mapping[Severity, int] = {"critical": 0, "warning": 1, "info": 2}
# From this part of the limit on, a wait needs attention.
NEAR = 0.5


def wait_severity(waited_seconds: float | None, limit_seconds: float) -> Severity:
    """Critical from the limit on; a wait of None is nobody's who waits for us."""
    if waited_seconds is None or waited_seconds < NEAR * limit_seconds:
        return "info"
    return "critical" if waited_seconds >= limit_seconds else "warning"


def worst(severities: Iterable[Severity]) -> Severity | None:
    return min(severities, key=SEVERITY_ORDER.__getitem__, default=None)
