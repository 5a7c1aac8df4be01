"""The attributes of conversations, as two generations of Intercom's API list them."""

import hashlib
from typing import Any

from services.sandbox import people, texts

Payload = dict[str, Any]
FIRST_ID = 9000
ATTRIBUTES = {
    "Motivo de Contato": sorted({topic.reason for topic in texts.TOPICS.things}),
    "Motivo 2 (Se houver)": sorted({topic.reason for topic in texts.TOPICS.things}),
    "Tipo de Atendimento": sorted(texts.KINDS.things),
    "Status do atendimento": sorted(texts.STATUSES.things),
    "Expansão (Passagem de bastão para CSM)": sorted(texts.EXPANSIONS.things),
    "Categoria do sistema": sorted({topic.category for topic in texts.TOPICS.things}),
    "Cadastros": sorted(texts.REGISTRATIONS.things),
    "Equipe": sorted(texts.AREAS.things),
    "Ticket category": ["Back-office ticket", "Customer ticket"],
    "Merged": [],
}


def as_data_attributes() -> list[Payload]:
    """Up to 2.15."""
    return [
        {
            "type": "data_attribute",
            "id": FIRST_ID + place,
            "model": "conversation",
            "name": name,
            "full_name": name,
            "label": name,
            "description": "",
            "data_type": "string" if options else "boolean",
            "options": options,
            "api_writable": True,
            "messenger_writable": False,
            "ui_writable": True,
            "custom": True,
            "archived": False,
            "created_at": 1_700_000_000,
            "updated_at": 1_700_000_000,
            "admin_id": str(people.MANAGER_ID),
        }
        for place, (name, options) in enumerate(ATTRIBUTES.items())
    ]


def as_conversation_attributes() -> list[Payload]:
    """From 2.16 on."""
    return [
        {
            "type": "conversation_attribute",
            "id": FIRST_ID + place,
            "name": name,
            "description": "",
            "data_type": "list" if options else "boolean",
            "required": False,
            "visible_to_team_ids": [],
            "archived": False,
            "options": [
                {"id": _uuid(name, option), "label": option, "archived": False}
                for option in options
            ],
            "multiline": False,
            "reference": None,
        }
        for place, (name, options) in enumerate(ATTRIBUTES.items())
    ]


def _uuid(*words: str) -> str:
    found = hashlib.sha256("/".join(words).encode()).hexdigest()
    return f"{found[:8]}-{found[8:12]}-4{found[13:16]}-8{found[17:20]}-{found[20:32]}"
