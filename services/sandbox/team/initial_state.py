"""The present moment, arranged: a queue, a limbo, a spike, an overloaded agent.

A world of any size should show on its first screen everything that a wall can say. What comes
after the start is left to chance again.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator

from services.sandbox.team import texts
from services.sandbox.team.conversation import Conversation, Event
from services.sandbox.team.generator import Setting, Storyteller, Wish
from services.sandbox.team.people import FINANCE, FRONT, Agent

MINUTE, HOUR = 60, 3600
# Arrivals of the last half hour are arranged; so many at least.
LAST_SECONDS = 30 * MINUTE
FEWEST_ARRIVALS = 9
QUEUE_WAITS = (25, 110, 4 * MINUTE, 11 * MINUTE, 23 * MINUTE)
LIMBO_WAITS = (6 * MINUTE, 19 * MINUTE)
SPIKE_AGES = (27 * MINUTE, 17 * MINUTE, 9 * MINUTE, 4 * MINUTE)
SPIKING, OVERLOADED = 1, 3
OVERLOAD, FEWEST_OPEN, MOST_OPEN = 12, 3, 8


class Stage:
    """Arranges what is there at the start.

    Args:
        setting: Of the world.
        teller: Who invents the rest of each story.
        seed: A generator of the world's.
    """

    def __init__(self, setting: Setting, teller: Storyteller, chance: random.Random) -> None:
        self._setting = setting
        self._teller = teller
        self._chance = chance
        self._start = int(setting.start)
        self._number = 0

    def last_half_hour(self, expected: float) -> Iterator[Conversation]:
        """Its arrivals, about as many as the hour makes one expect."""
        chance, start = self._chance, self._start
        for wait in QUEUE_WAITS:
            taken = start + chance.randint(1, 9) * MINUTE
            yield self._at(start - wait, Wish(taken_at=taken, topic=self._topic(), is_plain=True))
        for wait in LIMBO_WAITS:
            taken = start + chance.randint(12, 40) * MINUTE
            wish = Wish(taken_at=taken, topic=self._topic(), is_limbo=True, is_plain=True)
            yield self._at(start - wait, wish)
        spiking = self._agent(SPIKING)
        for age in SPIKE_AGES:
            yield self._taken(spiking, start - age)
        already = len(QUEUE_WAITS) + len(LIMBO_WAITS) + len(SPIKE_AGES)
        for _ in range(max(FEWEST_ARRIVALS, round(expected)) - already):
            at = start - chance.randint(60, LAST_SECONDS - 1)
            yield self._at(at, Wish(settled_by=start - chance.random() * 40, is_plain=True))

    def excess(self, conversations: Iterable[Conversation]) -> list[Conversation]:
        """Open ones beyond what an agent has at a good moment, oldest first."""
        found: list[Conversation] = []
        has: Counter[int] = Counter()
        for one in sorted(conversations, key=lambda one: -one.payload["created_at"]):
            agent_id = one.payload["admin_assignee_id"]
            if one.payload["state"] != "open" or agent_id is None:
                continue
            # What has just come belongs to the arranged half hour.
            is_new = one.payload["created_at"] >= self._start - LAST_SECONDS
            has[agent_id] += 1
            if has[agent_id] > self._most_open(agent_id) and not is_new:
                found.append(one)
        return found

    def remaining(self, story: Conversation) -> list[Event]:
        """A quick end for a conversation, between its last event and the start."""
        payload = story.payload
        agent_id, last = payload["admin_assignee_id"], payload["updated_at"]
        ends = int(last + (self._start - last) * self._chance.uniform(0.3, 0.9))
        labels = [e._replace(at=ends) for e in story.events[story.done :] if e.kind == "classify"]
        words = []
        if payload["waiting_since"] is not None:
            words = [Event(last + (ends - last) // 2, "reply", agent_id)]
        return [*words, *labels, Event(ends, "close", agent_id)]

    def _most_open(self, agent_id: int) -> int:
        is_overloaded = agent_id == self._agent(OVERLOADED).id
        return OVERLOAD if is_overloaded else MOST_OPEN - agent_id % 4

    def workload(self, conversations: Iterable[Conversation]) -> Iterator[Conversation]:
        """What is missing to an overloaded agent, and to a few open ones for everybody else."""
        has = Counter(
            one.payload["admin_assignee_id"]
            for one in conversations
            if one.payload["state"] == "open"
        )
        for place, agent in enumerate(self._setting.staff.agents):
            is_overloaded = agent is self._agent(OVERLOADED)
            wanted = OVERLOAD if is_overloaded else FEWEST_OPEN - place % 2
            for _ in range(wanted - has[agent.id]):
                worked = self._chance.randint(40 * MINUTE, 16 * HOUR)
                yield self._taken(agent, self._worked_ago(worked), is_long=True)

    def _taken(self, agent: Agent, at: int, *, is_long: bool = False) -> Conversation:
        """One that an agent has and keeps for a while."""
        taken = min(at + self._chance.randint(20, 55), self._start)
        since = self._setting.hours.worked(taken, self._start)
        keeps = since + self._chance.randint(20 * MINUTE, (5 if is_long else 2) * HOUR)
        topic = self._topic(agent.team_ids[0])
        wish = Wish(topic=topic, agent=agent, taken_at=taken, closes_after=keeps, is_plain=True)
        return self._at(at, wish)

    def _worked_ago(self, seconds: int) -> int:
        """An instant with that much working time between it and the start."""
        at, hours = self._start, self._setting.hours
        while hours.worked(at, self._start) < seconds:
            at -= 10 * MINUTE
        return at

    def _topic(self, team_id: int | None = None) -> texts.Topic:
        wanted = team_id or (FINANCE if self._chance.random() < 0.3 else FRONT)
        while True:
            topic = texts.TOPICS.draw(self._chance)
            if topic.team_id == wanted:
                return topic

    def _agent(self, place: int) -> Agent:
        agents = self._setting.staff.agents
        return agents[place % len(agents)]

    def _at(self, at: int, wish: Wish) -> Conversation:
        self._number += 1
        number = f"2154{self._start // 86400:05d}9{self._number:05d}"
        return self._teller.tell(self._chance, at, number, wish)
