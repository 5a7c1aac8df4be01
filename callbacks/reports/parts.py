"""A page answers in parts: what the browser shows already is not sent again.

What is drawn becomes JSON once, however many screens ask for it. The browser keeps a word for each
part and sends these with its next question; nothing that was drawn is ever sent back.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import orjson
from dash import no_update, set_props
from dash.exceptions import PreventUpdate

# An id, and the property of it that is filled.
Place = tuple[str, str]
OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_PASSTHROUGH_DATACLASS
# What the browser moves on by itself (`live-time.js`, `operations.js`) is no other content.
RUNNING = re.compile(
    rb'"children":"[^"]*"(?=,"className":"tick)|"data-now":"\d+"'
    rb'|"style":\{"--share":"[^"]*"\}(?=,"data-since")'
)
# Panels stand in rows, and in stacks within them.
DEPTH = 3


@dataclass(frozen=True)
class Part:
    """`word` changes with `content`; that of panels inside, which are parts too, has no say."""

    place: Place
    content: orjson.Fragment
    word: str
    inside: tuple["Part", ...] = ()

    @property
    def words(self) -> str:
        return " ".join(part.word for part in (self, *self.inside))


Parts = Sequence[Part]


def draw(places: Mapping[Place, Any]) -> Parts:
    return tuple(_draw_part(place, content) for place, content in places.items())


def answer(parts: Parts, marker: Sequence[str], shown: Any, outputs: Sequence[Place]) -> list[Any]:
    """The values of a callback whose outputs are these places and its store of what is shown.

    What changed elsewhere is set besides: a request names each output twice, and is sent often.

    Args:
        marker: What the parts depend on, at the head of the store.
        shown: What the store has.

    Raises:
        PreventUpdate: The browser has all of this.
    """
    known = read_shown(shown)
    changes = _find_changes(parts, known[len(marker) :])
    if not changes and known[: len(marker)] == list(marker):
        raise PreventUpdate
    values = [changes.pop(place, no_update) for place in outputs]
    for (component, name), content in changes.items():
        set_props(component, {name: content})
    return [*values, [*marker, *[part.words for part in parts]]]


def _find_changes(parts: Parts, shown: Sequence[str]) -> dict[Place, orjson.Fragment]:
    changes = {}
    for part, words in zip(parts, [*shown, *[""] * len(parts)], strict=False):
        outer, *inside = words.split(" ")
        if outer != part.word:
            changes[part.place] = part.content
            continue
        for panel, word in zip(part.inside, inside, strict=False):
            if panel.word != word:
                changes[panel.place] = panel.content
    return changes


def read_shown(data: Any) -> list[str]:
    """What a store sends back, which can be anything."""
    listed = data if isinstance(data, list) else []
    return [words if isinstance(words, str) else "" for words in listed]


def digest(content: bytes) -> str:
    return b64encode(blake2b(content, digest_size=4).digest()).decode().rstrip("=")


def draw_stages(place: Place, content: Any, last: str, waiting: Any) -> tuple[Part, Part | None]:
    """The part, and what comes of it first: as far as one panel, with others that are `waiting`.

    Who has that asks again, and gets the panels that waited. Where the panel `last` is not there it
    is the first one; None where no other follows.
    """
    inside: list[Part] = []
    tree = _part_panels(content, inside, DEPTH)
    whole = _encode(tree, lambda panel: panel.content)
    frame = _encode(tree, lambda panel: None) if inside else whole
    part = _make_part(place, whole, frame, inside)
    names = [panel.place[0] for panel in inside]
    last = last if last in names else next(iter(names), "")
    if last not in names[:-1]:
        return part, None
    come = set(names[: names.index(last) + 1])
    begun = _encode(tree, lambda p: p.content if p.place[0] in come else waiting)
    panels = tuple(p if p.place[0] in come else replace(p, word="") for p in inside)
    return part, replace(part, content=orjson.Fragment(begun), inside=panels)


def _draw_part(place: Place, content: Any) -> Part:
    return draw_stages(place, content, "", None)[0]


def _part_panels(node: Any, inside: list[Part], depth: int) -> Any:
    """The tree with a part for the children of what has an id, unless it stands too deep."""
    if isinstance(node, list | tuple):
        return [_part_panels(child, inside, depth) for child in node]
    if not isinstance(node, dict) or "props" not in node or not depth:
        return node
    props = dict(node["props"])
    if "children" not in props:
        return node
    if isinstance(props.get("id"), str):
        content = _encode(props["children"], lambda panel: None)
        inside.append(_make_part((props["id"], "children"), content, content))
        props["children"] = inside[-1]
    else:
        props["children"] = _part_panels(props["children"], inside, depth - 1)
    return {**node, "props": props}


def _make_part(place: Place, whole: bytes, frame: bytes, inside: Parts = ()) -> Part:
    word = digest(repr(place).encode() + RUNNING.sub(b"", frame))
    return Part(place, orjson.Fragment(whole), word, tuple(inside))


def _encode(tree: Any, fill: Callable[[Part], Any]) -> bytes:
    def plain(value: Any) -> Any:
        if not isinstance(value, Part):
            raise TypeError(f"a {type(value).__name__} is nothing that a page can show")
        return fill(value)

    return orjson.dumps(tree, default=plain, option=OPTIONS)
