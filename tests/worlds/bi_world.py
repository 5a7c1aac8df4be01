"""An operation with enough rows, and labels that nobody would wish for, for the report pages."""

from typing import Any

from tests.worlds.api_world import (
    CALLS,
    CONVERSATIONS,
    JOAO,
    LUANA,
    PEOPLE,
    call,
    conversation,
    person,
    snapshot,
)

HOSTILE = [
    "Boleto [a]:b*?/\\",
    "<script>alert(1)</script>",
    "=cmd|'/C calc'!A0",
    "שלום עולם " * 3,
    "x" * 200,
    "Nota %{y} <b>%{x}</b>",
]
LABEL = "Cadastros [x]: */\\ %3A"
REASON, SECOND = "attr.Motivo de Contato", "attr.Motivo 2 (Se houver)"
BAR = "{page}--content.children"
PANEL = "side-panel.children"
LIST = "rows--list.children"


def hostile() -> Any:
    """A version whose texts try to break out of whatever they are put into."""
    rows = list(CONVERSATIONS)
    for number in range(90):
        words = HOSTILE[number % len(HOSTILE)]
        rows.append(
            conversation(
                f"h{number}",
                f"2026-11-{10 + number % 14:02d}T{9 + number % 9:02d}:30:00Z",
                agent_id=(JOAO, LUANA, None)[number % 3],
                subject=words,
                contact_name=words,
                rating=1 + number % 5,
                rating_at=f"2026-11-{10 + number % 14:02d}T18:00:00Z",
                last_close_at=f"2026-11-{10 + number % 14:02d}T20:00:00Z",
                **{REASON: words, SECOND: HOSTILE[0], f"attr.{LABEL}": words},
            )
        )
    people = [*PEOPLE, person("299", HOSTILE[1], "h@example.com")]
    calls = [*CALLS, call("t9", contact_name=HOSTILE[2], tags=HOSTILE[1])]
    return snapshot(conversations=rows, calls=calls, people=people)


def components(tree: Any) -> list[dict[str, Any]]:
    """Every component of an answer, with its properties."""
    found = []
    if isinstance(tree, dict):
        if "props" in tree:
            found.append(tree)
        for value in tree.values():
            found += components(value)
    elif isinstance(tree, list):
        for value in tree:
            found += components(value)
    return found


def words(tree: Any) -> str:
    """All text of an answer."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, dict) and "props" in tree:
        return words(tree["props"].get("children"))
    if isinstance(tree, list):
        return " ".join(words(value) for value in tree)
    return "" if tree is None else str(tree)


def of_class(tree: Any, name: str) -> list[dict[str, Any]]:
    """The components of that class."""
    return [c for c in components(tree) if name in str(c["props"].get("className", "")).split()]
