"""The invented operation: a history, and a present that goes on as the clock does."""

import heapq
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from services.sandbox.team.conversation import Conversation, Event
from services.sandbox.team.conversation_index import Shelf
from services.sandbox.team.directory import Directory, InventedDirectory
from services.sandbox.team.generator import ANY, Setting, Storyteller, Wish, merge
from services.sandbox.team.hours import HOUR, Hours, local, midnight
from services.sandbox.team.initial_state import LAST_SECONDS, Stage
from services.sandbox.team.people import contacts, staff
from services.sandbox.team.phone import Call, Exchange, call_weights
from services.sandbox.team.presence import Presence
from services.sandbox.team.rng import count, generator

Payload = dict[str, Any]
# The longest call there is; who speaks now has begun since then.
LONGEST_CALL = 3 * HOUR
# One of so many answered calls is written into Intercom by the telephony integration.
COPIED_CALLS = 25
# What still waited from closed hours was taken within so long before the start.
SETTLING = 45 * 60


@dataclass(frozen=True)
class Size:
    """How large a world is.

    Attributes:
        days: Of history.
        conversations: In it.
        calls: In it.
        agents: Who work in it.
        strict_hours: Nine to six only.
    """

    days: int = 90
    conversations: int = 20_000
    calls: int = 6_000
    agents: int = 8
    strict_hours: bool = False


class World:
    """Everything both vendors know, at the instant it was last moved to.

    The same seed, size and start make the same world, however often it is looked at meanwhile.
    Not for several threads at once: who answers requests takes a lock.

    Args:
        seed: Of all chance.
        size: How large.
        start: When it is opened; Unix seconds.
    """

    def __init__(self, seed: int, size: Size, start: float) -> None:
        self.now = start
        self.shelf = Shelf()
        self._seed = seed
        hours = Hours(start, size.days, strict=size.strict_hours)
        people = staff(size.agents, seed)
        presence = self.presence = Presence(hours, seed, start)
        self._setting = Setting(people, hours, presence, contacts(seed), start)
        self.agents, self.hours, self.contacts = people.agents, hours, self._setting.contacts
        self._teller = Storyteller(self._setting)
        self._first = local(start).date() - timedelta(days=size.days)
        self._scale = size.conversations / _sum(hours.weights, self._first, start)
        calls = _sum(partial(call_weights, hours), self._first, start)
        self._exchange = Exchange(self._setting, seed, size.calls / calls)
        self._calls: list[Call] = []
        self._told: dict[str, Conversation] = {}
        self._coming: list[tuple[int, str]] = []
        self._next_day = self._first
        self._is_open = False
        self._begin()
        self.directory: Directory = InventedDirectory(people, presence, hours, self.speaking)

    @property
    def conversations(self) -> list[Payload]:
        """Intercom's objects as they are now, oldest creation first."""
        return self.shelf.between("created_at", None, None)

    @property
    def calls(self) -> list[Payload]:
        """Aircall's objects as they are now, oldest first."""
        return [self.call_payload(call) for call in self.begun()]

    def advance(self, now: float) -> None:
        """Let everything happen until now. The clock never goes back."""
        if now <= self.now:
            return
        self.now = now
        while midnight(self._next_day) <= now:
            self._live(self._next_day)
        while self._coming and self._coming[0][0] <= now:
            _, conversation_id = heapq.heappop(self._coming)
            story = self._told[conversation_id]
            if conversation_id not in self.shelf.deleted:
                story.advance(now)
                self.shelf.put(story.payload)
                self._await(story)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation.

        Raises:
            KeyError: There is none of that id.
        """
        self.shelf.remove(conversation_id, int(self.now))

    def put(self, story: Conversation) -> None:
        """Let something happen that nobody has planned, from now on."""
        self._told[story.payload["id"]] = story
        story.advance(self.now)
        self.shelf.put(story.payload)
        self._await(story)

    def finish(self, conversation_id: str, remaining: list[Event]) -> None:
        """Let nothing else happen in a conversation any more than this."""
        story = self._told[conversation_id]
        story.finish(remaining)
        self.put(story)

    def story(self, conversation_id: str) -> Conversation | None:
        """What has happened and will happen in a conversation."""
        return self._told.get(conversation_id)

    def begun(self, since: float = 0.0, until: float | None = None) -> list[Call]:
        """Calls that began between two instants, both included, up to now."""
        last = self.now if until is None else min(until, self.now)
        begin = bisect_right(self._calls, since - 1, key=attrgetter("started_at"))
        end = bisect_right(self._calls, last, key=attrgetter("started_at"))
        return self._calls[begin:end]

    def call(self, call_id: int) -> Call | None:
        """A call of that id that has begun."""
        return next((call for call in self.begun() if call.id == call_id), None)

    def call_payload(self, call: Call, *, with_contact: bool = True) -> Payload:
        """A call as it is now."""
        return call.payload(self.now, self._setting.hours, with_contact=with_contact)

    def speaking(self, now: float) -> dict[int, str]:
        """Intercom's id -> in_call or after_call_work."""
        found: dict[int, str] = {}
        for call in self.begun(since=now - LONGEST_CALL):
            status, agent = call.status(now), call.holder(now)
            if agent is None or call.answered_at is None:
                continue
            if status == "answered":
                found[agent.id] = "in_call"
            elif status == "done" and now < call.ended_at + call.wrap_up:
                found.setdefault(agent.id, "after_call_work")
        for agent in self.agents:
            ordered = self.presence.ordered(agent)
            if ordered is not None:
                found.pop(agent.id, None)
            if ordered == "in_call" and agent.voice_id is not None:
                found[agent.id] = "in_call"
        return found

    def _begin(self) -> None:
        today = local(self.now).date()
        while self._next_day < today:
            self._live(self._next_day)
        self._live(today)
        stage = Stage(self._setting, self._teller, generator(self._seed, "stage"))
        if self._setting.hours.is_open(self.now):
            expected = self._expected(self.now) * LAST_SECONDS / HOUR
            for story in stage.last_half_hour(expected):
                self._add(story)
            present = [s for s in self._told.values() if s.payload["created_at"] <= self.now]
            for story in stage.excess(present):
                story.finish(stage.remaining(story))
                story.advance(self.now)
            for story in list(stage.workload(present)):
                self._add(story)
        told = (story.payload for story in self._told.values())
        self.shelf.fill(payload for payload in told if payload["created_at"] <= self.now)
        self._is_open = True

    def _live(self, day: date) -> None:
        """Invent a whole local day; what of it lies ahead happens when its time comes."""
        self._next_day = day + timedelta(days=1)
        chance = generator(self._seed, "conversations", day)
        start, begin = self._setting.start, midnight(day)
        has_stage = self._setting.hours.is_open(start)
        number = day.toordinal() * 100_000
        mood = chance.uniform(0.9, 1.1)
        before: str | None = None
        for hour, weight in enumerate(self._setting.hours.weights(day)):
            at = begin + hour * HOUR
            for when in sorted(
                at + chance.randrange(HOUR)
                for _ in range(count(chance, self._scale * weight * mood))
            ):
                number += 1
                if has_stage and start - LAST_SECONDS <= when <= start:
                    continue
                # What came before the arranged half hour has left the queue by now.
                early = has_stage and when < start
                wish = Wish(settled_by=start - SETTLING * chance.random()) if early else ANY
                story = self._teller.tell(chance, when, f"2154{number:011d}", wish)
                merge(story.payload, before)
                before = story.payload["id"]
                self._add(story)
        self._take_calls(day)

    def _take_calls(self, day: date) -> None:
        calls = self._exchange.day(day)
        self._calls.extend(calls)
        self._calls.sort(key=attrgetter("started_at"))
        for place, call in enumerate(calls):
            if call.answered_at is None or call.id % COPIED_CALLS or not call.agent:
                continue
            if call.contact is not None and call.direction == "inbound":
                number = f"2155{day.toordinal():07d}{place:04d}"
                copy = self._teller.call_copy(
                    number, call.started_at, call.ended_at, call.agent, call.id, call.contact,
                    marked=place % 2 == 0,
                )  # fmt: skip
                self._add(copy)

    def _add(self, story: Conversation) -> None:
        self._told[story.payload["id"]] = story
        created = story.payload["created_at"]
        if created <= self.now and not self._is_open:
            # Of the history: it is put onto the shelf with all the others.
            story.advance(self.now)
            self._await(story)
        else:
            heapq.heappush(self._coming, (created, story.payload["id"]))

    def _await(self, story: Conversation) -> None:
        if story.next_at is not None:
            heapq.heappush(self._coming, (story.next_at, story.payload["id"]))

    def _expected(self, instant: float) -> float:
        """Arrivals in the hour around an instant."""
        here = local(instant)
        return self._scale * self._setting.hours.weights(here.date())[here.hour]


def _sum(weights: Callable[[date], list[float]], first: date, start: float) -> float:
    """Of the weights of all hours of the history."""
    total, day = 0.0, first
    while midnight(day) <= start:
        for hour, weight in enumerate(weights(day)):
            past = start - midnight(day) - hour * HOUR
            total += weight * min(1.0, max(0.0, past / HOUR))
        day += timedelta(days=1)
    return max(total, 1.0)
