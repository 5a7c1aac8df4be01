"""How conversations come about and go on: who writes what, who takes it, and when."""

import random
from dataclasses import dataclass

from services.sandbox.team import texts
from services.sandbox.team.conversation import Conversation, Event, Payload, opened
from services.sandbox.team.hours import Hours
from services.sandbox.team.people import (
    BOT_ID,
    FINANCE,
    FRONT,
    LEAVER_ID,
    Agent,
    Contact,
    Staff,
    draw_contact,
)
from services.sandbox.team.presence import Presence
from services.sandbox.team.rng import Spread
from services.sandbox.team.texts import Topic

MINUTE, HOUR, DAY = 60, 3600, 86400
FIRST_WORDS = Spread(3 * MINUTE, 0.8)
ADMIN_REPLY = Spread(5 * MINUTE, 0.8)
CONTACT_REPLY = Spread(4 * MINUTE, 1.1)
WRAP_UP = Spread(18 * MINUTE, 1.0)
COMES_BACK = Spread(5 * HOUR, 1.2)
LATE_CLASSIFICATION = Spread(9 * HOUR, 0.9)
RATES_AFTER = Spread(15 * MINUTE, 1.2)


@dataclass(frozen=True)
class Setting:
    """What every story of a world rests on."""

    staff: Staff
    hours: Hours
    presence: Presence
    contacts: tuple[Contact, ...]
    start: float


@dataclass
class Wish:
    """What a story has to be like; what is None is left to chance.

    Attributes:
        topic: What it is about.
        agent: Who takes it.
        taken_at: When.
        settled_by: By then it has left the queue at the latest.
        closes_after: Working seconds from being taken to the close.
        is_plain: Nothing out of the ordinary.
    """

    topic: Topic | None = None
    agent: Agent | None = None
    taken_at: int | None = None
    settled_by: float | None = None
    closes_after: float | None = None
    is_limbo: bool = False
    is_plain: bool = False


ANY = Wish()


class Course:
    """What happens once somebody has taken a conversation.

    Args:
        events: Grows.
    """

    def __init__(
        self,
        setting: Setting,
        chance: random.Random,
        events: list[Event],
        topic: Topic,
    ) -> None:
        self._setting = setting
        self._hours = setting.hours
        self._chance = chance
        self._events = events
        self._topic = topic

    def run(self, taken: int, agent_id: int, wish: Wish) -> None:
        """From being taken to the last thing that happens."""
        chance, agent = self._chance, self._setting.staff.by_id.get(agent_id)
        pace = agent.pace if agent else 1.0
        at = self._hours.after(taken, FIRST_WORDS.draw(chance) * pace)
        self._add(at, "reply", agent_id)
        for _ in range(_rounds(chance)):
            at, agent_id = self._round(at, agent_id, pace)
        if not wish.is_plain and chance.random() < 0.06:
            at = self._paused(at, agent_id, pace)
        if not wish.is_plain and chance.random() < 0.0015:
            # Forgotten: it stays open for good.
            self._add(int(at + DAY), "contact")
            return
        pause = wish.closes_after or WRAP_UP.draw(chance) * pace
        if wish.closes_after is not None:
            at = max(at, self._hours.after(taken, pause))
        else:
            at = self._hours.after(at, pause)
        self._end(at, agent_id, agent)
        if not wish.is_plain and chance.random() < 0.09:
            self._reopened(at, agent_id, agent, pace)

    def _add(self, at: float, kind: str, by: int | None = None, value: object = None) -> None:
        self._events.append(Event(int(at), kind, by, value))

    def _round(self, at: int, agent_id: int, pace: float) -> tuple[int, int]:
        chance = self._chance
        asked = at + max(5, int(CONTACT_REPLY.draw(chance)))
        self._add(asked, "contact")
        if chance.random() < 0.02:
            # Passed on to a colleague.
            team = self._setting.staff.by_team[self._topic.team_id]
            agent_id = chance.choice(team).id
            self._add(self._hours.after(asked, 30), "assign", BOT_ID, agent_id)
        at = self._hours.after(asked, 40 + ADMIN_REPLY.draw(chance) * pace)
        self._add(at, "reply", agent_id)
        return at, agent_id

    def _paused(self, at: int, agent_id: int, pace: float) -> int:
        chance = self._chance
        until = self._hours.after(at + chance.randint(1, 3) * DAY, chance.random() * HOUR)
        begins = at + chance.randint(20, 200)
        self._add(begins, "snooze", agent_id, until)
        self._add(until, "unsnooze")
        at = self._hours.after(until, ADMIN_REPLY.draw(chance) * pace)
        self._add(at, "reply", agent_id)
        return at

    def _end(self, at: int, agent_id: int, agent: Agent | None) -> None:
        """Close, classify or not, ask for a rating or not."""
        chance = self._chance
        self._add(at, "close", agent_id)
        if chance.random() < (agent.diligence if agent else 0.85):
            late = chance.random() < 0.05
            when = at + LATE_CLASSIFICATION.draw(chance) if late else max(at - 15, 0)
            self._add(when, "classify", agent_id, self._labels())
        if chance.random() < 0.08:
            number = chance.randrange(len(texts.TAGS))
            self._add(at - 10, "tag", agent_id, (str(501 + number), texts.TAGS[number]))
        if chance.random() < 0.6:
            self._add(at + 5, "ask_rating")
            if chance.random() < 0.36:
                rates = at + 20 + RATES_AFTER.draw(chance)
                self._add(rates, "rate", None, _rating(chance, agent.kindness if agent else 0.0))

    def _reopened(self, at: int, agent_id: int, agent: Agent | None, pace: float) -> None:
        chance = self._chance
        back = at + 60 + int(COMES_BACK.draw(chance))
        self._add(back, "contact")
        at = self._hours.after(back, ADMIN_REPLY.draw(chance) * 2 * pace)
        self._add(at, "reply", agent_id)
        self._add(self._hours.after(at, WRAP_UP.draw(chance) * pace), "close", agent_id)

    def _labels(self) -> Payload:
        chance, topic = self._chance, self._topic
        labels: Payload = {
            "Motivo de Contato": topic.reason,
            "Tipo de Atendimento": texts.KINDS.draw(chance),
            "Status do atendimento": texts.STATUSES.draw(chance),
            "Categoria do sistema": topic.category,
        }
        if chance.random() < 0.22:
            labels["Motivo 2 (Se houver)"] = texts.TOPICS.draw(chance).reason
        if chance.random() < 0.15:
            labels["Expansão (Passagem de bastão para CSM)"] = texts.EXPANSIONS.draw(chance)
        if topic.category == "Cadastros" or chance.random() < 0.1:
            labels["Cadastros"] = texts.REGISTRATIONS.draw(chance)
        if chance.random() < 0.55:
            labels["Equipe"] = texts.AREAS.draw(chance)
        return labels


def _rounds(chance: random.Random) -> int:
    rounds = 0
    while rounds < 8 and chance.random() < 0.6:
        rounds += 1
    return rounds


def _rating(chance: random.Random, kindness: float) -> tuple[int, str | None]:
    draw = chance.random() + kindness * 0.15
    score = (
        1 if draw < 0.05 else 2 if draw < 0.09 else 3 if draw < 0.16 else 4 if draw < 0.38 else 5
    )
    remarks = texts.COMPLAINTS if score <= 2 else texts.MEH if score == 3 else texts.PRAISE
    speaks = chance.random() < (0.7 if score <= 2 else 0.3)
    return score, chance.choice(remarks) if speaks else None


def written(
    chance: random.Random, at: int, number: str, contact: Contact, topic: Topic, sla: str
) -> Payload:
    """The first message."""
    words = chance.choice(texts.HOSTILE) if chance.random() < 0.003 else chance.choice(topic.lines)
    channel = texts.CHANNELS.draw(chance)
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = (
        f"<p>{escaped}</p>"
        if chance.random() > 0.02
        else '<p><img src="https://example.com/a.png"></p>'
    )
    payload = opened(
        number, at, contact, channel=channel, subject=words if channel == "email" else "",
        body=body, sla=sla or None, priority=chance.random() < 0.05,
        author={
            "type": "lead" if contact.is_lead else "user",
            "id": contact.id,
            "name": None if contact.is_lead else f"{contact.name} ({contact.company})",
            "email": "" if contact.is_lead else contact.email,
        },
    )  # fmt: skip
    draw = chance.random()
    if draw < 0.25:
        payload["ai_agent_participated"], payload["ai_agent"] = True, ai_agent("routed_to_team")
    if draw > 0.96:
        payload["custom_attributes"]["Ticket category"] = "Back-office ticket"
        payload["linked_objects"]["data"].append(
            {"type": "ticket", "id": f"7{number[-8:]}", "category": "Back-office"}
        )
        payload["linked_objects"]["total_count"] = 1
    elif draw > 0.94:
        payload["custom_attributes"]["Ticket category"] = "Customer ticket"
    elif draw > 0.925:
        payload["custom_attributes"]["Merged"] = True
    return payload


def merge(payload: Payload, into: str | None) -> None:
    """Link a duplicate to the conversation it was merged into; some workspaces do not."""
    if payload["custom_attributes"].get("Merged") and into and int(payload["id"]) % 4:
        linked = payload["linked_objects"]
        linked["data"].append({"type": "conversation", "id": into, "category": None})
        linked["total_count"] = len(linked["data"])


def admin_author(agent: Agent) -> Payload:
    """A teammate as an author."""
    return {"type": "admin", "id": str(agent.id), "name": agent.name, "email": agent.email}


def ai_agent(resolution: str) -> Payload:
    """What the bot did."""
    return {
        "source_type": "workflow",
        "source_title": "Boas-vindas",
        "last_answer_type": "ai_answer",
        "resolution_state": resolution,
        "rating": None,
        "rating_remark": None,
        "created_at": None,
        "updated_at": None,
        "content_sources": {
            "type": "content_source.list",
            "content_sources": [],
            "total_count": 0,
        },
    }


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
        contact = draw_contact(self._setting.contacts, chance)
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
        contact = draw_contact(self._setting.contacts, chance)
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
