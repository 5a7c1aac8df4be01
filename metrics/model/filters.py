"""What a reader chose to look at. The parts combine with AND; within one part, any value fits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# Who began: what neither a customer nor a person of ours did is a machine's.
Origin = Literal["customer", "teammate", "automated"]
AUTOMATED: Origin = "automated"
# Who dealt with a conversation; the AI agent's are those that it had for itself alone.
HandledBy = Literal["people", "ai_agent", "both"]
AI_AGENT: HandledBy = "ai_agent"
BOTH: HandledBy = "both"

# Rows without a person (in a team's place: without a team), and without a value.
UNASSIGNED = "none"
EMPTY = ""


@dataclass(frozen=True)
class Filters:
    """A choice of rows; empty parts restrict nothing. Teams and agents are Intercom ids.

    Attributes:
        agents: `UNASSIGNED` stands for rows without a person.
        attributes: Label of a conversation attribute -> accepted values (`EMPTY` = none).
        shifts: Names of `Rules.shifts`; a row is in that in which it began.
        lines: Telephone lines of calls (`metrics.model.lines`); conversations have none.
        handled_by: Of conversations; calls and tickets have no such choice.
        tickets: Column of the tickets -> accepted values (`EMPTY` = none); nothing else has them.
    """

    teams: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    origin: Origin | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    tickets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shifts: tuple[str, ...] = ()
    handled_by: tuple[HandledBy, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """The same for equal choices, for memories."""
        attributes = tuple(sorted((label, *values) for label, values in self.attributes.items()))
        tickets = tuple(sorted((column, *values) for column, values in self.tickets.items()))
        places = self.lines, tickets, self.shifts, self.handled_by
        return self.teams, self.agents, self.origin, attributes, *places
