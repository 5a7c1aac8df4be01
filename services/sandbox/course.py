"""What happens in a conversation once somebody has taken it."""

import random
from dataclasses import dataclass

from services.sandbox import texts
from services.sandbox.chance import Spread
from services.sandbox.contacts import Contact
from services.sandbox.conversation import Event, Payload
from services.sandbox.hours import Hours
from services.sandbox.people import BOT_ID, Agent, Staff
from services.sandbox.presence import Presence
from services.sandbox.texts import Topic

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
