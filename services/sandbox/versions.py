"""What Intercom's versions show differently. Everything is kept in the shape of 2.14."""

from typing import Any

Payload = dict[str, Any]
KNOWN = tuple(f"2.{minor}" for minor in range(9, 17))
DEFAULT = "2.14"
STATISTICS_OF_2_13 = ("handling_time", "adjusted_handling_time")
RESOLUTIONS_OF_2_15 = {"routed_to_team": "escalated", "abandoned": "negative_feedback"}


def minor(version: str) -> int:
    """9 to 16."""
    return int(version.partition(".")[2])


def conversation(payload: Payload, number: int) -> Payload:
    """A conversation in another version's shape.

    Args:
        payload: In the shape of 2.14; it stays as it is.
        number: The version's second number.
    """
    if number == 14:
        return payload
    found = dict(payload)
    if number < 14:
        _take_away(found, number)
    if number >= 15:
        found["company"] = None
        if found.get("ai_agent"):
            state = found["ai_agent"].get("resolution_state")
            found["ai_agent"] = {
                **found["ai_agent"],
                "resolution_state": RESOLUTIONS_OF_2_15.get(state, state),
            }
    if number >= 16:
        _as_of_2_16(found)
    return found


def _take_away(found: Payload, number: int) -> None:
    """What older versions do not know yet."""
    if found.get("conversation_rating"):
        found["conversation_rating"] = _without(found["conversation_rating"], "updated_at")
    if found.get("ai_agent"):
        found["ai_agent"] = _without(found["ai_agent"], "created_at", "updated_at")
    if number < 13 and found.get("statistics"):
        names = [*STATISTICS_OF_2_13, "assigned_team_first_response_time_in_office_hours"]
        if number < 12:
            names.append("assigned_team_first_response_time")
        found["statistics"] = _without(found["statistics"], *names)
    if number < 11:
        found.pop("ai_agent", None)
        found.pop("ai_agent_participated", None)
    if number < 10:
        found.pop("linked_objects", None)


def _as_of_2_16(found: Payload) -> None:
    for name in ("admin_assignee_id", "team_assignee_id"):
        found[name] = found.get(name) or 0
    found["priority"] = "high" if found.get("priority") == "priority" else "none"
    source = found.get("source")
    if source:
        found["source"] = {**source, "recipients": [], "reply_to": None}
        found["channel"] = {"initial": source.get("type"), "current": source.get("type")}


def admin(payload: Payload, number: int) -> Payload:
    """A teammate in another version's shape."""
    if number < 14:
        return _without(payload, "away_status_reason_id")
    if number >= 16 and payload["has_inbox_seat"]:
        return {**payload, "role": {"type": "role", "id": "1", "name": "Atendimento"}}
    return payload


def team(payload: Payload, number: int) -> Payload:
    """A team in another version's shape."""
    return payload if number >= 14 else _without(payload, "assignment_limit", "distribution_method")


def ticket(payload: Payload, number: int) -> Payload:
    """A ticket in another version's shape; it is kept in that of 2.14."""
    found = dict(payload)
    if number < 12:
        state = payload["ticket_state"]
        found["ticket_state"] = state["category"]
        for name in ("internal_label", "external_label"):
            found[f"ticket_state_{name}"] = state[name]
    if number < 10:
        found = _without(found, "category", "linked_objects")
        found["ticket_type"] = _without(payload["ticket_type"], "category")
    if number >= 16:
        for name in ("admin_assignee_id", "team_assignee_id"):
            found[name] = int(found[name])
    return found


def _without(payload: Payload, *names: str) -> Payload:
    return {key: value for key, value in payload.items() if key not in names}
