"""How far each source was read, and why a number is not there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

# Besides these: there are rows, and none of them counts.
Unread = Literal["off", "not_read", "no_history", "future", "old_version"]
Gap = Literal[Unread, "no_person", "no_attributes", "no_origin", "no_ai_agent"]
Reason = Literal[Gap, "no_rows"]


@dataclass(frozen=True)
class Extent:
    """What of a source is there.

    Attributes:
        first_day: From which local day on every row is there; None = of no day all.
    """

    state: Literal["off", "not_read", "read"] = "read"
    first_day: date | None = date.min

    def find_gap(self, first: date, last: date, today: date) -> Gap | None:
        """Why nothing can be known of the days; None where something of them is known."""
        if self.state != "read":
            return self.state
        if self.first_day is None or last < self.first_day:
            return "no_history"
        return "future" if first > today else None


def join_extents(extents: Iterable[Extent]) -> Extent:
    """What is there of all of them together."""
    extents = list(extents)
    states = {extent.state for extent in extents}
    days = [extent.first_day for extent in extents]
    known = [day for day in days if day is not None]
    state: Literal["off", "not_read", "read"] = "off" if "off" in states else "read"
    if state == "read" and "not_read" in states:
        state = "not_read"
    return Extent(state, max(known, default=date.min) if len(known) == len(days) else None)
