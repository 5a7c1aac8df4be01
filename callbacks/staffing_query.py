"""What the address of the staffing page asks for, besides the filters of every page."""

from typing import Annotated, Literal

from pydantic import Field

from callbacks.page_query import PageQuery
from metrics.erlang import Target
from metrics.fair_target import Basis
from metrics.rules import Rules
from metrics.staffing import Assumptions

Stream = Literal["calls", "conversations", "both"]
Percent = Annotated[int, Field(ge=0, le=100)]
Change = Annotated[int, Field(ge=-90, le=300)]


class StaffingQuery(PageQuery):
    """What is assumed of the weeks to come, and what is looked at.

    Attributes:
        stream: Which work people are needed for.
        level: What arrives: on average, or in nine of ten weeks.
        volume, handling: Changes against the history, in percent.
        target: Percent in time.
        seconds: What is in time for calls; for conversations it is the first response's target.
        shrinkage: Percent of scheduled time that is not there for customers.
        occupancy: How busy people may be, in percent.
        patience: Mean seconds after which callers give up; 0 = they never do.
        minutes: Of work on one conversation.
        at_once: Conversations that one person has at a time.
        heat: What the cells of the week tell.
        day: The weekday that is drawn, 0 = Monday; today's when absent.
        transfers: Whether a passed-on call counts for everybody who had a part in it.
        basis: Whether calls are expected by shifts or by their hours.
    """

    stream: Stream = "calls"
    level: Literal["mean", "p90"] = "mean"
    volume: Change = 0
    handling: Change = 0
    target: Annotated[int, Field(ge=50, le=99)] = 80
    seconds: Annotated[int, Field(ge=1, le=600)] | None = None
    shrinkage: Annotated[int, Field(ge=0, le=70)] = 30
    occupancy: Annotated[int, Field(ge=50, le=100)] = 85
    patience: Annotated[int, Field(ge=0, le=1800)] = 0
    minutes: Annotated[int, Field(ge=1, le=120)] = 10
    at_once: Annotated[int, Field(ge=1, le=10)] = 3
    heat: Literal["needed", "scheduled", "gap"] = "needed"
    day: Annotated[int, Field(ge=0, le=6)] | None = None
    transfers: Literal["1"] | None = None
    basis: Basis = "shifts"

    def target_seconds(self, rules: Rules) -> int:
        """What is in time for calls: as asked, else the agreed service level."""
        return round(rules.service_level_seconds) if self.seconds is None else self.seconds

    def for_calls(self, rules: Rules) -> Assumptions:
        """What is assumed of calls."""
        return Assumptions(
            target=self._target(self.target_seconds(rules)),
            volume=self.volume / 100,
            handling=self.handling / 100,
            shrinkage=self.shrinkage / 100,
            patience=float(self.patience) or None,
        )

    def for_conversations(self, rules: Rules) -> Assumptions:
        """What is assumed of conversations: written words wait with patience."""
        return Assumptions(
            target=self._target(rules.first_response_seconds),
            volume=self.volume / 100,
            handling=self.handling / 100,
            shrinkage=self.shrinkage / 100,
            at_once=self.at_once,
        )

    def _target(self, seconds: float) -> Target:
        return Target(self.target / 100, seconds, self.occupancy / 100)
