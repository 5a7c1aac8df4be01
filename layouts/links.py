"""Addresses of views: a page and what is chosen on it."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

Choices = Mapping[str, Sequence[str]]


def view(path: str, choices: Choices, **changes: str | Sequence[str] | None) -> str:
    """None or nothing removes a parameter; `from_` is `from`, which Python keeps for itself."""
    merged = {name: list(values) for name, values in choices.items()}
    for name, value in changes.items():
        values = [value] if isinstance(value, str) else list(value or [])
        merged["from" if name == "from_" else name] = values
    query = urlencode([(name, value) for name, values in merged.items() for value in values])
    return f"{path}?{query}" if query else path


# What each role reads of the help; the part on a page bears its name.
GUIDES = {"manager": "lead", "analyst": "analyst", "wall": "wall"}


def guide_address(role: str, page: str) -> str:
    return f"/help/{GUIDES[role]}#{page}"
