"""How conversations come about and go on: who writes what, who takes it, and when."""

import random
from dataclasses import dataclass

from services.sandbox import Payload
from services.sandbox.team import texts
from services.sandbox.team.conversation import Conversation, Event, new_conversation
from services.sandbox.team.hours import DAY, HOUR, MINUTE, Hours
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
from services.sandbox.team.rng import LogNormal, seeded_rng
from services.sandbox.team.texts import Topic

FIRST_REPLY = LogNormal(3 * MINUTE, 0.8)
ADMIN_REPLY = LogNormal(5 * MINUTE, 0.8)
CONTACT_REPLY = LogNormal(4 * MINUTE, 1.1)
WRAP_UP = LogNormal(18 * MINUTE, 1.0)
COMES_BACK = LogNormal(5 * HOUR, 1.2)
LATE_CLASSIFICATION = LogNormal(9 * HOUR, 0.9)
RATES_AFTER = LogNormal(15 * MINUTE, 1.2)


@dataclass(frozen=True)
class Workplace:
    staff: Staff
    hours: Hours
    presence: Presence
    contacts: tuple[Contact, ...]
    start: float


@dataclass
class Constraints:
    """What is None is drawn."""

    topic: Topic | None = None
    agent: Agent | None = None
    taken_at: int | None = None
    settled_by: float | None = None  # it has left the queue by then, Unix seconds
    closes_after: float | None = None  # working seconds from being taken
    is_limbo: bool = False  # it stays without a team for long
    ai_until: int | None = None  # the AI agent has it for itself until then, Unix seconds
    is_plain: bool = False  # nothing out of the ordinary happens


UNCONSTRAINED = Constraints()


class Handling:
    def __init__(
        self, workplace: Workplace, rng: random.Random, events: list[Event], topic: Topic
    ) -> None:
        self._workplace = workplace
        self._hours = workplace.hours
        self._rng = rng
        self._events = events
        self._topic = topic

    def run(self, taken: int, agent_id: int, constraints: Constraints) -> None:
        rng, agent = self._rng, self._workplace.staff.by_id.get(agent_id)
        pace = agent.pace if agent else 1.0
        at = self._hours.add_working_time(taken, FIRST_REPLY.draw(rng) * pace)
        self._add(at, "reply", agent_id)
        for _ in range(_draw_rounds(rng)):
            at, agent_id = self._exchange_replies(at, agent_id, pace)
        if not constraints.is_plain and rng.random() < 0.06:
            at = self._snooze(at, agent_id, pace)
        if not constraints.is_plain and rng.random() < 0.0015:
            # Forgotten: it stays open for good.
            self._add(int(at + DAY), "contact")
            return
        pause = constraints.closes_after or WRAP_UP.draw(rng) * pace
        begin = at if constraints.closes_after is None else taken
        at = max(at, self._hours.add_working_time(begin, pause))
        self._close(at, agent_id, agent)
        if not constraints.is_plain and rng.random() < 0.09:
            self._reopen(at, agent_id, agent, pace)

    def _add(self, at: float, kind: str, by: int | None = None, value: object = None) -> None:
        self._events.append(Event(int(at), kind, by, value))

    def _exchange_replies(self, at: int, agent_id: int, pace: float) -> tuple[int, int]:
        rng = self._rng
        asked_at = at + max(5, int(CONTACT_REPLY.draw(rng)))
        self._add(asked_at, "contact")
        if rng.random() < 0.02:
            # Passed on to a colleague.
            team = self._workplace.staff.by_team[self._topic.team_id]
            agent_id = rng.choice(team).id
            self._add(self._hours.add_working_time(asked_at, 30), "assign", BOT_ID, agent_id)
        at = self._hours.add_working_time(asked_at, 40 + ADMIN_REPLY.draw(rng) * pace)
        self._add(at, "reply", agent_id)
        return at, agent_id

    def _snooze(self, at: int, agent_id: int, pace: float) -> int:
        rng = self._rng
        until = self._hours.add_working_time(at + rng.randint(1, 3) * DAY, rng.random() * HOUR)
        begins = at + rng.randint(20, 200)
        self._add(begins, "snooze", agent_id, until)
        self._add(until, "unsnooze")
        at = self._hours.add_working_time(until, ADMIN_REPLY.draw(rng) * pace)
        self._add(at, "reply", agent_id)
        return at

    def _close(self, at: int, agent_id: int, agent: Agent | None) -> None:
        rng = self._rng
        self._add(at, "close", agent_id)
        if rng.random() < (agent.diligence if agent else 0.85):
            late = rng.random() < 0.05
            when = at + LATE_CLASSIFICATION.draw(rng) if late else max(at - 15, 0)
            self._add(when, "classify", agent_id, self._draw_labels())
        if rng.random() < 0.08:
            number = rng.randrange(len(texts.TAGS))
            self._add(at - 10, "tag", agent_id, (str(501 + number), texts.TAGS[number]))
        if rng.random() < 0.6:
            self._add(at + 5, "ask_rating")
            if rng.random() < 0.36:
                rates = at + 20 + RATES_AFTER.draw(rng)
                self._add(rates, "rate", None, _draw_rating(rng, agent.kindness if agent else 0.0))

    def _reopen(self, at: int, agent_id: int, agent: Agent | None, pace: float) -> None:
        rng = self._rng
        back = at + 60 + int(COMES_BACK.draw(rng))
        self._add(back, "contact")
        at = self._hours.add_working_time(back, ADMIN_REPLY.draw(rng) * 2 * pace)
        self._add(at, "reply", agent_id)
        self._add(self._hours.add_working_time(at, WRAP_UP.draw(rng) * pace), "close", agent_id)

    def _draw_labels(self) -> Payload:
        rng, topic = self._rng, self._topic
        labels: Payload = {
            "Motivo de Contato": topic.reason,
            "Tipo de Atendimento": texts.KINDS.draw(rng),
            "Status do atendimento": texts.STATUSES.draw(rng),
            "Categoria do sistema": topic.category,
        }
        if rng.random() < 0.22:
            labels["Motivo 2 (Se houver)"] = texts.TOPICS.draw(rng).reason
        if rng.random() < 0.15:
            labels["Expansão (Passagem de bastão para CSM)"] = texts.EXPANSIONS.draw(rng)
        if topic.category == "Cadastros" or rng.random() < 0.1:
            labels["Cadastros"] = texts.REGISTRATIONS.draw(rng)
        if rng.random() < 0.55:
            labels["Equipe"] = texts.AREAS.draw(rng)
        return labels


def _draw_rounds(rng: random.Random) -> int:
    rounds = 0
    while rounds < 8 and rng.random() < 0.6:
        rounds += 1
    return rounds


def _draw_rating(rng: random.Random, kindness: float) -> tuple[int, str | None]:
    draw = rng.random() + kindness * 0.15
    score = (
        1 if draw < 0.05 else 2 if draw < 0.09 else 3 if draw < 0.16 else 4 if draw < 0.38 else 5
    )
    remarks = texts.COMPLAINTS if score <= 2 else texts.MEH if score == 3 else texts.PRAISE
    has_remark = rng.random() < (0.7 if score <= 2 else 0.3)
    return score, rng.choice(remarks) if has_remark else None


def first_message(
    rng: random.Random, at: int, number: str, contact: Contact, topic: Topic, sla: str
) -> Payload:
    text = rng.choice(texts.HOSTILE) if rng.random() < 0.003 else rng.choice(topic.lines)
    channel = texts.CHANNELS.draw(rng)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    image = '<img src="https://example.com/a.png">'
    body = f"<p>{escaped if rng.random() > 0.02 else image}</p>"
    payload = new_conversation(
        number, at, contact, channel=channel, subject=text if channel == "email" else "",
        body=body, sla=sla or None, priority=rng.random() < 0.05,
        author={
            "type": "lead" if contact.is_lead else "user",
            "id": contact.id,
            "name": None if contact.is_lead else f"{contact.name} ({contact.company})",
            "email": "" if contact.is_lead else contact.email,
        },
    )  # fmt: skip
    draw = rng.random()
    if draw < 0.25:
        add_ai_agent(payload)
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


def link_merged(payload: Payload, into: str | None) -> None:
    """Some workspaces do not link duplicates."""
    if payload["custom_attributes"].get("Merged") and into and int(payload["id"]) % 4:
        linked = payload["linked_objects"]
        linked["data"].append({"type": "conversation", "id": into, "category": None})
        linked["total_count"] = len(linked["data"])


def build_admin_author(agent: Agent) -> Payload:
    return {"type": "admin", "id": str(agent.id), "name": agent.name, "email": agent.email}


def add_ai_agent(payload: Payload) -> None:
    """What it does follows as events; what it draws changes nothing else in the world."""
    rng = seeded_rng("ai", payload["id"])
    contents = rng.sample(texts.AI_CONTENTS, rng.choice((1, 1, 2)))
    payload["ai_agent_participated"] = True
    payload["ai_agent"] = {
        "source_type": "workflow",
        "source_title": rng.choice(texts.AI_SOURCES),
        "last_answer_type": None,
        "resolution_state": None,
        "rating": None,
        "rating_remark": None,
        "created_at": None,
        "updated_at": None,
        "content_sources": {
            "type": "content_source.list",
            "content_sources": [
                {
                    "type": "content_source",
                    "content_type": "article",
                    "url": f"https://help.example.com/{texts.AI_CONTENTS.index(title)}",
                    "title": title,
                    "locale": "pt-BR",
                }
                for title in contents
            ],
            "total_count": len(contents),
        },
    }


def plan_handover(payload: Payload, at: int) -> list[Event]:
    """In the words of 2.15 and later: it hands over within seconds."""
    rng = seeded_rng("ai handover", payload["id"])
    state = rng.choice(("escalated", "escalated", "negative_feedback", "procedure_handoff"))
    value: Payload = {"resolution_state": state, "last_answer_type": "ai_answer"}
    if state == "negative_feedback" and rng.random() < 0.5:
        value |= rate_ai_agent(rng, at + 3, unhappy=True)
    return [Event(at + 3, "ai", BOT_ID, value)]


def rate_ai_agent(rng: random.Random, at: int, *, unhappy: bool = False) -> Payload:
    rating, remark = _draw_rating(rng, -0.9 if unhappy else 0.0)
    # Ratings given before 2.14 have no time.
    instants = {"created_at": at, "updated_at": at} if rng.random() < 0.9 else {}
    return {"rating": rating, "rating_remark": remark, **instants}


QUEUE = {FRONT: LogNormal(6.5 * MINUTE, 0.85), FINANCE: LogNormal(9 * MINUTE, 0.85)}
LIMBO = LogNormal(25 * MINUTE, 0.6)
SLA = {FRONT: ("Primeira resposta em 15 min", 15 * MINUTE), FINANCE: ("Financeiro em 1 h", HOUR)}
NO_SLA = ("", 30 * MINUTE)
# Before this many days, one more person worked here, whom the vendor's list does not know any more.
LEFT_DAYS_AGO = 35


class ConversationGenerator:
    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._hours = workplace.hours

    def generate(
        self, rng: random.Random, at: int, number: str, constraints: Constraints = UNCONSTRAINED
    ) -> Conversation:
        """With everything that will happen in it."""
        if not constraints.is_plain and rng.random() < 0.06 and self._hours.is_open(at):
            return self._generate_outbound(rng, at, number)
        return self._generate_inbound(rng, at, number, constraints)

    def generate_call_copy(self, number: str, at: int, ended_at: int, agent: Agent, call_id: int,
                  contact: Contact, *, has_channel: bool) -> Conversation:  # fmt: skip
        """What the telephony integration writes into Intercom about a call."""
        link = f"https://assets.aircall.io/calls/{call_id}/recording"
        payload = new_conversation(
            number, at, contact,
            channel="phone_call" if has_channel else "conversation",
            subject="", body=f'<p>Chamada recebida</p><p><a href="{link}">Gravação</a></p>',
            author=build_admin_author(agent), delivered_as="admin_initiated",
        )  # fmt: skip
        events = [
            Event(at, "team", BOT_ID, agent.team_ids[0]),
            Event(at, "assign", BOT_ID, agent.id),
            Event(ended_at + 5, "close", agent.id),
        ]
        return Conversation(payload, events, self._hours, 0)

    def _generate_inbound(
        self, rng: random.Random, at: int, number: str, constraints: Constraints
    ) -> Conversation:
        topic = constraints.topic or texts.TOPICS.draw(rng)
        contact = draw_contact(self._workplace.contacts, rng)
        sla, target = SLA[topic.team_id] if rng.random() < 0.7 else NO_SLA
        payload = first_message(rng, at, number, contact, topic, sla)
        events = self._plan_events(rng, at, topic, constraints, payload)
        return Conversation(payload, events, self._hours, target)

    def _plan_events(
        self, rng: random.Random, at: int, topic: Topic, constraints: Constraints, payload: Payload
    ) -> list[Event]:
        events = [Event(at + 1, "bot")]
        routed = at + 4
        if constraints.is_limbo or (not constraints.is_plain and rng.random() < 0.015):
            routed = self._hours.add_working_time(at, LIMBO.draw(rng))
            if constraints.taken_at is not None:
                routed = constraints.taken_at - 30
            elif constraints.settled_by is not None:
                routed = min(routed, int(constraints.settled_by) - 60)
        elif constraints.ai_until or (not constraints.is_plain and rng.random() < 0.05):
            end = constraints.ai_until or at + rng.randint(5, 20) * MINUTE
            return self._answer_by_bot(at, end, payload, topic)
        routed = max(at + 2, routed)
        if payload["ai_agent_participated"]:
            events += plan_handover(payload, at)
        events.append(Event(routed, "team", BOT_ID, topic.team_id))
        taken = constraints.taken_at
        if taken is None:
            taken = self._hours.add_working_time(routed, QUEUE[topic.team_id].draw(rng))
            if constraints.settled_by is not None:
                taken = max(routed + 3, min(taken, int(constraints.settled_by)))
        agent = constraints.agent
        agent_id = agent.id if agent else self._choose_agent(rng, topic.team_id, taken)
        events.append(Event(taken, "assign", BOT_ID, agent_id))
        Handling(self._workplace, rng, events, topic).run(taken, agent_id, constraints)
        return events

    def _answer_by_bot(self, at: int, end: int, payload: Payload, topic: Topic) -> list[Event]:
        """Nobody is ever assigned."""
        payload["source"]["delivered_as"] = "operator_initiated"
        add_ai_agent(payload)
        own = seeded_rng("ai answer", payload["id"])
        states = ("confirmed_resolution", "assumed_resolution", "assumed_resolution", None)
        ended: Payload = {"resolution_state": own.choice(states)}
        if own.random() < 0.4:
            ended |= rate_ai_agent(own, end)
        events = [
            Event(at + 2, "bot"),
            Event(at + 2, "ai", BOT_ID, {"last_answer_type": "ai_answer"}),
            Event(at + 90, "contact"),
            Event(at + 100, "bot"),
            Event(end, "ai", BOT_ID, ended),
            Event(end, "close", BOT_ID),
        ]
        if own.random() < 0.8:
            reason = {"Motivo de Contato": topic.reason}
            events.append(Event(end - 5, "classify", BOT_ID, reason))
        return events

    def _generate_outbound(self, rng: random.Random, at: int, number: str) -> Conversation:
        """Begun by a teammate; many are never answered, and have no statistics then."""
        topic = texts.TOPICS.draw(rng)
        agent_id = self._choose_agent(rng, topic.team_id, at)
        agent = self._workplace.staff.by_id.get(agent_id) or self._workplace.staff.agents[0]
        contact = draw_contact(self._workplace.contacts, rng)
        payload = new_conversation(
            number, at, contact, channel="email", subject="Acompanhamento do seu atendimento",
            body="<p>Olá, passando para saber se ficou tudo certo.</p>",
            author=build_admin_author(agent), delivered_as="admin_initiated",
        )  # fmt: skip
        events = [
            Event(at, "team", agent_id, topic.team_id),
            Event(at, "assign", agent_id, agent_id),
        ]
        if rng.random() < 0.4:
            answered = int(at + COMES_BACK.draw(rng))
            events.append(Event(answered, "contact"))
            Handling(self._workplace, rng, events, topic).run(answered, agent_id, UNCONSTRAINED)
        else:
            end = self._hours.add_working_time(at, 2 * HOUR * (1 + rng.random()))
            events.append(Event(max(end, at + 60), "close", agent_id))
        return Conversation(payload, events, self._hours, HOUR)

    def _choose_agent(self, rng: random.Random, team_id: int, at: float) -> int:
        if at < self._workplace.start - LEFT_DAYS_AGO * DAY and rng.random() < 0.06:
            return LEAVER_ID
        team = self._workplace.staff.by_team[team_id]
        agent = team[int(rng.random() * len(team))]
        for _ in range(4):
            if self._workplace.presence.is_at_work(agent, at) and rng.random() < agent.weight:
                break
            agent = team[int(rng.random() * len(team))]
        return agent.id
