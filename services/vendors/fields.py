"""Single values of vendors' payloads: whatever stands there, a plain value or nothing."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.errors import BadResponseError
from services.vendors.html_text import html_to_text, single_line
from services.vendors.http import Payload

TAG_SEPARATOR = "\n"
WORD_LENGTH = 100
VALUE_LENGTH = 300
# Values within values are followed this far.
DEEPEST = 3
# The year 3000; what lies beyond is no number of seconds.
LATEST = 32_503_680_000
LARGEST = 2**53


def get_object(payload: Mapping[str, Any], key: str) -> Payload:
    """Empty where it is null, missing or something else."""
    value = payload.get(key)
    return value if isinstance(value, dict) else {}


def list_objects(payload: Mapping[str, Any], key: str) -> list[Payload]:
    value = payload.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def require_id(payload: Any, kind: str) -> str:
    text = _parse_text_id(payload.get("id")) if isinstance(payload, dict) else None
    if text is None:
        raise BadResponseError(f"a {kind} has no id")
    return text


def parse_id(value: Any) -> str | None:
    """None = nobody: null up to 2.15, 0 from 2.16 on."""
    text = _parse_text_id(value)
    return None if text == "0" else text


def _parse_text_id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return single_line(str(value), WORD_LENGTH)


def require_instant(payload: Payload, key: str, kind: str) -> int:
    seconds = parse_instant(payload.get(key))
    if seconds is None:
        raise BadResponseError(f"a {kind} has no {key}")
    return seconds


def parse_instant(value: Any) -> int | None:
    """Unix seconds; web-hooks before 2.15 write ISO 8601, some lists numbers as text."""
    if isinstance(value, str):
        value = _parse_text_instant(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 < value < LATEST else None


def _parse_text_instant(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def parse_seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < LATEST else None


def parse_count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < LARGEST else None


def parse_word(value: Any) -> str | None:
    return single_line(value, WORD_LENGTH)


def parse_email(value: Any) -> str | None:
    address = single_line(value, VALUE_LENGTH)
    return address.lower() if address else None


def join_tags(payload: Mapping[str, Any]) -> str | None:
    """The names, one a line."""
    names = (html_to_text(tag.get("name")) for tag in list_objects(payload, "tags"))
    return TAG_SEPARATOR.join(name for name in names if name) or None


def parse_phone_number(value: Any) -> str | None:
    """As "+" and digits, however it was written; None for anonymous callers."""
    if not isinstance(value, str):
        return None
    digits = re.sub("[^0-9]", "", value[:WORD_LENGTH])
    return f"+{digits}" if digits else None


def format_attribute(value: Any, depth: int = 0) -> str | None:
    """As text; a list or an object in its plainest form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return single_line(value, VALUE_LENGTH)
    if isinstance(value, float):
        return _format_number(value)
    if isinstance(value, int):
        return single_line(str(value), VALUE_LENGTH) if abs(value) < LARGEST**2 else None
    if depth < DEEPEST and isinstance(value, list):
        parts = (format_attribute(part, depth + 1) for part in value)
        return single_line(", ".join(part for part in parts if part), VALUE_LENGTH)
    if depth < DEEPEST and isinstance(value, dict):
        return format_attribute(value.get("value", value.get("label")), depth + 1)
    return None


def _format_number(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < LARGEST else str(value)
