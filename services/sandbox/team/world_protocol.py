"""What both kinds of world can do: the invented one and the replayed one."""

from collections.abc import Sequence
from typing import Any, Protocol

from services.sandbox.team.conversation import Conversation
from services.sandbox.team.conversation_index import ConversationIndex
from services.sandbox.team.directory import Directory

Payload = dict[str, Any]


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
        """Delete a conversation.

        Raises:
            KeyError: There is none of that id.
        """

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        """What has happened in a conversation, where that is known."""

    def list_calls(self, since: float = 0.0, until: float | None = None) -> Sequence[Any]:
        """Calls that began between two instants, both included, up to now; oldest first."""

    def get_call(self, call_id: int) -> Any:
        """A call of that id that has begun; None where there is none."""

    def build_call(self, call: Any, *, with_contact: bool = True) -> Payload:
        """A call as it is now."""
