"""What both kinds of world can do: the invented one and the replayed one."""

from collections.abc import Sequence
from typing import Any, Protocol

from services.sandbox import Payload
from services.sandbox.team.conversation import Conversation
from services.sandbox.team.conversation_index import ConversationIndex
from services.sandbox.team.directory import Directory


class AnyWorld(Protocol):
    """Everything both vendors know, at the instant it was last moved to."""

    now: float
    index: ConversationIndex
    directory: Directory

    @property
    def conversations(self) -> list[Payload]:
        """Intercom's objects as they are now, oldest creation first."""

    @property
    def calls(self) -> list[Payload]:
        """Aircall's objects as they are now, oldest first."""

    def advance(self, now: float) -> None:
        """Let everything happen until now. The clock never goes back."""

    def delete(self, conversation_id: str) -> None:
        """Raises KeyError where there is none of that id."""

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        """A conversation with its past and future; None where an export has only its object."""

    def list_calls(self, since: float = 0.0, until: float | None = None) -> Sequence[Any]:
        """Calls that began between two instants, both included, up to now; oldest first."""

    def get_call(self, call_id: int) -> Any:
        """None where no such call has begun."""

    def build_call(self, call: Any, *, with_contact: bool = True) -> Payload:
        """Aircall's object of a call as it is now."""
