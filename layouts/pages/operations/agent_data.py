"""Who works: what the wall knows of each agent, and of all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Agent:
    """One line of the table.

    Attributes:
        id: Intercom admin id.
        name: As Intercom has it.
        text: active, away or unknown.
        text_reason: Why away, in the person's own words.
        text_since: Since when.
        explained: Away, but because of a call.
        voice: The vendor's word; None without a telephone.
        voice_since: Since when.
        clash: Active in one and unavailable in the other.
        ours: Open conversations that wait for us.
        customers: Open conversations that wait for the customer.
        snoozed: Snoozed conversations.
        recent: Conversations of the last 30 minutes.
        conversations: Of the period.
        calls: Answered in the period.
        overloaded: Whether the limit of open conversations is reached.
        spike: Whether many came in a short time.
        href: Where the person's rows open, for who may see them.
    """

    id: str
    name: str
    text: str
    text_reason: str | None
    text_since: datetime | None
    explained: bool
    voice: str | None
    voice_since: datetime | None
    clash: bool
    ours: int
    customers: int
    snoozed: int
    recent: int
    conversations: int
    calls: int
    overloaded: bool = False
    spike: bool = False
    href: str | None = None

    @property
    def open(self) -> int:
        """All open conversations."""
        return self.ours + self.customers


@dataclass(frozen=True)
class Hand:
    """Somebody who could take the next case."""

    name: str
    open: int
    voice_free: bool


@dataclass(frozen=True)
class Crew:
    """Everybody in scope.

    Attributes:
        agents: Who can take the next case first.
        hands: Who could take the next case, best first.
        busy: Why the others cannot: on_call, after_call, overloaded, away -> people.
        limit: Open conversations from which on somebody has too many.
        period: today or 48h.
        voice: Whether there is telephony at all.
        voice_read: Whether it has ever answered.
        text_late: Whether Intercom's answers are too old.
        voice_late: Whether Aircall's are.
    """

    agents: Sequence[Agent]
    hands: Sequence[Hand]
    busy: Mapping[str, int] = field(default_factory=dict)
    limit: int = 10
    period: str = "today"
    voice: bool = True
    voice_read: bool = True
    text_late: bool = False
    voice_late: bool = False
