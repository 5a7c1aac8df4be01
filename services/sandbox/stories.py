"""How conversations come about: who writes, who takes them, and when."""

import random

from services.sandbox import contacts as customers
from services.sandbox import texts
from services.sandbox.chance import Spread
from services.sandbox.contacts import Contact
from services.sandbox.conversation import Conversation, Event, Payload, opened
from services.sandbox.course import ANY, COMES_BACK, DAY, HOUR, MINUTE, Course, Setting, Wish
from services.sandbox.opening import admin_author, ai_agent, written
from services.sandbox.people import BOT_ID, FINANCE, FRONT, LEAVER_ID, Agent
from services.sandbox.texts import Topic

QUEUE = {FRONT: Spread(6.5 * MINUTE, 0.85), FINANCE: Spread(9 * MINUTE, 0.85)}
LIMBO = Spread(25 * MINUTE, 0.6)
SLA = {FRONT: ("Primeira resposta em 15 min", 15 * MINUTE), FINANCE: ("Financeiro em 1 h", HOUR)}
NO_SLA = ("", 30 * MINUTE)
# Before this many days, one more person worked here, whom the vendor's list does not know any more.
LEFT_DAYS_AGO = 35


class Storyteller:
    """Invents conversations."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._hours = setting.hours

    def tell(self, chance: random.Random, at: int, number: str, wish: Wish = ANY) -> Conversation:
        """One conversation that begins at that time, with everything that happens in it."""
        if not wish.is_plain and chance.random() < 0.06 and self._hours.is_open(at):
            return self._outbound(chance, at, number)
        return self._inbound(chance, at, number, wish)

    def call_copy(self, number: str, at: int, ended_at: int, agent: Agent, call_id: int,
                  contact: Contact, *, marked: bool) -> Conversation:  # fmt: skip
        """What the telephony integration writes down about a call."""
        link = f"https://assets.aircall.io/calls/{call_id}/recording"
        payload = opened(
            number, at, contact,
            channel="phone_call" if marked else "conversation",
            subject="", body=f'<p>Chamada recebida</p><p><a href="{link}">Gravação</a></p>',
            author=admin_author(agent), delivered_as="admin_initiated",
        )  # fmt: skip
        events = [
            Event(at, "team", BOT_ID, agent.team_ids[0]),
            Event(at, "assign", BOT_ID, agent.id),
            Event(ended_at + 5, "close", agent.id),
        ]
        return Conversation(payload, events, self._hours, 0)

    def _inbound(self, chance: random.Random, at: int, number: str, wish: Wish) -> Conversation:
        topic = wish.topic or texts.TOPICS.draw(chance)
        contact = customers.draw(self._setting.contacts, chance)
        sla, target = SLA[topic.team_id] if chance.random() < 0.7 else NO_SLA
        payload = written(chance, at, number, contact, topic, sla)
        events = self._events(chance, at, topic, wish, payload)
        return Conversation(payload, events, self._hours, target)

    def _events(
        self, chance: random.Random, at: int, topic: Topic, wish: Wish, payload: Payload
    ) -> list[Event]:
        events = [Event(at + 1, "bot")]
        routed = at + 4
        if wish.is_limbo or (not wish.is_plain and chance.random() < 0.015):
            routed = self._hours.after(at, LIMBO.draw(chance))
            if wish.taken_at is not None:
                routed = wish.taken_at - 30
            elif wish.settled_by is not None:
                routed = min(routed, int(wish.settled_by) - 60)
        elif not wish.is_plain and chance.random() < 0.05:
            return self._by_the_bot(chance, at, payload)
        routed = max(at + 2, routed)
        events.append(Event(routed, "team", BOT_ID, topic.team_id))
        taken = wish.taken_at
        if taken is None:
            taken = self._hours.after(routed, QUEUE[topic.team_id].draw(chance))
            if wish.settled_by is not None:
                taken = max(routed + 3, min(taken, int(wish.settled_by)))
        agent_id = wish.agent.id if wish.agent else self._who(chance, topic.team_id, taken)
        events.append(Event(taken, "assign", BOT_ID, agent_id))
        Course(self._setting, chance, events, topic).run(taken, agent_id, wish)
        return events

    def _by_the_bot(self, chance: random.Random, at: int, payload: Payload) -> list[Event]:
        """Answered by the machine alone; nobody is ever assigned."""
        payload["ai_agent_participated"] = True
        payload["ai_agent"] = ai_agent("confirmed_resolution")
        end = at + chance.randint(5, 20) * MINUTE
        return [Event(at + 2, "bot"), Event(at + 90, "contact"), Event(end, "close", BOT_ID)]

    def _outbound(self, chance: random.Random, at: int, number: str) -> Conversation:
        """Begun by a teammate; many are never answered, and have no statistics then."""
        topic = texts.TOPICS.draw(chance)
        agent_id = self._who(chance, topic.team_id, at)
        agent = self._setting.staff.by_id.get(agent_id) or self._setting.staff.agents[0]
        contact = customers.draw(self._setting.contacts, chance)
        payload = opened(
            number, at, contact, channel="email", subject="Acompanhamento do seu atendimento",
            body="<p>Olá, passando para saber se ficou tudo certo.</p>",
            author=admin_author(agent), delivered_as="admin_initiated",
        )  # fmt: skip
        events = [
            Event(at, "team", agent_id, topic.team_id),
            Event(at, "assign", agent_id, agent_id),
        ]
        if chance.random() < 0.4:
            answered = int(at + COMES_BACK.draw(chance))
            events.append(Event(answered, "contact"))
            Course(self._setting, chance, events, topic).run(answered, agent_id, ANY)
        else:
            end = self._hours.after(at, 2 * HOUR * (1 + chance.random()))
            events.append(Event(max(end, at + 60), "close", agent_id))
        return Conversation(payload, events, self._hours, HOUR)

    def _who(self, chance: random.Random, team_id: int, at: float) -> int:
        if at < self._setting.start - LEFT_DAYS_AGO * DAY and chance.random() < 0.06:
            return LEAVER_ID
        team = self._setting.staff.by_team[team_id]
        agent = team[int(chance.random() * len(team))]
        for _ in range(4):
            if self._setting.presence.is_at_work(agent, at) and chance.random() < agent.weight:
                break
            agent = team[int(chance.random() * len(team))]
        return agent.id
