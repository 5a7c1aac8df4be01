"""Conversations by id, by time and by state, so that no search has to sort them all."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

from services.sandbox import Payload

Key = tuple[int, str]
SORTED_BY = ("updated_at", "created_at")
# After every id.
BEYOND = "\uffff"


class ConversationIndex:
    def __init__(self) -> None:
        self.by_id: dict[str, Payload] = {}
        self.version = 0  # grows with every change
        self.deleted: dict[str, int] = {}  # id -> when, Unix seconds
        self.touched: set[str] = set()  # for whoever tells of changes, and empties it
        self._sorted: dict[str, list[Key]] = {field: [] for field in SORTED_BY}
        self._keys: dict[str, tuple[Key, Key]] = {}
        self._by_state: dict[str, set[str]] = {}
        self._states: dict[str, str] = {}

    def fill(self, payloads: Iterable[Payload]) -> None:
        """Into an empty index."""
        for payload in payloads:
            self._set(payload)
        for position, field in enumerate(SORTED_BY):
            self._sorted[field] = sorted(keys[position] for keys in self._keys.values())
        self.version += 1

    def put(self, payload: Payload) -> None:
        """Again after a change."""
        self.touched.add(payload["id"])
        before = self._keys.get(payload["id"])
        self._set(payload)
        after = self._keys[payload["id"]]
        for position, field in enumerate(SORTED_BY):
            if before is None or before[position] != after[position]:
                if before is not None:
                    self._drop_key(field, before[position])
                insort(self._sorted[field], after[position])
        self.version += 1

    def remove(self, conversation_id: str, now: int) -> None:
        """Raises KeyError where there is none of that id."""
        keys = self._keys.pop(conversation_id)
        for position, field in enumerate(SORTED_BY):
            self._drop_key(field, keys[position])
        self._by_state[self._states.pop(conversation_id)].discard(conversation_id)
        del self.by_id[conversation_id]
        self.deleted[conversation_id] = now
        self.touched.add(conversation_id)
        self.version += 1

    def list_in_state(self, state: str) -> list[Payload]:
        """In no order."""
        return [self.by_id[conversation_id] for conversation_id in self._by_state.get(state, ())]

    def list_between(self, field: str, low: float | None, high: float | None) -> list[Payload]:
        """In the order of a date field; both ends included."""
        keys = self._sorted[field]
        begin = 0 if low is None else bisect_left(keys, (low, ""))
        end = len(keys) if high is None else bisect_right(keys, (high, BEYOND))
        return [self.by_id[key[1]] for key in keys[begin:end]]

    def __len__(self) -> int:
        return len(self.by_id)

    def _set(self, payload: Payload) -> None:
        conversation_id, state = payload["id"], payload.get("state") or ""
        self.by_id[conversation_id] = payload
        created = payload["created_at"]
        self._keys[conversation_id] = (
            (payload.get("updated_at") or created, conversation_id),
            (created, conversation_id),
        )
        before = self._states.get(conversation_id)
        if before != state:
            if before is not None:
                self._by_state[before].discard(conversation_id)
            self._by_state.setdefault(state, set()).add(conversation_id)
            self._states[conversation_id] = state

    def _drop_key(self, field: str, key: Key) -> None:
        keys = self._sorted[field]
        del keys[bisect_left(keys, key)]
