"""João's week for the tests of the analyst's panel, and what a browser is shown of it."""

import json
from datetime import datetime, timedelta
from typing import Any

from tests.worlds.api_world import LUANA, PEOPLE, conversation, person, snapshot
from tests.worlds.web_world import read_props

PANEL = "analyst--content.children"
HEAD, CONTENT, VERSION = "analyst--head", "analyst--content", "analyst--version"
REASON = "attr.Motivo de Contato"
CATEGORY, MERGED = "attr.Ticket category", "attr.Merged"
MONDAY = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
# Three lines of each teach the words that tell the reasons apart.
TAUGHT = [("Boleto vencido", "Boleto e pagamento"), ("Esqueci minha senha", "Acesso e senha")]


def closed(row_id: str, minute: int = 0, **values: Any) -> Any:
    """A conversation of João's, created on Monday and closed half an hour later."""
    created = MONDAY + timedelta(minutes=minute)
    done = created + timedelta(minutes=30)
    dates = {"created_at": created.isoformat(), "last_close_at": done.isoformat()}
    return conversation(row_id, **{**dates, **values})


def pending(row_id: str, minute: int = 0, **values: Any) -> Any:
    """The same without a reason."""
    return closed(row_id, minute, **{REASON: None, **values})


def week(done: int = 6, missing: int = 4) -> list[Any]:
    """A week with so many classified and so many pending ones, and what does not count."""
    rows = [closed(f"done{n}", n) for n in range(done)]
    rows += [pending(f"todo{n}", 100 + n, subject=f"Pendente {n}") for n in range(missing)]
    return rows


def taught() -> list[Any]:
    """Luana's classified conversations, from which the team's words are learnt."""
    return [
        closed(f"taught{n}-{m}", n, agent_id=LUANA, subject=subject, **{REASON: reason})
        for n in range(6)
        for m, (subject, reason) in enumerate(TAUGHT)
    ]


def team(size: int) -> list[Any]:
    """The people of the small operation, and others that make the team so much larger."""
    others = [person(f"9{n}", f"Colega {n}", f"colega{n}@example.com") for n in range(size)]
    return [*PEOPLE, *others]


def version(conversations: list[Any] | None = None, **options: Any) -> Any:
    """A version with these conversations; João's week where none are given."""
    rows = week() if conversations is None else conversations
    # A table without rows has no attributes either; one foreign row keeps them.
    foreign = conversation("foreign", "2026-09-01T12:00:00Z", agent_id=LUANA)
    return snapshot(conversations=[*rows, foreign], **{"calls": [], **options})


def answer(browser: Any, search: str = "", **values: Any) -> Any:
    """What the callback of the panel gives: properties by id."""
    given = {"url.search": search, "url.pathname": "/analyst", **values}
    response = browser.fire(PANEL, **given)
    assert response.status_code in (200, 204), response.text
    return read_props(response)


def shown(browser: Any, search: str = "", **values: Any) -> str:
    """Everything that the panel shows, as text."""
    told = answer(browser, search, **values)
    drawn = [told[place]["children"] for place in (HEAD, CONTENT)]
    return json.dumps(drawn, ensure_ascii=False)


def words(node: Any) -> str:
    """What a person reads in a component, in order; names of classes and ids are left out."""
    if isinstance(node, list):
        return " ".join(part for part in map(words, node) if part)
    if isinstance(node, dict):
        return words(node.get("props", {}).get("children"))
    # Non-breaking spaces, and the spaces between two parts, are spaces.
    return "" if node is None or isinstance(node, bool) else " ".join(str(node).split())


def read(browser: Any, search: str = "", **values: Any) -> str:
    """What a person reads on the panel, without the help behind the numbers."""
    return words(answer(browser, search, **values)[CONTENT]["children"])


def found(node: Any, name: str, value: Any) -> list[Any]:
    """All components below whose property has this value."""
    if isinstance(node, list):
        return [hit for part in node for hit in found(part, name, value)]
    if not isinstance(node, dict):
        return []
    props = node.get("props", {})
    here = [node] if props.get(name) == value else []
    return here + found(props.get("children"), name, value)


def links(node: Any) -> list[str]:
    """All addresses that the components below lead to."""
    if isinstance(node, list):
        return [href for part in node for href in links(part)]
    if not isinstance(node, dict):
        return []
    props = node.get("props", {})
    here = [props["href"]] if "href" in props else []
    return here + links(props.get("children"))
