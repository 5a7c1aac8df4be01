"""One conversation: Intercom's own object (as of version 2.14), moved on by what happens to it."""

from collections.abc import Callable
from operator import itemgetter
from statistics import median
from typing import Any, NamedTuple

from services.sandbox import Payload
from services.sandbox.team.hours import Hours
from services.sandbox.team.people import Contact

STATISTICS = (
    *("time_to_assignment", "time_to_admin_reply", "time_to_first_close", "time_to_last_close"),
    *("median_time_to_reply", "first_contact_reply_at", "first_assignment_at"),
    *("first_admin_reply_at", "first_close_at", "last_assignment_at"),
    *("last_assignment_admin_reply_at", "last_contact_reply_at", "last_admin_reply_at"),
    *("last_close_at", "last_closed_by_id"),
)
EMPTY_STATISTICS = dict.fromkeys(STATISTICS)


class Event(NamedTuple):
    at: int  # Unix seconds
    kind: str  # one of `EVENT_HANDLERS`
    by: int | None = None  # an admin; None where it is the contact or a machine
    value: Any = None  # team or agent id, instant, labels, tag or rating, by kind


_event_instant = itemgetter(0)


class Conversation:
    __slots__ = ("_hours", "_replies", "_target", "done", "events", "payload")

    def __init__(self, payload: Payload, events: list[Event], hours: Hours, target: int) -> None:
        self.payload = payload
        self.events = sorted(events, key=_event_instant)
        self.done = 0
        self._hours = hours
        self._replies: list[int] = []
        self._target = target

    @property
    def next_at(self) -> int | None:
        return self.events[self.done].at if self.done < len(self.events) else None

    def advance(self, now: float) -> bool:
        """Whether anything happened."""
        before = self.done
        events, payload = self.events, self.payload
        statistics = payload["statistics"]
        while self.done < len(events) and events[self.done].at <= now:
            event = events[self.done]
            self.done += 1
            EVENT_HANDLERS[event.kind](self, event, payload, statistics)
            payload["updated_at"] = event.at
        if self.done != before:
            statistics["count_conversation_parts"] += self.done - before
        return self.done != before

    def replace_future(self, remaining: list[Event]) -> None:
        self.events[self.done :] = remaining

    def _apply_team(self, event: Event, payload: Payload, statistics: Payload) -> None:
        payload["team_assignee_id"] = event.value

    def _apply_assign(self, event: Event, payload: Payload, statistics: Payload) -> None:
        payload["admin_assignee_id"] = event.value
        began = statistics["first_contact_reply_at"]
        if event.value is None or began is None:
            return
        statistics["count_assignments"] += 1
        statistics["last_assignment_at"] = event.at
        if statistics["first_assignment_at"] is None:
            statistics["first_assignment_at"] = event.at
        if statistics["first_admin_reply_at"] is None:
            statistics["time_to_assignment"] = event.at - began

    def _apply_reply(self, event: Event, payload: Payload, statistics: Payload) -> None:
        self._add_participant(event.by)
        waiting, began = payload["waiting_since"], statistics["first_contact_reply_at"]
        payload["waiting_since"] = None
        payload["read"] = True
        if began is None:
            return
        if waiting is not None:
            self._replies.append(self._hours.worked_seconds(waiting, event.at))
            statistics["median_time_to_reply"] = int(median(self._replies))
        if statistics["first_admin_reply_at"] is None:
            statistics["first_admin_reply_at"] = event.at
            took = statistics["time_to_admin_reply"] = self._hours.worked_seconds(began, event.at)
            self._settle_sla("hit" if took <= self._target else "missed")
        assigned, last_reply = (
            statistics["last_assignment_at"],
            statistics["last_assignment_admin_reply_at"],
        )
        if assigned is not None and (last_reply is None or last_reply < assigned):
            statistics["last_assignment_admin_reply_at"] = event.at
        statistics["last_admin_reply_at"] = event.at

    def _apply_contact(self, event: Event, payload: Payload, statistics: Payload) -> None:
        statistics["last_contact_reply_at"] = event.at
        payload["read"] = False
        if payload["waiting_since"] is None:
            payload["waiting_since"] = event.at
        if statistics["first_contact_reply_at"] is None:
            statistics["first_contact_reply_at"] = event.at
            payload["first_contact_reply"] = {
                "created_at": event.at,
                "type": "conversation",
                "url": None,
            }
        if payload["state"] == "closed":
            statistics["count_reopens"] += 1
        self._set_state("open")

    def _apply_snooze(self, event: Event, payload: Payload, statistics: Payload) -> None:
        self._set_state("snoozed")
        payload["snoozed_until"] = event.value

    def _apply_unsnooze(self, event: Event, payload: Payload, statistics: Payload) -> None:
        self._set_state("open")

    def _apply_close(self, event: Event, payload: Payload, statistics: Payload) -> None:
        self._set_state("closed")
        payload["waiting_since"] = None
        self._settle_sla("cancelled")
        began = statistics["first_contact_reply_at"]
        if began is None:
            return
        took = self._hours.worked_seconds(began, event.at)
        if statistics["first_close_at"] is None:
            statistics["first_close_at"], statistics["time_to_first_close"] = event.at, took
        statistics["last_close_at"], statistics["time_to_last_close"] = event.at, took
        statistics["last_closed_by_id"] = event.by
        if self._replies:
            spent = 60 + 110 * len(self._replies) + event.at % 300
            statistics["handling_time"] = statistics["adjusted_handling_time"] = spent

    def _apply_classify(self, event: Event, payload: Payload, statistics: Payload) -> None:
        payload["custom_attributes"].update(event.value)

    def _apply_tag(self, event: Event, payload: Payload, statistics: Payload) -> None:
        tags = payload["tags"]["tags"]
        number, name = event.value
        by = {"type": "admin", "id": str(event.by)}
        tags.append(
            {"type": "tag", "id": number, "name": name, "applied_at": event.at, "applied_by": by}
        )

    def _apply_ask_rating(self, event: Event, payload: Payload, statistics: Payload) -> None:
        contact = payload["contacts"]["contacts"][0]
        payload["conversation_rating"] = {
            "rating": None,
            "remark": None,
            "created_at": event.at,
            "updated_at": event.at,
            "contact": {
                "type": "contact",
                "id": contact["id"],
                "external_id": contact["external_id"],
            },
            "teammate": {"type": "admin", "id": str(payload["admin_assignee_id"])},
        }

    def _apply_rate(self, event: Event, payload: Payload, statistics: Payload) -> None:
        score, remark = event.value
        payload["conversation_rating"].update(rating=score, remark=remark, updated_at=event.at)

    def _apply_ai(self, event: Event, payload: Payload, statistics: Payload) -> None:
        """How the AI agent stands; a rating of it has instants of its own."""
        payload["ai_agent"].update(event.value)

    def _apply_bot(self, event: Event, payload: Payload, statistics: Payload) -> None:
        """What a machine writes neither answers nor keeps anybody from waiting."""

    def _set_state(self, state: str) -> None:
        payload = self.payload
        payload["state"], payload["open"] = state, state != "closed"
        payload["snoozed_until"] = None

    def _add_participant(self, admin_id: int | None) -> None:
        admins = self.payload["teammates"]["admins"]
        if not any(admin["id"] == str(admin_id) for admin in admins):
            admins.append({"type": "admin", "id": str(admin_id)})

    def _settle_sla(self, status: str) -> None:
        sla = self.payload["sla_applied"]
        if sla is not None and sla["sla_status"] == "active":
            sla["sla_status"] = status


EventHandler = Callable[[Conversation, Event, Payload, Payload], None]
EVENT_HANDLERS: dict[str, EventHandler] = {
    name.removeprefix("_apply_"): method
    for name, method in vars(Conversation).items()
    if name.startswith("_apply_")
}


def new_conversation(
    conversation_id: str,
    at: int,
    contact: Contact,
    *,
    channel: str,
    subject: str,
    body: str,
    author: Payload,
    delivered_as: str = "customer_initiated",
    sla: str | None = None,
    priority: bool = False,
) -> Payload:
    by_customer = delivered_as == "customer_initiated"
    began = at if by_customer else None
    return {
        "type": "conversation",
        "id": conversation_id,
        "title": None,
        "created_at": at,
        "updated_at": at,
        "waiting_since": began,
        "snoozed_until": None,
        "open": True,
        "state": "open",
        "read": False,
        "priority": "priority" if priority else "not_priority",
        "admin_assignee_id": None,
        "team_assignee_id": None,
        "source": {
            "type": channel,
            "id": conversation_id[-9:],
            "delivered_as": delivered_as,
            "subject": subject,
            "body": body,
            "author": author,
            "attachments": [],
            "url": None,
            "redacted": False,
        },
        "contacts": {
            "type": "contact.list",
            "contacts": [{"type": "contact", "id": contact.id, "external_id": str(contact.number)}],
        },
        "teammates": {"type": "admin.list", "admins": []},
        "first_contact_reply": (
            {"created_at": at, "type": "conversation", "url": None} if by_customer else None
        ),
        "tags": {"type": "tag.list", "tags": []},
        "custom_attributes": {"Has attachments": False, "Copilot used": False, "QA Notes Count": 0},
        "conversation_rating": None,
        "sla_applied": sla
        and {"type": "conversation_sla_summary", "sla_name": sla, "sla_status": "active"},
        "statistics": {
            "type": "conversation_statistics",
            **EMPTY_STATISTICS,
            "first_contact_reply_at": began,
            "last_contact_reply_at": began,
            "count_reopens": 0,
            "count_assignments": 0,
            "count_conversation_parts": 1,
            "assigned_team_first_response_time": [],
            "assigned_team_first_response_time_in_office_hours": [],
            "handling_time": None,
            "adjusted_handling_time": None,
        },
        "topics": {"type": "topic.list", "topics": [], "total_count": 0},
        "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": False},
        "ticket": None,
        "ai_agent_participated": False,
        "ai_agent": None,
    }
