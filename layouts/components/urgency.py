"""How urgent a wait is: one rule for the lamp, its browser script and the chip of every page."""

from typing import Literal

Urgency = Literal["order", "attention", "critical"]
# From this part of the limit on, a wait is worth a look.
NEAR = 0.8


def urgency(waited_seconds: float, limit_seconds: float) -> Urgency:
    """In order, worth a look from `NEAR` of the limit on, critical beyond it."""
    if waited_seconds > limit_seconds:
        return "critical"
    return "attention" if waited_seconds >= NEAR * limit_seconds else "order"
