"""Which conversations people say are none of the calls they look like: one document in the state.

The collector hands them out with each version, so that all who count see the same.
"""

from dataclasses import dataclass

import orjson

from services.errors import UnavailableError
from services.storage.store import Store

KEY = "calls/overruled"
ATTEMPTS = 5


@dataclass(frozen=True)
class Decision:
    by: str
    at: float  # Unix seconds


def load_decisions(state: Store) -> dict[str, Decision]:
    """By conversation."""
    return _parse(state.get(KEY))


def decide(state: Store, conversation: str, decision: Decision | None) -> None:
    """It counts as a conversation; None takes that back.

    Raises:
        UnavailableError: Others decided again and again at the same time.
    """
    for _ in range(ATTEMPTS):
        before = state.get(KEY)
        decisions = _parse(before)
        decisions.pop(conversation, None)
        if decision is not None:
            decisions[conversation] = decision
        content = orjson.dumps(decisions)
        if before is None:
            is_written = state.add(KEY, content)
        else:
            is_written = state.set_fenced(KEY, content, KEY, before)
        if is_written:
            return
    raise UnavailableError("others decide at the same time")


def _parse(content: bytes | None) -> dict[str, Decision]:
    try:
        document = orjson.loads(content) if content else {}
        return {str(key): Decision(str(d["by"]), float(d["at"])) for key, d in document.items()}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        # Nobody but us writes here; what is broken is as good as nothing.
        return {}
