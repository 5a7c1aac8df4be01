"""What the address of the staffing page asks for, besides the filters of every page."""

from typing import Annotated, Literal

from pydantic import Field

from callbacks.reports.page_query import PageQuery
from callbacks.reports.query import NoQuery
from metrics.model.definitions import Rules
from metrics.planning.erlang import Target
from metrics.planning.fair_target import Basis
from metrics.planning.staffing import Assumptions

Stream = Literal["calls", "conversations", "both"]
Change = Annotated[int, Field(ge=-90, le=300)]


class Assuming(NoQuery):
    """What is assumed of the weeks to come; changes are against the history, in percent."""

    stream: Stream = Field(default="calls", description="The work that people are needed for.")
    level: Literal["mean", "p90"] = Field(
        default="mean", description="What arrives: on average, or in nine of ten weeks."
    )
    volume: Change = Field(default=0, description="How much more arrives, in percent.")
    handling: Change = Field(default=0, description="How much longer each takes, in percent.")
    target: Annotated[int, Field(ge=50, le=99)] = Field(
        default=80, description="Percent that is to be taken in time."
    )
    seconds: Annotated[int, Field(ge=1, le=600)] | None = Field(
        default=None,
        description="What is in time for calls; the agreed service level when absent. For "
        "conversations it is always the target of the first response.",
    )
    shrinkage: Annotated[int, Field(ge=0, le=70)] = Field(
        default=30, description="Percent of scheduled time that is not there for customers."
    )
    occupancy: Annotated[int, Field(ge=50, le=100)] = Field(
        default=85, description="How busy people may be at most, in percent."
    )
    patience: Annotated[int, Field(ge=0, le=1800)] = Field(
        default=0,
        description="Mean seconds after which callers give up (Erlang A); 0: never (Erlang C).",
    )
    minutes: Annotated[int, Field(ge=1, le=120)] = Field(
        default=10, description="Minutes of work on one conversation."
    )
    at_once: Annotated[int, Field(ge=1, le=10)] = Field(
        default=3, description="Conversations that one person has at a time."
    )

    def target_seconds(self, rules: Rules) -> int:
        return round(rules.service_level_seconds) if self.seconds is None else self.seconds

    def for_calls(self, rules: Rules) -> Assumptions:
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


class Crediting(NoQuery):
    transfers: Literal["1"] | None = Field(
        default=None,
        description="`1`: a call that was passed on counts for everybody who had a part in it.",
    )
    basis: Basis = Field(
        default="shifts", description="What calls are expected by: shifts, or their hours."
    )


class StaffingQuery(PageQuery, Assuming, Crediting):
    """`day` is the weekday that is drawn, 0 = Monday; today's when absent."""

    heat: Literal["needed", "scheduled", "gap"] = "needed"
    day: Annotated[int, Field(ge=0, le=6)] | None = None
