"""Telephone calls: what they are, and Aircall's own object of each at any instant."""

from dataclasses import dataclass
from typing import Any

from services.sandbox.contacts import Contact
from services.sandbox.hours import Hours
from services.sandbox.people import NUMBERS, Agent

Payload = dict[str, Any]
API = "https://api.aircall.io"
MEDIA = "https://media.example.com"
WRAP_UP_SECONDS = 45
# A recording is there this long after the end.
RECORDING_AFTER = 40
TAGS = ((811, "Retorno"), (812, "Reclamação"), (813, "Venda"))


@dataclass(slots=True)
class Call:
    """One call, from beginning to end.

    Attributes:
        agent: Who has it in the end.
        giver: Who passed it on, if somebody did.
        passed_at: When.
        contact: Who is at the other end; None where the number is hidden.
        is_known: Whether Aircall's address book has the number.
        tag: Place of the tag it gets afterwards.
    """

    id: int
    direction: str
    line: int
    started_at: int
    ended_at: int
    contact: Contact | None
    is_known: bool = False
    answered_at: int | None = None
    agent: Agent | None = None
    giver: Agent | None = None
    passed_at: int | None = None
    missed_call_reason: str | None = None
    has_voicemail: bool = False
    tag: int | None = None
    comment: str | None = None
    wrap_up: int = WRAP_UP_SECONDS

    def status(self, now: float) -> str:
        """initial, answered or done."""
        if now >= self.ended_at:
            return "done"
        return "answered" if self.answered_at is not None and now >= self.answered_at else "initial"

    def holder(self, now: float) -> Agent | None:
        """Who is speaking at that time."""
        if self.passed_at is not None and now < self.passed_at:
            return self.giver
        return self.agent

    def payload(self, now: float, hours: Hours, *, with_contact: bool = False) -> Payload:
        """The vendor's object as it is at that time."""
        status = self.status(now)
        is_done = status == "done"
        holder = self.holder(now) if status != "initial" or self.direction == "outbound" else None
        found: Payload = {
            "id": self.id,
            "sid": f"CA{self.id:032x}",
            "direct_link": f"{API}/v1/calls/{self.id}",
            "direction": self.direction,
            "status": status,
            "missed_call_reason": self.missed_call_reason if is_done else None,
            "started_at": self.started_at,
            "answered_at": None if status == "initial" else self.answered_at,
            "ended_at": self.ended_at if is_done else None,
            "duration": self.ended_at - self.started_at if is_done else 0,
            "cost": "0.0",
            "hangup_cause": None,
            **self._media(now),
            "raw_digits": self.contact.digits if self.contact else "anonymous",
            "number": number(self.line, hours.is_open(now)),
            "archived": is_done and now >= self.ended_at + 3600,
            "assigned_to": None,
            "teams": [],
            "comments": self._comments(now),
            "tags": self._tags(now),
            "contact": contact_card(self.contact) if with_contact and self._has_card() else None,
        }
        # Who handled nothing is not there at all: the key is missing, as in the vendor's answers.
        if holder is not None:
            found["user"] = user(holder)
        if self.passed_at is not None and now >= self.passed_at and self.giver and self.agent:
            found["transferred_by"] = user(self.giver)
            found["transferred_to"] = user(self.agent)
        return found

    def _has_card(self) -> bool:
        return self.contact is not None and self.is_known

    def _media(self, now: float) -> Payload:
        """Links that live for an hour, and the page that stays."""
        is_there = now >= self.ended_at + RECORDING_AFTER
        kind = "voicemail" if self.has_voicemail else "recording" if self.answered_at else None
        if kind is None or not is_there:
            return {"voicemail": None, "recording": None, "asset": None}
        link = f"{MEDIA}/calls/{self.id}/{kind}.mp3?X-Amz-Expires=3600&X-Amz-Signature=invented"
        return {
            "voicemail": link if kind == "voicemail" else None,
            "recording": link if kind == "recording" else None,
            "asset": f"https://assets.aircall.io/calls/{self.id}/{kind}",
        }

    def _tags(self, now: float) -> list[Payload]:
        at = self.ended_at + 300
        if self.tag is None or self.agent is None or now < at:
            return []
        number, name = TAGS[self.tag]
        return [{"id": number, "name": name, "tagged_at": at, "tagged_by": user(self.agent)}]

    def _comments(self, now: float) -> list[Payload]:
        at = self.ended_at + 600
        if self.comment is None or self.agent is None or now < at:
            return []
        posted = {"id": self.id * 10, "content": self.comment, "posted_at": at}
        return [{**posted, "posted_by": user(self.agent)}]


def user(agent: Agent) -> Payload:
    """Somebody as they stand in a call."""
    return {
        "id": agent.voice_id,
        "direct_link": f"{API}/v1/users/{agent.voice_id}",
        "name": agent.name,
        "email": agent.voice_email,
        "available": True,
        "availability_status": "available",
        "language": "pt-BR",
        "wrap_up_time": WRAP_UP_SECONDS,
    }


def number(place: int, is_open: bool) -> Payload:
    """One of the company's lines."""
    number_id, name, digits, is_ivr = NUMBERS[place]
    return {
        "id": number_id,
        "direct_link": f"{API}/v1/numbers/{number_id}",
        "name": name,
        "digits": digits,
        "country": "BR",
        "time_zone": "America/Sao_Paulo",
        "open": is_open,
        "availability_status": "custom",
        "is_ivr": is_ivr,
        "live_recording_activated": True,
        "messages": {},
    }


def contact_card(contact: Contact | None) -> Payload | None:
    """A page of Aircall's address book."""
    if contact is None:
        return None
    contact_id = 5_100_000 + contact.number
    return {
        "id": contact_id,
        "direct_link": f"{API}/v1/contacts/{contact_id}",
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "company_name": contact.company,
        "information": None,
        "is_shared": True,
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_000,
        "phone_numbers": [{"id": contact_id * 10, "label": "Work", "value": contact.digits}],
        "emails": [{"id": contact_id * 10 + 1, "label": "Work", "value": contact.email}],
    }
