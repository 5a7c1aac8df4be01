"""Back-office tickets, seen through the conversations they hang on."""

from typing import Any

from services.sandbox.query import QueryError, ticket_test
from services.sandbox.search import Found, page, page_size

Payload = dict[str, Any]
TYPE = {
    "type": "ticket_type",
    "id": "301",
    "name": "Back-office",
    "description": "",
    "icon": "🧰",
    "workspace_id": "v1g1adem",
    "archived": False,
    "created_at": 1_700_000_000,
    "updated_at": 1_700_000_000,
    "is_internal": True,
    "ticket_type_attributes": {"type": "list", "data": []},
    "category": "Back-office",
}


def tickets(conversations: list[Payload], body: Any) -> Found:
    """A page of the tickets that a question means, newest first.

    Raises:
        QueryError: The question is not understood.
    """
    if not isinstance(body, dict):
        raise QueryError("parameter_invalid", "query is missing")
    found = [
        _ticket(conversation, linked["id"])
        for conversation in reversed(conversations)
        for linked in (conversation.get("linked_objects") or {}).get("data") or []
        if linked.get("type") == "ticket"
    ]
    question = body.get("query")
    test = (lambda ticket: True) if question is None else ticket_test(question)
    rows = [(row["created_at"], row["id"], row) for row in found if test(row)]
    pagination = body.get("pagination") or {}
    size = page_size(pagination.get("per_page"))
    rows.sort(key=lambda row: row[:2], reverse=True)
    return page(rows, size, pagination.get("starting_after"), is_descending=True)


def _ticket(conversation: Payload, ticket_id: str) -> Payload:
    is_open = conversation["state"] != "closed"
    category = "in_progress" if is_open else "resolved"
    label = "Em andamento" if is_open else "Resolvido"
    return {
        "type": "ticket",
        "id": ticket_id,
        "ticket_id": ticket_id[-5:],
        "category": "Back-office",
        "ticket_attributes": {
            "_default_title_": (conversation.get("source") or {}).get("subject")
            or "Análise interna",
            "_default_description_": "",
        },
        "ticket_state": {
            "type": "ticket_state",
            "id": "1" if is_open else "2",
            "category": category,
            "internal_label": label,
            "external_label": label,
        },
        "ticket_type": TYPE,
        "contacts": conversation.get("contacts"),
        "admin_assignee_id": str(conversation.get("admin_assignee_id") or 0),
        "team_assignee_id": str(conversation.get("team_assignee_id") or 0),
        "created_at": conversation["created_at"],
        "updated_at": conversation["updated_at"],
        "open": is_open,
        "snoozed_until": None,
        "linked_objects": {
            "type": "list",
            "data": [{"type": "conversation", "id": conversation["id"], "category": None}],
            "total_count": 1,
            "has_more": False,
        },
        "ticket_parts": {"type": "ticket_part.list", "ticket_parts": [], "total_count": 0},
        "is_shared": False,
    }
