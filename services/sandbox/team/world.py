"""The invented operation: a history, and a present that goes on as the clock does."""

import heapq
from bisect import bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from operator import attrgetter

from services.sandbox import Payload
from services.sandbox.team.conversation import Conversation, Event
from services.sandbox.team.conversation_index import ConversationIndex
from services.sandbox.team.directory import Directory, InventedDirectory
from services.sandbox.team.generator import (
    UNCONSTRAINED,
    Constraints,
    ConversationGenerator,
    Workplace,
    link_merged,
)
from services.sandbox.team.hours import HOUR, Hours, midnight, to_local
from services.sandbox.team.initial_state import LAST_SECONDS, InitialState
from services.sandbox.team.people import Agent, build_contacts, build_staff
from services.sandbox.team.phone import Call, Phone, call_weights
from services.sandbox.team.presence import Presence
from services.sandbox.team.rng import poisson, seeded_rng

# The longest call there is; who speaks now has begun since then.
LONGEST_CALL = 3 * HOUR
# One of so many answered calls is written into Intercom by the telephony integration.
COPIED_CALLS = 25
# What still waited from closed hours was taken within so long before the start.
SETTLING_SECONDS = 45 * 60


@dataclass(frozen=True)
class Size:
    days: int = 90
    conversations: int = 20_000
    calls: int = 6_000
    agents: int = 8
    strict_hours: bool = False


class World:
    """Everything both vendors know, at the instant it was last moved to.

    The same seed, size and start make the same world, however often it is looked at meanwhile.
    Not for several threads at once: who answers requests takes a lock.
    """

    def __init__(self, seed: int, size: Size, start: float) -> None:
        self.now = start
        self.index = ConversationIndex()
        self._seed = seed
        hours = Hours(start, size.days, strict=size.strict_hours)
        people = build_staff(size.agents, seed)
        presence = self.presence = Presence(hours, seed, start)
        self._workplace = Workplace(people, hours, presence, build_contacts(seed), start)
        self.agents, self.hours, self.contacts = people.agents, hours, self._workplace.contacts
        self._generator = ConversationGenerator(self._workplace)
        self._first = to_local(start).date() - timedelta(days=size.days)
        self._scale = size.conversations / _sum_weights(hours.arrival_weights, self._first, start)
        calls = _sum_weights(partial(call_weights, hours), self._first, start)
        self._phone = Phone(self._workplace, seed, size.calls / calls)
        self._calls: list[Call] = []
        self._by_id: dict[str, Conversation] = {}
        self._scheduled: list[tuple[int, str]] = []
        self._next_day = self._first
        self._is_open = False
        self._start()
        self.directory: Directory = InventedDirectory(people, presence, hours, self.phone_states)

    @property
    def conversations(self) -> list[Payload]:
        return self.index.list_between("created_at", None, None)

    @property
    def calls(self) -> list[Payload]:
        return [self.build_call(call) for call in self.list_calls()]

    def advance(self, now: float) -> None:
        if now <= self.now:
            return
        self.now = now
        while midnight(self._next_day) <= now:
            self._generate_day(self._next_day)
        while self._scheduled and self._scheduled[0][0] <= now:
            _, conversation_id = heapq.heappop(self._scheduled)
            conversation = self._by_id[conversation_id]
            if conversation_id not in self.index.deleted:
                conversation.advance(now)
                self.index.put(conversation.payload)
                self._schedule(conversation)

    def delete(self, object_id: str) -> None:
        calls = [call for call in self._calls if str(call.id) == object_id]
        if calls:
            self._calls.remove(calls[0])
        else:
            self.index.remove(object_id, int(self.now))

    def put(self, conversation: Conversation) -> None:
        """From now on."""
        self._by_id[conversation.payload["id"]] = conversation
        conversation.advance(self.now)
        self.index.put(conversation.payload)
        self._schedule(conversation)

    def replace_future(self, conversation_id: str, remaining: list[Event]) -> None:
        conversation = self._by_id[conversation_id]
        conversation.replace_future(remaining)
        self.put(conversation)

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        return self._by_id.get(conversation_id)

    def list_calls(self, since: float = 0.0, until: float | None = None) -> list[Call]:
        last = self.now if until is None else min(until, self.now)
        begin = bisect_right(self._calls, since - 1, key=attrgetter("started_at"))
        end = bisect_right(self._calls, last, key=attrgetter("started_at"))
        return self._calls[begin:end]

    def take_call(self, started_at: int, lasts: int, agent: Agent | None) -> Call:
        """One more that comes in on the first line; without a person nobody answers it."""
        call = self._phone.take_call(started_at, lasts, agent)
        insort(self._calls, call, key=attrgetter("started_at"))
        return call

    def get_call(self, call_id: int) -> Call | None:
        return next((call for call in self.list_calls() if call.id == call_id), None)

    def build_call(self, call: Call, *, with_contact: bool = True) -> Payload:
        return call.to_payload(self.now, self.hours, with_contact=with_contact)

    def phone_states(self, now: float) -> dict[int, str]:
        """Intercom's admin id -> in_call or after_call_work."""
        states: dict[int, str] = {}
        for call in self.list_calls(since=now - LONGEST_CALL):
            status, agent = call.status_at(now), call.agent_at(now)
            if agent is None or call.answered_at is None:
                continue
            if status == "answered":
                states[agent.id] = "in_call"
            elif status == "done" and now < call.ended_at + call.wrap_up:
                states.setdefault(agent.id, "after_call_work")
        for agent in self.agents:
            order = self.presence.get_order(agent)
            if order is not None:
                states.pop(agent.id, None)
            if order == "in_call" and agent.voice_id is not None:
                states[agent.id] = "in_call"
        return states

    def _start(self) -> None:
        today = to_local(self.now).date()
        while self._next_day < today:
            self._generate_day(self._next_day)
        self._generate_day(today)
        rng = seeded_rng(self._seed, "stage")
        initial_state = InitialState(self._workplace, self._generator, rng)
        if self.hours.is_open(self.now):
            expected = self._expected_arrivals(self.now) * LAST_SECONDS / HOUR
            for conversation in initial_state.arrange_last_half_hour(expected):
                self._add(conversation)
            present = [c for c in self._by_id.values() if c.payload["created_at"] <= self.now]
            for conversation in initial_state.find_excess(present):
                conversation.replace_future(initial_state.plan_quick_end(conversation))
                conversation.advance(self.now)
            for conversation in list(initial_state.arrange_workload(present)):
                self._add(conversation)
            for conversation in initial_state.arrange_ai_agent():
                self._add(conversation)
        payloads = (conversation.payload for conversation in self._by_id.values())
        self.index.fill(payload for payload in payloads if payload["created_at"] <= self.now)
        self._is_open = True

    def _generate_day(self, day: date) -> None:
        """What lies ahead happens when its time comes."""
        self._next_day = day + timedelta(days=1)
        rng = seeded_rng(self._seed, "conversations", day)
        start, begin = self._workplace.start, midnight(day)
        has_initial_state = self.hours.is_open(start)
        number = day.toordinal() * 100_000
        mood = rng.uniform(0.9, 1.1)
        before: str | None = None
        for hour, weight in enumerate(self.hours.arrival_weights(day)):
            at = begin + hour * HOUR
            for when in sorted(
                at + rng.randrange(HOUR) for _ in range(poisson(rng, self._scale * weight * mood))
            ):
                number += 1
                if has_initial_state and start - LAST_SECONDS <= when <= start:
                    continue
                # What came before the arranged half hour has left the queue by now.
                constraints = UNCONSTRAINED
                if has_initial_state and when < start:
                    constraints = Constraints(settled_by=start - SETTLING_SECONDS * rng.random())
                number_text = f"2154{number:011d}"
                conversation = self._generator.generate(rng, when, number_text, constraints)
                link_merged(conversation.payload, before)
                before = conversation.payload["id"]
                self._add(conversation)
        self._generate_calls(day)

    def _generate_calls(self, day: date) -> None:
        calls = self._phone.generate_day(day)
        self._calls.extend(calls)
        self._calls.sort(key=attrgetter("started_at"))
        for position, call in enumerate(calls):
            if call.answered_at is None or call.id % COPIED_CALLS or not call.agent:
                continue
            if call.contact is not None and call.direction == "inbound":
                number = f"2155{day.toordinal():07d}{position:04d}"
                conversation = self._generator.generate_call_copy(
                    number, call.started_at, call.ended_at, call.agent, call.id, call.contact,
                    has_channel=position % 2 == 0,
                )  # fmt: skip
                self._add(conversation)

    def _add(self, conversation: Conversation) -> None:
        self._by_id[conversation.payload["id"]] = conversation
        created = conversation.payload["created_at"]
        if created <= self.now and not self._is_open:
            # Of the history: it is indexed with all the others.
            conversation.advance(self.now)
            self._schedule(conversation)
        else:
            heapq.heappush(self._scheduled, (created, conversation.payload["id"]))

    def _schedule(self, conversation: Conversation) -> None:
        if conversation.next_at is not None:
            heapq.heappush(self._scheduled, (conversation.next_at, conversation.payload["id"]))

    def _expected_arrivals(self, instant: float) -> float:
        """In the hour around an instant."""
        here = to_local(instant)
        return self._scale * self.hours.arrival_weights(here.date())[here.hour]


def _sum_weights(weights: Callable[[date], list[float]], first: date, start: float) -> float:
    """Of all hours of the history."""
    total, day = 0.0, first
    while midnight(day) <= start:
        for hour, weight in enumerate(weights(day)):
            past = start - midnight(day) - hour * HOUR
            total += weight * min(1.0, max(0.0, past / HOUR))
        day += timedelta(days=1)
    return max(total, 1.0)
