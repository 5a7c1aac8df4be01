"""People of both vendors, matched by e-mail, as rows of `schema.AGENTS`."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.settings.sections import PersonSetting
from services.vendors import fields
from services.vendors.conversation_rows import is_bot_email
from services.vendors.html_text import html_to_text
from services.vendors.http import Payload

BOT_NAMES = ("Operator", "Fin")


def agent_rows(
    admins: Iterable[Payload],
    users: Iterable[Payload],
    availabilities: Mapping[str, str],
    people: Iterable[PersonSetting],
    reasons: Iterable[Payload],
) -> list[dict[str, Any]]:
    """One row for each of Intercom's admins, and one for each Aircall user that is none of them."""
    aliases = {p.intercom.strip().lower(): p.aircall.strip().lower() for p in people}
    labels = {fields.reference(r.get("id")): html_to_text(r.get("label")) for r in reasons}
    by_email: dict[str, Payload] = {}
    for user in users:
        by_email.setdefault(fields.email(user.get("email")) or _nobodys(user), user)
    rows, matched = [], set()
    for admin in admins:
        row = _agent(admin, aliases, labels)
        found = by_email.get(row["voice_email"] or "")
        if found is not None:
            matched.add(fields.identity(found, "user"))
            row |= _voice(found, availabilities)
        rows.append(row)
    unmatched = (user for user in users if fields.identity(user, "user") not in matched)
    return rows + [_voice_only(user, availabilities) for user in unmatched]


def _nobodys(user: Payload) -> str:
    # No address looks like that, so nobody is matched by it.
    return f"voice:{fields.identity(user, 'user')}"


def _agent(
    admin: Payload, aliases: Mapping[str, str], labels: Mapping[str | None, str | None]
) -> dict[str, Any]:
    address = fields.email(admin.get("email"))
    away = admin.get("away_mode_enabled")
    reason = fields.reference(admin.get("away_status_reason_id"))
    teams = admin.get("team_ids")
    return {
        "id": fields.identity(admin, "admin"),
        "name": html_to_text(admin.get("name")) or address,
        "email": address,
        "voice_email": _voice_email(address, aliases),
        "active": True,
        "seated": admin.get("has_inbox_seat") is not False,
        "bot": _is_bot(admin),
        "away": away if isinstance(away, bool) else None,
        "away_reason": labels.get(reason) if away is True and reason else None,
        "team_ids": _joined(teams if isinstance(teams, list) else []),
    }


def _voice_email(address: str | None, aliases: Mapping[str, str]) -> str | None:
    """An address that the settings give to somebody else is no longer one's own."""
    if address is None or address in aliases.values():
        return aliases.get(address or "")
    return aliases.get(address, address)


def _joined(teams: list[Any]) -> str:
    return ",".join(team for team in map(fields.reference, teams) if team)


def _is_bot(admin: Payload) -> bool:
    """Intercom's own operator. A person may be called Fin, and has an address and a seat then."""
    if is_bot_email(admin.get("email")):
        return True
    unnamed = admin.get("has_inbox_seat") is False and not fields.email(admin.get("email"))
    return unnamed and admin.get("name") in BOT_NAMES


def _voice(user: Payload, availabilities: Mapping[str, str]) -> dict[str, Any]:
    user_id = fields.identity(user, "user")
    return {"voice_id": user_id, "voice_status": fields.word(availabilities.get(user_id))}


def _voice_only(user: Payload, availabilities: Mapping[str, str]) -> dict[str, Any]:
    """Somebody of the telephone whom Intercom does not know."""
    address = fields.email(user.get("email"))
    return {
        "id": _nobodys(user),
        "name": html_to_text(user.get("name")) or address,
        "email": address,
        "voice_email": address,
        "active": True,
        "seated": False,
        "bot": False,
        "team_ids": "",
    } | _voice(user, availabilities)
