"""Single values of vendors' payloads: whatever stands there, a plain value or nothing."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from metrics.model.schema import SEPARATOR, fold_label
from services.errors import BadResponseError
from services.vendors.html_text import html_to_text, single_line
from services.vendors.http import Payload

WORD_LENGTH = 100
VALUE_LENGTH = 300
# What carriers write for a caller who withholds the number, and as digits of a keypad too.
WITHHELD_WORDS = ("anonymous", "blocked", "private", "restricted", "unavailable", "unknown")
KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
WITHHELD_DIGITS = {word.translate(KEYPAD) for word in WITHHELD_WORDS}
# Values within values are followed this far.
DEEPEST = 3
MOST_VALUES = 20
# Where the plain part of an object stands: what is there first.
PLAIN_PARTS = ("instances", "value", "label", "external_id", "id")
DATES = ("date", "datetime")
DAY = 86400
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
    return SEPARATOR.join(name for name in names if name) or None


def parse_phone_number(value: Any) -> str | None:
    """As "+" and digits, however it was written; None for callers who withhold theirs."""
    if not isinstance(value, str):
        return None
    digits = re.sub("[^0-9]", "", value[:WORD_LENGTH])
    return f"+{digits}" if digits and digits not in WITHHELD_DIGITS else None


def get_attribute(attributes: Payload, label: str) -> Any:
    """By its label, or by one that people take for the same."""
    if label in attributes:
        return attributes[label]
    wanted = fold_label(label)
    return next((value for name, value in attributes.items() if fold_label(name) == wanted), None)


def format_attribute(value: Any, data_type: str | None = None, zone: tzinfo = UTC) -> str | None:
    """As text: dates as days, references by their outer id, the values of a list one a line."""
    words = dict.fromkeys(_list_words(value, data_type in DATES, zone, 0))
    return SEPARATOR.join(list(words)[:MOST_VALUES]) or None


def _list_words(value: Any, is_date: bool, zone: tzinfo, depth: int) -> Iterator[str]:
    if depth < DEEPEST and isinstance(value, dict):
        parts = (value.get(key) for key in PLAIN_PARTS)
        yield from _list_words(next(filter(_is_set, parts), None), is_date, zone, depth + 1)
    elif depth < DEEPEST and isinstance(value, list):
        for part in value:
            yield from _list_words(part, is_date, zone, depth + 1)
    elif word := (is_date and _format_date(value, zone)) or _format_value(value):
        yield word


def _is_set(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _format_value(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return single_line(value, VALUE_LENGTH)
    if isinstance(value, float):
        return _format_number(value)
    if isinstance(value, int):
        return single_line(str(value), VALUE_LENGTH) if abs(value) < LARGEST**2 else None
    return None


def _format_date(value: Any, zone: tzinfo) -> str | None:
    """Midnight in UTC is how a day without a time of day is written; it has no zone."""
    seconds = parse_instant(value)
    if seconds is None:
        return None
    local = UTC if seconds % DAY == 0 else zone
    return datetime.fromtimestamp(seconds, local).date().isoformat()


def _format_number(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < LARGEST else str(value)
