"""Back-office tickets, seen through the conversations they hang on."""

from typing import Any

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


def tickets(conversations: list[Payload], question: Any) -> list[Payload]:
    """All tickets that a question means, newest first; simple comparisons joined by AND."""
    found = [
        _ticket(conversation, linked["id"])
        for conversation in reversed(conversations)
        for linked in (conversation.get("linked_objects") or {}).get("data") or []
        if linked.get("type") == "ticket"
    ]
    filters = _filters(question)
    return [ticket for ticket in found if all(_fits(ticket, one) for one in filters)]


def _filters(question: Any) -> list[Payload]:
    if not isinstance(question, dict):
        return []
    if question.get("operator") == "AND" and isinstance(question.get("value"), list):
        return [one for member in question["value"] for one in _filters(member)]
    return [question] if "field" in question else []


def _fits(ticket: Payload, one: Payload) -> bool:
    found, value = ticket.get(one["field"]), one.get("value")
    if one["field"] == "ticket_type_id":
        found = TYPE["id"]
    if one["operator"] in (">", "<", ">=", "<="):
        number, bound = int(found or 0), int(value or 0)
        return {
            ">": number > bound,
            "<": number < bound,
            ">=": number >= bound,
            "<=": number <= bound,
        }[one["operator"]]
    return (str(found) == str(value)) is (one["operator"] == "=")


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
