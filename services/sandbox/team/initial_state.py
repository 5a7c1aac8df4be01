"""The present moment, arranged: a queue, a limbo, a spike, an overloaded agent.

A world of any size should show on its first screen everything that a wall can say. What comes
after the start is drawn again.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator

from services.sandbox.team import texts
from services.sandbox.team.conversation import Conversation, Event
from services.sandbox.team.generator import Constraints, ConversationGenerator, Workplace
from services.sandbox.team.hours import HOUR, MINUTE
from services.sandbox.team.people import FINANCE, FRONT, Agent
from services.sandbox.team.rng import seeded_rng

# Arrivals of the last half hour are arranged; so many at least.
LAST_SECONDS = 30 * MINUTE
FEWEST_ARRIVALS = 9
QUEUE_WAITS = (25, 110, 4 * MINUTE, 11 * MINUTE, 23 * MINUTE)
LIMBO_WAITS = (6 * MINUTE, 19 * MINUTE)
SPIKE_AGES = (27 * MINUTE, 17 * MINUTE, 9 * MINUTE, 4 * MINUTE)
AI_AGES = (40, 3 * MINUTE, 8 * MINUTE)
SPIKING, OVERLOADED = 1, 3
OVERLOADED_OPEN, FEWEST_OPEN, MOST_OPEN = 12, 3, 8


class InitialState:
    def __init__(
        self, workplace: Workplace, generator: ConversationGenerator, rng: random.Random
    ) -> None:
        self._workplace = workplace
        self._generator = generator
        self._rng = rng
        self._start = int(workplace.start)
        self._number = 0

    def arrange_last_half_hour(self, expected: float) -> Iterator[Conversation]:
        """About as many arrivals as the hour makes one expect."""
        rng, start = self._rng, self._start
        for wait in QUEUE_WAITS:
            taken = start + rng.randint(1, 9) * MINUTE
            yield self._generate(
                start - wait, Constraints(taken_at=taken, topic=self._draw_topic(), is_plain=True)
            )
        for wait in LIMBO_WAITS:
            taken = start + rng.randint(12, 40) * MINUTE
            constraints = Constraints(
                taken_at=taken, topic=self._draw_topic(), is_limbo=True, is_plain=True
            )
            yield self._generate(start - wait, constraints)
        spiking = self._get_agent(SPIKING)
        for age in SPIKE_AGES:
            yield self._generate_assigned(spiking, start - age)
        already = len(QUEUE_WAITS) + len(LIMBO_WAITS) + len(SPIKE_AGES)
        for _ in range(max(FEWEST_ARRIVALS, round(expected)) - already):
            at = start - rng.randint(60, LAST_SECONDS - 1)
            yield self._generate(
                at, Constraints(settled_by=start - rng.random() * 40, is_plain=True)
            )

    def arrange_ai_agent(self) -> Iterator[Conversation]:
        """What it has for itself; drawn apart, so that the world around it stays what it was."""
        for age in AI_AGES:
            at, until = self._start - age, self._start + 12 * MINUTE - age
            rng, number = seeded_rng("ai now", at), f"2155{self._start // 86400:05d}9{age:05d}"
            yield self._generator.generate(
                rng, at, number, Constraints(ai_until=until, is_plain=True)
            )

    def find_excess(self, conversations: Iterable[Conversation]) -> list[Conversation]:
        """Open ones beyond what an agent has at a good moment, oldest first."""
        excess: list[Conversation] = []
        open_counts: Counter[int] = Counter()
        for conversation in sorted(conversations, key=lambda c: -c.payload["created_at"]):
            agent_id = conversation.payload["admin_assignee_id"]
            if conversation.payload["state"] != "open" or agent_id is None:
                continue
            # What has just come belongs to the arranged half hour.
            is_new = conversation.payload["created_at"] >= self._start - LAST_SECONDS
            open_counts[agent_id] += 1
            if open_counts[agent_id] > self._max_open(agent_id) and not is_new:
                excess.append(conversation)
        return excess

    def plan_quick_end(self, conversation: Conversation) -> list[Event]:
        """The rest of a conversation, between its last event and the start."""
        payload = conversation.payload
        agent_id, last = payload["admin_assignee_id"], payload["updated_at"]
        ends = int(last + (self._start - last) * self._rng.uniform(0.3, 0.9))
        labels = [
            e._replace(at=ends)
            for e in conversation.events[conversation.done :]
            if e.kind == "classify"
        ]
        replies = []
        if payload["waiting_since"] is not None:
            replies = [Event(last + (ends - last) // 2, "reply", agent_id)]
        return [*replies, *labels, Event(ends, "close", agent_id)]

    def _max_open(self, agent_id: int) -> int:
        is_overloaded = agent_id == self._get_agent(OVERLOADED).id
        return OVERLOADED_OPEN if is_overloaded else MOST_OPEN - agent_id % 4

    def arrange_workload(self, conversations: Iterable[Conversation]) -> Iterator[Conversation]:
        """What is missing to an overloaded agent, and to a few open ones for everybody else."""
        open_counts = Counter(
            conversation.payload["admin_assignee_id"]
            for conversation in conversations
            if conversation.payload["state"] == "open"
        )
        for position, agent in enumerate(self._workplace.staff.agents):
            is_overloaded = agent is self._get_agent(OVERLOADED)
            wanted = OVERLOADED_OPEN if is_overloaded else FEWEST_OPEN - position % 2
            for _ in range(wanted - open_counts[agent.id]):
                worked = self._rng.randint(40 * MINUTE, 16 * HOUR)
                yield self._generate_assigned(agent, self._find_instant(worked), is_long=True)

    def _generate_assigned(self, agent: Agent, at: int, *, is_long: bool = False) -> Conversation:
        taken = min(at + self._rng.randint(20, 55), self._start)
        since = self._workplace.hours.worked_seconds(taken, self._start)
        keeps = since + self._rng.randint(20 * MINUTE, (5 if is_long else 2) * HOUR)
        topic = self._draw_topic(agent.team_ids[0])
        constraints = Constraints(
            topic=topic, agent=agent, taken_at=taken, closes_after=keeps, is_plain=True
        )
        return self._generate(at, constraints)

    def _find_instant(self, seconds: int) -> int:
        """With that much working time between it and the start."""
        at, hours = self._start, self._workplace.hours
        while hours.worked_seconds(at, self._start) < seconds:
            at -= 10 * MINUTE
        return at

    def _draw_topic(self, team_id: int | None = None) -> texts.Topic:
        wanted = team_id or (FINANCE if self._rng.random() < 0.3 else FRONT)
        while True:
            topic = texts.TOPICS.draw(self._rng)
            if topic.team_id == wanted:
                return topic

    def _get_agent(self, position: int) -> Agent:
        agents = self._workplace.staff.agents
        return agents[position % len(agents)]

    def _generate(self, at: int, constraints: Constraints) -> Conversation:
        self._number += 1
        number = f"2154{self._start // 86400:05d}9{self._number:05d}"
        return self._generator.generate(self._rng, at, number, constraints)
