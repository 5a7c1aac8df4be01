"""Whether a request names the ends that its callback is wired to, as Dash's own script does.

Dash trusts the body: what is missing or of another type ends in a traceback. Here it is refused
before Dash looks at it.
"""

from collections.abc import Mapping
from typing import Any

from layouts import ids


def is_valid(body: Mapping[str, Any], wiring: Mapping[str, Any]) -> bool:
    """`wiring` is the entry of the body's `output` in `Dash.callback_map`."""
    changed = body.get("changedPropIds", [])
    return (
        _all_match(body.get("inputs", []), wiring["inputs"])
        and _all_match(body.get("state", []), wiring["state"])
        and (bool(wiring.get("no_output")) or _outputs_match(body.get("outputs"), body["output"]))
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
    )


def _all_match(given: Any, wired: list[dict[str, str]]) -> bool:
    if not isinstance(given, list) or len(given) != len(wired):
        return False
    return all(_matches(end, expected) for end, expected in zip(given, wired, strict=True))


def _outputs_match(given: Any, output: str) -> bool:
    if not output.startswith(".."):
        given = [given]
    parts = output.strip(".").split("...")
    wired = [{"id": p.rpartition(".")[0], "property": p.rpartition(".")[2]} for p in parts]
    return _all_match(given, wired)


def _matches(given: Any, wired: Mapping[str, str]) -> bool:
    """One end; a pattern, whose id is written as JSON, stands for any number of them."""
    if wired["id"].startswith("{"):
        ends = given if isinstance(given, list) else [given]
        return all(_is_end(end, dict) and _same_property(end, wired) for end in ends)
    if not _is_end(given, str) or given["id"] != wired["id"]:
        return False
    # The address is read by every page; nothing but text ever stands in it.
    if wired["id"] == ids.URL and not isinstance(given.get("value"), str | None):
        return False
    return _same_property(given, wired)


def _is_end(given: Any, kind: type) -> bool:
    return (
        isinstance(given, dict)
        and isinstance(given.get("id"), kind)
        and isinstance(given.get("property"), str)
    )


def _same_property(given: Mapping[str, str], wired: Mapping[str, str]) -> bool:
    # Behind the @ stands what tells apart callbacks that write to the same property.
    return given["property"].partition("@")[0] == wired["property"].partition("@")[0]
