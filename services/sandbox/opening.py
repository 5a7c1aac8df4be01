"""How a conversation begins: its first message, and who wrote it."""

import random
from typing import Any

from services.sandbox import texts
from services.sandbox.contacts import Contact
from services.sandbox.conversation import opened
from services.sandbox.people import Agent
from services.sandbox.texts import Topic

Payload = dict[str, Any]


def written(
    chance: random.Random, at: int, number: str, contact: Contact, topic: Topic, sla: str
) -> Payload:
    """The first message."""
    words = chance.choice(texts.HOSTILE) if chance.random() < 0.003 else chance.choice(topic.lines)
    channel = texts.CHANNELS.draw(chance)
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = (
        f"<p>{escaped}</p>"
        if chance.random() > 0.02
        else '<p><img src="https://example.com/a.png"></p>'
    )
    payload = opened(
        number, at, contact, channel=channel, subject=words if channel == "email" else "",
        body=body, sla=sla or None, priority=chance.random() < 0.05,
        author={
            "type": "lead" if contact.is_lead else "user",
            "id": contact.id,
            "name": None if contact.is_lead else f"{contact.name} ({contact.company})",
            "email": "" if contact.is_lead else contact.email,
        },
    )  # fmt: skip
    draw = chance.random()
    if draw < 0.25:
        payload["ai_agent_participated"], payload["ai_agent"] = True, ai_agent("routed_to_team")
    if draw > 0.96:
        payload["custom_attributes"]["Ticket category"] = "Back-office ticket"
        payload["linked_objects"]["data"].append(
            {"type": "ticket", "id": f"7{number[-8:]}", "category": "Back-office"}
        )
        payload["linked_objects"]["total_count"] = 1
    elif draw > 0.94:
        payload["custom_attributes"]["Ticket category"] = "Customer ticket"
    elif draw > 0.925:
        payload["custom_attributes"]["Merged"] = True
    return payload


def merge(payload: Payload, into: str | None) -> None:
    """Link a duplicate to the conversation it was merged into; some workspaces do not."""
    if payload["custom_attributes"].get("Merged") and into and int(payload["id"]) % 4:
        linked = payload["linked_objects"]
        linked["data"].append({"type": "conversation", "id": into, "category": None})
        linked["total_count"] = len(linked["data"])


def admin_author(agent: Agent) -> Payload:
    """A teammate as an author."""
    return {"type": "admin", "id": str(agent.id), "name": agent.name, "email": agent.email}


def ai_agent(resolution: str) -> Payload:
    """What the bot did."""
    return {
        "source_type": "workflow",
        "source_title": "Boas-vindas",
        "last_answer_type": "ai_answer",
        "resolution_state": resolution,
        "rating": None,
        "rating_remark": None,
        "created_at": None,
        "updated_at": None,
        "content_sources": {
            "type": "content_source.list",
            "content_sources": [],
            "total_count": 0,
        },
    }
