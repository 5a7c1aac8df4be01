"""The people of a replayed export: names from its directory, presence invented."""

from collections.abc import Iterable
from typing import Any

from services.sandbox import people
from services.sandbox.calls import API
from services.sandbox.chance import Urn, generator
from services.sandbox.directory import admin, app, user

Payload = dict[str, Any]
HALF_HOUR = 1800
DOING = Urn([("available", 7), ("in_call", 2), ("after_call_work", 1), ("do_not_disturb", 1),
             ("offline", 3)])  # fmt: skip


class ReplayDirectory:
    """Everybody of an export.

    Args:
        names: Its directory.json; what it leaves out is taken from the rows.
        conversations: Of the export.
        calls: Of the export.
        seed: Of the invented presence.
    """

    def __init__(
        self, names: Payload, conversations: list[Payload], calls: list[Payload], seed: int
    ) -> None:
        self._seed = seed
        self._teams = [_team(one) for one in names.get("teams") or []]
        self._admins = names.get("admins") or _assignees(conversations)
        self._users = _merged(names.get("aircall_users") or [], (c.get("user") for c in calls))
        self._lines = _merged(names.get("aircall_numbers") or [], (c.get("number") for c in calls))

    def me(self) -> Payload:
        """Somebody from outside, who holds the token."""
        name = people.MANAGER_NAME
        found = admin(people.MANAGER_ID, name, people.email_of(name))
        return {**found, "email_verified": True, "app": app()}

    def admins(self, now: float) -> list[Payload]:
        """Those of the directory, and the bot."""
        members = {i: t["id"] for t in self._teams for i in map(str, t["admin_ids"])}
        bot = admin(people.BOT_ID, "Fin", f"operator+{people.APP_ID}@intercom.io")
        return [bot] + [
            {
                **admin(
                    one["id"],
                    one.get("name") or f"Pessoa {one['id']}",
                    one.get("email") or f"a{one['id']}@example.com",
                    has_inbox_seat=True,
                    away_mode_enabled=self._draw("admin", one["id"], now) < 0.35,
                ),
                "team_ids": one.get("team_ids")
                or ([int(members[str(one["id"])])] if str(one["id"]) in members else []),
            }
            for one in self._admins
        ]

    def teams(self) -> list[Payload]:
        """Those of the directory."""
        return self._teams

    def users(self, now: float) -> list[Payload]:
        """Those of the directory and of the calls."""
        return [
            user(
                one["id"],
                one.get("name") or f"Pessoa {one['id']}",
                one.get("email") or f"u{one['id']}@example.com",
                available=self._doing(one["id"], now) == "available",
            )
            for one in self._users
        ]

    def availabilities(self, now: float) -> dict[int, str]:
        """Invented, and the same for half an hour."""
        return {one["id"]: self._doing(one["id"], now) for one in self._users}

    def numbers(self, now: float) -> list[Payload]:
        """Those of the directory and of the calls."""
        return [
            {
                "direct_link": f"{API}/v1/numbers/{one['id']}",
                "digits": "",
                "country": "BR",
                "time_zone": "America/Sao_Paulo",
                "open": True,
                "availability_status": "open",
                "is_ivr": False,
                "live_recording_activated": False,
                **one,
            }
            for one in self._lines
        ]

    def voice_teams(self) -> list[Payload]:
        """An export has none."""
        return []

    def _doing(self, user_id: int, now: float) -> str:
        place = int(self._draw("user", user_id, now) * len(DOING.table))
        return DOING.table[place]

    def _draw(self, kind: str, one: object, now: float) -> float:
        return generator(self._seed, kind, one, int(now) // HALF_HOUR).random()


def _team(one: Payload) -> Payload:
    defaults = {"type": "team", "admin_ids": [], "admin_priority_level": {}}
    more = {"assignment_limit": None, "distribution_method": "manual"}
    return {**defaults, **more, **one, "id": str(one["id"])}


def _assignees(conversations: Iterable[Payload]) -> list[Payload]:
    found = {one.get("admin_assignee_id") for one in conversations}
    return [{"id": admin_id} for admin_id in sorted(filter(None, found), key=str)]


def _merged(named: list[Payload], met: Iterable[Any]) -> list[Payload]:
    """Those with a name first; what a row says completes what the directory says."""
    found = {one["id"]: dict(one) for one in named}
    for one in met:
        if isinstance(one, dict) and one.get("id") is not None:
            known = found.setdefault(one["id"], {"id": one["id"]})
            if len(known) < len(one):
                found[one["id"]] = {**one, **known}
    return list(found.values())
