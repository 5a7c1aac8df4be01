"""The vendors' lists of people, teams and lines."""

from collections.abc import Callable
from typing import Any, Protocol

from services.sandbox import Payload
from services.sandbox.team import people
from services.sandbox.team.hours import Hours
from services.sandbox.team.people import Agent, Staff
from services.sandbox.team.phone import API, WRAP_UP_SECONDS, build_number
from services.sandbox.team.presence import Presence

FOUNDED = 1_640_000_000
RECEPTION_ID = 40099
SUBSTATUS = {
    "lunch": "out_for_lunch",
    "break": "on_a_break",
    "meeting": "other",
    "focus": "doing_back_office",
}


class Directory(Protocol):
    def get_me(self) -> Payload: ...

    def list_admins(self, now: float) -> list[Payload]:
        """The bot included."""

    def list_teams(self) -> list[Payload]: ...

    def list_users(self, now: float) -> list[Payload]: ...

    def get_availabilities(self, now: float) -> dict[int, str]:
        """By user id."""

    def list_numbers(self, now: float) -> list[Payload]: ...

    def list_voice_teams(self) -> list[Payload]: ...


def build_app() -> Payload:
    return {
        "type": "app",
        "id_code": people.APP_ID,
        "name": "Vigia (demonstração)",
        "region": "US",
        "timezone": "America/Sao_Paulo",
        "created_at": FOUNDED,
        "secure": False,
        "identity_verification": False,
    }


def build_admin(admin_id: int, name: str, email: str, **fields: Any) -> Payload:
    return {
        "type": "admin",
        "id": str(admin_id),
        "name": name,
        "email": email,
        "job_title": None,
        "away_mode_enabled": False,
        "away_mode_reassign": False,
        "away_status_reason_id": None,
        "has_inbox_seat": False,
        "team_ids": [],
        "team_priority_level": {},
        **fields,
    }


def build_user(user_id: int, name: str, email: str, **fields: Any) -> Payload:
    return {
        "id": user_id,
        "name": name,
        "email": email,
        "direct_link": f"{API}/v2/users/{user_id}",
        "language": "pt-BR",
        "created_at": "2025-02-03T12:00:00.000Z",
        "time_zone": "America/Sao_Paulo",
        "state": "always_opened",
        "wrap_up_time": WRAP_UP_SECONDS,
        "extension": f"{user_id % 1000:03d}",
        "availability_status": "available",
        "available": True,
        "default_number_id": None,
        "substatus": "always_opened",
        **fields,
    }


class InventedDirectory:
    """`phone_states`: instant -> Intercom's admin id -> in_call or after_call_work."""

    def __init__(
        self,
        staff: Staff,
        presence: Presence,
        hours: Hours,
        phone_states: Callable[[float], dict[int, str]],
    ) -> None:
        self._staff = staff
        self._presence = presence
        self._hours = hours
        self._phone_states = phone_states

    def get_me(self) -> Payload:
        email = people.build_email(people.MANAGER_NAME)
        manager = build_admin(people.MANAGER_ID, people.MANAGER_NAME, email, has_inbox_seat=True)
        return {**manager, "email_verified": True, "app": build_app()}

    def list_admins(self, now: float) -> list[Payload]:
        """The agents, their manager, a colleague without a seat, and the bot."""
        bot_email = f"operator+{people.APP_ID}@intercom.io"
        manager = people.MANAGER_NAME
        others = [
            build_admin(people.BOT_ID, "Fin", bot_email),
            build_admin(
                people.MANAGER_ID,
                manager,
                people.build_email(manager),
                has_inbox_seat=True,
                job_title="Gestora de atendimento",
            ),
            build_admin(people.SEATLESS_ID, "Otávio Brandt", "otavio.brandt@example.com"),
        ]
        phone_states = self._phone_states(now)
        return others + [
            self._build_agent_admin(agent, now, phone_states) for agent in self._staff.agents
        ]

    def list_teams(self) -> list[Payload]:
        return [
            {
                "type": "team",
                "id": str(team_id),
                "name": name,
                "admin_ids": [a.id for a in self._staff.agents if team_id in a.team_ids],
                "admin_priority_level": {},
                "assignment_limit": None,
                "distribution_method": "manual",
            }
            for team_id, name in people.TEAMS.items()
        ]

    def list_users(self, now: float) -> list[Payload]:
        """Those with a telephone, and the reception, which Intercom does not know."""
        phone_states = self._phone_states(now)
        users = [
            self._build_agent_user(agent, now, phone_states) for agent in self._staff.on_the_phone
        ]
        reception = ("Sofia Albuquerque", "sofia.albuquerque@example.com")
        return [*users, build_user(RECEPTION_ID, *reception)]

    def get_availabilities(self, now: float) -> dict[int, str]:
        phone_states = self._phone_states(now)
        availabilities = {
            agent.voice_id: self._find_availability(agent, now, phone_states)
            for agent in self._staff.on_the_phone
            if agent.voice_id is not None
        }
        return {
            **availabilities,
            RECEPTION_ID: "available" if self._hours.is_open(now) else "offline",
        }

    def list_numbers(self, now: float) -> list[Payload]:
        is_open = self._hours.is_open(now)
        return [build_number(line, is_open) for line in range(len(people.NUMBERS))]

    def list_voice_teams(self) -> list[Payload]:
        team_id = 50101
        return [
            {
                "id": team_id,
                "name": "Atendimento",
                "direct_link": f"{API}/v1/teams/{team_id}",
                "created_at": "2025-02-03T12:00:00.000Z",
                "users": [
                    {"id": a.voice_id, "name": a.name, "email": a.voice_email}
                    for a in self._staff.on_the_phone
                ],
            }
        ]

    def _build_agent_admin(self, agent: Agent, now: float, phone_states: dict[int, str]) -> Payload:
        in_call = phone_states.get(agent.id) == "in_call"
        is_away = self._presence.is_away(agent, now, in_call=in_call)
        reason = self._presence.find_away_reason_id(agent, now) if is_away else None
        return build_admin(
            agent.id,
            agent.name,
            agent.email,
            away_mode_enabled=is_away,
            away_status_reason_id=reason,
            has_inbox_seat=True,
            team_ids=list(agent.team_ids),
            job_title="Analista de suporte",
        )

    def _build_agent_user(self, agent: Agent, now: float, phone_states: dict[int, str]) -> Payload:
        assert agent.voice_id is not None
        activity = self._presence.get_activity(agent, now)
        availability = self._find_availability(agent, now, phone_states)
        is_unavailable = activity in SUBSTATUS
        return build_user(
            agent.voice_id,
            agent.name,
            agent.voice_email,
            available=availability == "available",
            # The setting, which says nothing about whether somebody is there.
            availability_status="unavailable"
            if is_unavailable
            else ("available", "custom")[agent.id % 2],
            substatus=SUBSTATUS.get(activity, "always_opened"),
        )

    def _find_availability(self, agent: Agent, now: float, phone_states: dict[int, str]) -> str:
        phone_state = phone_states.get(agent.id)
        if phone_state is not None:
            return phone_state
        activity = self._presence.get_activity(agent, now)
        if activity == "off":
            return "offline"
        return "available" if activity == "work" else "do_not_disturb"
