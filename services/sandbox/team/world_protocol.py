"""What both kinds of world can do: the invented one and the replayed one."""

from collections.abc import Sequence
from typing import Any, Protocol

from services.sandbox import Payload
from services.sandbox.team.conversation import Conversation
from services.sandbox.team.conversation_index import ConversationIndex
from services.sandbox.team.directory import Directory


class AnyWorld(Protocol):
    now: float
    index: ConversationIndex
    directory: Directory

    @property
    def conversations(self) -> list[Payload]:
        """Oldest creation first."""

    @property
    def calls(self) -> list[Payload]:
        """Oldest first."""

    def advance(self, now: float) -> None:
        """The clock never goes back."""

    def delete(self, object_id: str) -> None:
        """A conversation or a call; raises KeyError where there is none of that id."""

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        """None where an export has only its object."""

    def list_calls(self, since: float = 0.0, until: float | None = None) -> Sequence[Any]:
        """That began between two instants, both included, up to now; oldest first."""

    def get_call(self, call_id: int) -> Any:
        """None where no such call has begun."""

    def build_call(self, call: Any, *, with_contact: bool = True) -> Payload: ...
