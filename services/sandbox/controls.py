"""How a test makes the sandbox do as it wants: orders to the world, faults of the vendors."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.sandbox import Payload
from services.sandbox.team import texts
from services.sandbox.team.conversation import Conversation, Event
from services.sandbox.team.generator import first_message
from services.sandbox.team.people import BOT_ID, TEAMS, Agent, draw_contact
from services.sandbox.team.presence import ORDERS
from services.sandbox.team.rng import seeded_rng
from services.sandbox.team.world import World

# As Intercom puts it in place of the words.
REDACTED = "<p><i>This message was deleted</i></p>"
MOST_ARRIVALS, LONGEST_AGE = 500, 86400


class Controls:
    """A replayed world takes no orders."""

    def __init__(self, world: object) -> None:
        self._world = world if isinstance(world, World) else None
        self._count = 0

    def run_order(self, order: str, arguments: Payload) -> Payload:
        """KeyError: no such order. ValueError: it is not understood, or this world takes none."""
        handler = self._orders[order]
        if self._world is None:
            raise ValueError("a replayed world takes no orders")
        if not isinstance(arguments, dict):
            raise ValueError("an order is a JSON object")
        return handler(self, self._world, arguments)

    def _set_activity(self, world: World, arguments: Payload) -> Payload:
        """{"doing": one of `ORDERS` or null, "agents": [ids]}; without agents, all."""
        activity = arguments.get("doing")
        if activity is not None and activity not in ORDERS:
            raise ValueError(f"doing must be null or one of {', '.join(ORDERS)}")
        ids = arguments.get("agents")
        agents = world.agents if ids is None else _find_agents(world, ids)
        for agent in agents:
            world.presence.set_order(agent, activity)
        return {"agents": [agent.id for agent in agents], "doing": activity}

    def _add_conversations(self, world: World, arguments: Payload) -> Payload:
        """{"count": n, "team": id} into the queue, or {"count": n, "agent": id} to a person.

        A team of null is none. With "age" they have been there for so many seconds; a person gets
        them now.
        """
        count = arguments.get("count", 1)
        if not isinstance(count, int) or not 0 < count <= MOST_ARRIVALS:
            raise ValueError(f"count must be 1 to {MOST_ARRIVALS}")
        age = arguments.get("age", 0)
        if not isinstance(age, int) or not 0 <= age <= LONGEST_AGE:
            raise ValueError(f"age must be 0 to {LONGEST_AGE} seconds")
        agent_id = arguments.get("agent")
        agent = None if agent_id is None else _find_agent(world, agent_id)
        team = agent.team_ids[0] if agent else arguments.get("team")
        if team not in TEAMS and not ("team" in arguments and team is None):
            raise ValueError(f"team must be one of {', '.join(map(str, TEAMS))}")
        return {"ids": [self._create_conversation(world, team, agent, age) for _ in range(count)]}

    def _add_call(self, world: World, arguments: Payload) -> Payload:
        """{"age": s, "lasts": s}: it rings, or "agent" has it from its start on."""
        age, lasts = arguments.get("age", 0), arguments.get("lasts", 60)
        if not all(isinstance(s, int) and 0 <= s <= LONGEST_AGE for s in (age, lasts)):
            raise ValueError(f"age and lasts must be 0 to {LONGEST_AGE} seconds")
        agent_id = arguments.get("agent")
        agent = None if agent_id is None else _find_agent(world, agent_id)
        return {"id": str(world.take_call(int(world.now) - age, age + lasts, agent).id)}

    def _close_conversations(self, world: World, arguments: Payload) -> Payload:
        """{"team": id} of its queue, {"agent": id} of a person, {} all that are open; "keep": n."""
        keep = arguments.get("keep", 0)
        if not isinstance(keep, int) or keep < 0:
            raise ValueError("keep must be 0 or more")
        rows = [
            row
            for row in world.index.list_in_state("open")
            if _matches(row, arguments) and world.get_conversation(row["id"]) is not None
        ]
        rows.sort(key=lambda row: (row["created_at"], row["id"]))
        closed = rows[: max(0, len(rows) - keep)]
        now = int(world.now)
        for row in closed:
            close = Event(now, "close", row["admin_assignee_id"] or BOT_ID)
            world.replace_future(row["id"], [close])
        return {"closed": len(closed)}

    def _rate(self, world: World, arguments: Payload) -> Payload:
        """{"id": closed conversation, "rating": 1 to 5, "remark": text, "late": seconds}.

        The search finds it now and says that it was given so many seconds ago.
        """
        row = _find_conversation(world, arguments)
        score, late = arguments.get("rating", 5), arguments.get("late", 0)
        if score not in range(1, 6) or not isinstance(late, int) or late < 0:
            raise ValueError("rating must be 1 to 5, late 0 or more seconds")
        at = int(world.now) - late
        row["conversation_rating"] = {
            "rating": score,
            "remark": arguments.get("remark"),
            "created_at": at,
            "updated_at": at,
            "contact": {"type": "contact", "id": row["contacts"]["contacts"][0]["id"]},
            "teammate": {"type": "admin", "id": str(row["admin_assignee_id"])},
        }
        return _store(world, row, at)

    def _redact(self, world: World, arguments: Payload) -> Payload:
        """{"id": conversation}: its first message and its remark; nothing says when."""
        row = _find_conversation(world, arguments)
        row["source"] |= {"redacted": True, "subject": "", "body": REDACTED}
        if row["conversation_rating"]:
            row["conversation_rating"]["remark"] = None
        return _store(world, row, row["updated_at"])

    def _merge(self, world: World, arguments: Payload) -> Payload:
        """{"id": closed conversation, "into": another one, "late": seconds}, as `rate`."""
        row, late = _find_conversation(world, arguments), arguments.get("late", 0)
        into = _find_conversation(world, {"id": arguments.get("into")})["id"]
        row["custom_attributes"]["Merged"] = True
        data = [{"type": "conversation", "id": into, "category": None}]
        row["linked_objects"] |= {"data": data, "total_count": 1}
        return _store(world, row, int(world.now) - int(late))

    def _create_conversation(
        self, world: World, team: int | None, agent: Agent | None, age: int
    ) -> str:
        self._count += 1
        now, rng = int(world.now), seeded_rng(0, "controls", self._count)
        at = now - age
        number = f"2159{now:011d}{self._count % 10_000:04d}"
        topic = next(topic for topic in texts.TOPICS.values if team in (topic.team_id, None))
        contact = draw_contact(world.contacts, rng)
        payload = first_message(rng, at, number, contact, topic, "")
        # Nothing that is counted elsewhere, such as a duplicate.
        payload["custom_attributes"].clear()
        # Changed now, or nobody who asks for what is new would hear of it.
        events = [Event(at, "team", BOT_ID, team)] if team else []
        events.append(Event(now, "bot"))
        if agent is not None:
            events.append(Event(now, "assign", BOT_ID, agent.id))
        world.put(Conversation(payload, events, world.hours, 0))
        return number

    _orders: Mapping[str, Callable[["Controls", World, Payload], Payload]] = {
        "people": _set_activity,
        "arrive": _add_conversations,
        "ring": _add_call,
        "close": _close_conversations,
        "rate": _rate,
        "redact": _redact,
        "merge": _merge,
    }


def _find_conversation(world: World, arguments: Payload) -> Payload:
    row = world.index.by_id.get(str(arguments.get("id")))
    if row is None:
        raise ValueError(f"there is no conversation {arguments.get('id')!r}")
    return row


def _store(world: World, row: Payload, updated_at: int) -> Payload:
    """An update never lies before the one that it follows."""
    row["updated_at"] = max(updated_at, row["updated_at"])
    world.index.put(row)
    return {"id": row["id"], "updated_at": row["updated_at"]}


def _find_agent(world: World, number: object) -> Agent:
    agent = next((agent for agent in world.agents if agent.id == number), None)
    if agent is None:
        raise ValueError(f"nobody has the id {number!r}")
    return agent


def _find_agents(world: World, ids: object) -> tuple[Agent, ...]:
    if not isinstance(ids, list):
        raise ValueError("agents must be a list of ids")
    return tuple(_find_agent(world, agent_id) for agent_id in ids)


def _matches(row: Payload, arguments: Payload) -> bool:
    if arguments.get("agent") is not None:
        return bool(row["admin_assignee_id"] == arguments["agent"])
    if arguments.get("team") is not None:
        is_queue = row["admin_assignee_id"] is None
        return is_queue and row["team_assignee_id"] == arguments["team"]
    return True


KINDS = ("429", "500", "401", "403", "hang", "truncate", "malformed", "reset", "slow")
VENDORS = ("intercom", "aircall", "slack")


@dataclass
class Fault:
    vendor: str
    kind: str  # one of `KINDS`
    path: str = ""  # beginning of the paths it strikes
    until: float | None = None  # Unix seconds; None = until healed
    times: int | None = None  # answers it still strikes; None = all
    retry_after: int = 2  # seconds, for a 429
    delay: float = 2.0  # seconds, for a slow answer


class Faults:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        # Whoever hangs, hangs on this.
        self._healed = threading.Event()

    def add(self, vendor: str, kind: str, *, seconds: float | None = None, **fields: Any) -> None:
        """`fields` are those of `Fault`."""
        kind = str(kind)
        if vendor not in VENDORS:
            raise ValueError(f"vendor must be one of {', '.join(VENDORS)}")
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        until = None if seconds is None else self._clock() + seconds
        with self._lock:
            if self._healed.is_set():
                self._healed = threading.Event()
            self._faults.append(Fault(vendor, kind, until=until, **fields))

    def heal(self) -> None:
        """Who hangs is let go."""
        with self._lock:
            self._faults.clear()
            self._healed.set()

    def take(self, vendor: str, path: str) -> Fault | None:
        """The fault that strikes this request; it counts as one of its times."""
        now = self._clock()
        with self._lock:
            self._faults = [f for f in self._faults if f.until is None or f.until > now]
            for fault in self._faults:
                if fault.vendor == vendor and path.startswith(fault.path):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None

    def wait(self, seconds: float) -> None:
        """Until healed, or so long at most."""
        self._healed.wait(seconds)

    def to_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [vars(fault).copy() for fault in self._faults]
