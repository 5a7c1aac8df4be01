"""The telephone: what a call is, who calls whom when, and Aircall's own object of each call."""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.sandbox import Payload
from services.sandbox.team.generator import Workplace
from services.sandbox.team.hours import DAY, HOUR, MINUTE, Hours, midnight
from services.sandbox.team.people import NUMBERS, Agent, Contact, draw_contact
from services.sandbox.team.rng import LogNormal, WeightedChoice, poisson, seeded_rng

API = "https://api.aircall.io"
MEDIA = "https://media.example.com"
WRAP_UP_SECONDS = 45
# A recording is there this long after the end.
RECORDING_AFTER = 40
TAGS = ((811, "Retorno"), (812, "Reclamação"), (813, "Venda"))


@dataclass(slots=True)
class Call:
    id: int
    direction: str
    line: int
    started_at: int
    ended_at: int
    contact: Contact | None  # None where the number is hidden
    is_known: bool = False  # to Aircall's address book
    answered_at: int | None = None
    agent: Agent | None = None  # who has it in the end
    transferred_by: Agent | None = None  # who had it before
    transferred_at: int | None = None
    missed_call_reason: str | None = None
    has_voicemail: bool = False
    tag: int | None = None  # position in `TAGS`; it gets it afterwards
    comment: str | None = None
    wrap_up: int = WRAP_UP_SECONDS

    def status_at(self, now: float) -> str:
        """initial, answered or done."""
        if now >= self.ended_at:
            return "done"
        return "answered" if self.answered_at is not None and now >= self.answered_at else "initial"

    def agent_at(self, now: float) -> Agent | None:
        if self.transferred_at is not None and now < self.transferred_at:
            return self.transferred_by
        return self.agent

    def to_payload(self, now: float, hours: Hours, *, with_contact: bool = False) -> Payload:
        status = self.status_at(now)
        is_done = status == "done"
        holder = self.agent_at(now) if status != "initial" or self.direction == "outbound" else None
        payload: Payload = {
            "id": self.id,
            "sid": f"CA{self.id:032x}",
            "direct_link": f"{API}/v1/calls/{self.id}",
            "direction": self.direction,
            "status": status,
            "missed_call_reason": self.missed_call_reason if is_done else None,
            "started_at": self.started_at,
            "answered_at": None if status == "initial" else self.answered_at,
            "ended_at": self.ended_at if is_done else None,
            "duration": self.ended_at - self.started_at if is_done else 0,
            "cost": "0.0",
            "hangup_cause": None,
            **self._build_media(now),
            "raw_digits": self.contact.digits if self.contact else "anonymous",
            "number": build_number(self.line, hours.is_open(now)),
            "archived": is_done and now >= self.ended_at + 3600,
            "assigned_to": None,
            "teams": [],
            "comments": self._build_comments(now),
            "tags": self._build_tags(now),
            "contact": build_contact_card(self.contact) if with_contact and self.is_known else None,
        }
        # Who handled nothing is not there at all: the key is missing, as in the vendor's answers.
        if holder is not None:
            payload["user"] = build_user(holder)
        is_transferred = self.transferred_at is not None and now >= self.transferred_at
        if is_transferred and self.transferred_by and self.agent:
            payload["transferred_by"] = build_user(self.transferred_by)
            payload["transferred_to"] = build_user(self.agent)
        return payload

    def _build_media(self, now: float) -> Payload:
        """Links that live for an hour, and the page that stays."""
        is_there = now >= self.ended_at + RECORDING_AFTER
        kind = "voicemail" if self.has_voicemail else "recording" if self.answered_at else None
        if kind is None or not is_there:
            return {"voicemail": None, "recording": None, "asset": None}
        link = f"{MEDIA}/calls/{self.id}/{kind}.mp3?X-Amz-Expires=3600&X-Amz-Signature=invented"
        return {
            "voicemail": link if kind == "voicemail" else None,
            "recording": link if kind == "recording" else None,
            "asset": f"https://assets.aircall.io/calls/{self.id}/{kind}",
        }

    def _build_tags(self, now: float) -> list[Payload]:
        at = self.ended_at + 300
        if self.tag is None or self.agent is None or now < at:
            return []
        tag_id, name = TAGS[self.tag]
        return [{"id": tag_id, "name": name, "tagged_at": at, "tagged_by": build_user(self.agent)}]

    def _build_comments(self, now: float) -> list[Payload]:
        at = self.ended_at + 600
        if self.comment is None or self.agent is None or now < at:
            return []
        posted = {"id": self.id * 10, "content": self.comment, "posted_at": at}
        return [{**posted, "posted_by": build_user(self.agent)}]


def build_user(agent: Agent) -> Payload:
    return {
        "id": agent.voice_id,
        "direct_link": f"{API}/v1/users/{agent.voice_id}",
        "name": agent.name,
        "email": agent.voice_email,
        "available": True,
        "availability_status": "available",
        "language": "pt-BR",
        "wrap_up_time": WRAP_UP_SECONDS,
    }


def build_number(line: int, is_open: bool) -> Payload:
    number_id, name, digits, is_ivr = NUMBERS[line]
    return {
        "id": number_id,
        "direct_link": f"{API}/v1/numbers/{number_id}",
        "name": name,
        "digits": digits,
        "country": "BR",
        "time_zone": "America/Sao_Paulo",
        "open": is_open,
        "availability_status": "custom",
        "is_ivr": is_ivr,
        "live_recording_activated": True,
        "messages": {},
    }


def build_contact_card(contact: Contact | None) -> Payload | None:
    if contact is None:
        return None
    contact_id = 5_100_000 + contact.number
    return {
        "id": contact_id,
        "direct_link": f"{API}/v1/contacts/{contact_id}",
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "company_name": contact.company,
        "information": None,
        "is_shared": True,
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_000,
        "phone_numbers": [{"id": contact_id * 10, "label": "Work", "value": contact.digits}],
        "emails": [{"id": contact_id * 10 + 1, "label": "Work", "value": contact.email}],
    }


INBOUND_SHARE = 0.64
# Of all calls, those a teammate makes on their own; the rest of the outbound ones call back.
PLAIN_OUTBOUND_SHARE = 0.27
CLOSED_SHARE = 0.35
LINES = WeightedChoice([(0, 7), (1, 3), (2, 1)])
RINGING = LogNormal(13, 0.5)
TALK = LogNormal(3.2 * MINUTE, 0.8)
CALLBACK_AFTER = LogNormal(35 * MINUTE, 0.8)
ARRANGED_BEFORE_START = 15 * MINUTE
MOST_CANDIDATES = 12
# Every so many-th missed call of a team was put through to one person, whom the vendor names.
RANG_AT_ONE = 3
# How one that nobody answered ended; the first two whatever the agents do.
MISSED = WeightedChoice(
    [
        *(("short_abandoned", 3), ("abandoned_in_ivr", 4), ("abandoned_in_classic", 3)),
        *(("agents_did_not_answer", 3), ("out_of_opening_hours", 1), (None, 100)),
    ]
)
LASTS = {
    "short_abandoned": (1, 8),
    "abandoned_in_ivr": (10, 60),
    "abandoned_in_classic": (25, 180),
    "agents_did_not_answer": (30, 90),
    "no_available_agent": (40, 150),
    "out_of_opening_hours": (6, 40),
}
COMMENTS = ("Cliente pediu retorno amanhã", "Resolvido por telefone", "=1+1 conferir boleto")


def call_weights(hours: Hours, day: date) -> list[float]:
    """Relative number of both directions in each hour of a local day."""
    return [
        weight if hours.is_open(midnight(day) + hour * HOUR + HOUR // 2)
        else weight * CLOSED_SHARE * INBOUND_SHARE
        for hour, weight in enumerate(hours.arrival_weights(day))
    ]  # fmt: skip


class Phone:
    """`scale`: expected calls, both directions, per unit of the hours' weights."""

    def __init__(self, workplace: Workplace, seed: int, scale: float) -> None:
        self._workplace = workplace
        self._seed = seed
        self._scale = scale
        self._free_at: dict[int, int] = {}
        self._callbacks: list[tuple[int, int, int, int]] = []
        self._number = 0

    def generate_day(self, day: date) -> list[Call]:
        """Days are asked for in their order."""
        rng = seeded_rng(self._seed, "calls", day)
        begin = midnight(day)
        self._number = 2_400_000_000 + day.toordinal() * 10_000
        start = self._workplace.start
        calls: list[Call] = []
        arranged_since = start - ARRANGED_BEFORE_START
        is_arranged = not begin <= start < begin + DAY or not self._workplace.hours.is_open(start)
        has_initial_state = not is_arranged
        for at, is_inbound in self._draw_arrivals(day, rng):
            if not is_arranged and at >= arranged_since:
                calls += self._make_callbacks(rng, arranged_since)
                calls += self._arrange_present(rng)
                is_arranged = True
            if has_initial_state and arranged_since <= at <= start:
                continue
            calls += self._make_callbacks(rng, at)
            calls.append(
                self._take_inbound(rng, at) if is_inbound else self._make_own_call(rng, at)
            )
        if not is_arranged:
            calls += self._arrange_present(rng)
        return calls + list(self._make_callbacks(rng, begin + DAY))

    def _draw_arrivals(self, day: date, rng: random.Random) -> Iterator[tuple[int, bool]]:
        begin, hours = midnight(day), self._workplace.hours
        arrivals: list[tuple[int, bool]] = []
        for hour, weight in enumerate(hours.arrival_weights(day)):
            at = begin + hour * HOUR
            is_open = hours.is_open(at + HOUR // 2)
            # Out of hours hardly anybody calls, and nobody of ours does.
            expected = self._scale * weight * (1.0 if is_open else CLOSED_SHARE)
            for _ in range(poisson(rng, expected * INBOUND_SHARE)):
                arrivals.append((at + rng.randrange(HOUR), True))
            if is_open:
                for _ in range(poisson(rng, expected * PLAIN_OUTBOUND_SHARE)):
                    arrivals.append((at + rng.randrange(HOUR), False))
        yield from sorted(arrivals)

    def _make_callbacks(self, rng: random.Random, until: float) -> Iterator[Call]:
        while self._callbacks and self._callbacks[0][0] <= until:
            at, contact_number, line, attempts = heapq.heappop(self._callbacks)
            contact = self._workplace.contacts[contact_number]
            yield self._make_outbound(rng, at, contact, line, attempts)

    def _make_own_call(self, rng: random.Random, at: int) -> Call:
        contact = draw_contact(self._workplace.contacts, rng)
        return self._make_outbound(rng, at, contact, LINES.draw(rng), attempts=9)

    def _make_outbound(
        self, rng: random.Random, at: int, contact: Contact, line: int, attempts: int
    ) -> Call:
        agent = self._find_free_agent(rng, at) or rng.choice(self._workplace.staff.on_the_phone)
        begin = max(at, self._free_at.get(agent.id, 0))
        call = self._new_call("outbound", line, begin, contact)
        call.agent = agent
        if rng.random() < 0.72:
            call.answered_at = begin + rng.randint(6, 25)
            call.ended_at = call.answered_at + max(8, int(TALK.draw(rng)))
            self._add_notes(rng, call)
        else:
            call.ended_at = begin + rng.randint(20, 45)
            if attempts < 3:
                self._plan_callback(rng, call, attempts + 1)
        self._occupy(call)
        return call

    def _take_inbound(self, rng: random.Random, at: int) -> Call:
        is_hidden = rng.random() < 0.06
        contact = None if is_hidden else draw_contact(self._workplace.contacts, rng)
        call = self._new_call("inbound", LINES.draw(rng), at, contact)
        reason = MISSED.draw(rng)
        if reason == "abandoned_in_ivr" and not NUMBERS[call.line][3]:
            reason = "abandoned_in_classic"
        if not self._workplace.hours.is_open(at):
            reason = "out_of_opening_hours"
        agent = None if reason else self._find_free_agent(rng, at)
        if agent is None:
            self._miss(rng, call, reason or "no_available_agent")
            return call
        call.agent = agent
        call.answered_at = at + max(3, int(RINGING.draw(rng)))
        call.ended_at = call.answered_at + max(10, int(TALK.draw(rng)))
        if rng.random() < 0.07:
            self._transfer(rng, call)
        self._add_notes(rng, call)
        self._occupy(call)
        return call

    def take_call(self, started_at: int, lasts: int, agent: Agent | None) -> Call:
        call = self._new_call("inbound", 0, started_at, self._workplace.contacts[0])
        call.ended_at = started_at + lasts
        if agent is None:
            call.missed_call_reason = "no_available_agent"
        else:
            call.agent, call.answered_at = agent, started_at
        return call

    def _miss(self, rng: random.Random, call: Call, reason: str) -> None:
        call.missed_call_reason = reason
        call.ended_at = call.started_at + rng.randint(*LASTS[reason])
        if reason == "agents_did_not_answer" and call.id % RANG_AT_ONE == 0:
            phones = self._workplace.staff.on_the_phone
            call.agent = phones[call.id % len(phones)]
        if reason in ("short_abandoned", "abandoned_in_ivr"):
            return
        if rng.random() < 0.18:
            call.has_voicemail = True
            call.ended_at += rng.randint(10, 50)
        if rng.random() < 0.88:
            self._plan_callback(rng, call, 1)

    def _plan_callback(self, rng: random.Random, call: Call, attempts: int) -> None:
        if call.contact is not None:
            at = self._workplace.hours.add_working_time(call.ended_at, CALLBACK_AFTER.draw(rng))
            heapq.heappush(self._callbacks, (at, call.contact.number, call.line, attempts))

    def _transfer(self, rng: random.Random, call: Call) -> None:
        assert call.answered_at is not None
        transferred_at = call.answered_at + rng.randint(20, 90)
        receiver = self._find_free_agent(rng, call.started_at, besides=call.agent)
        if receiver is not None and transferred_at < call.ended_at:
            call.transferred_by, call.agent = call.agent, receiver
            call.transferred_at = transferred_at

    def _add_notes(self, rng: random.Random, call: Call) -> None:
        if rng.random() < 0.12:
            call.tag = rng.randrange(len(TAGS))
        if rng.random() < 0.04:
            call.comment = rng.choice(COMMENTS)

    def _find_free_agent(
        self, rng: random.Random, at: int, besides: Agent | None = None
    ) -> Agent | None:
        """Of many people not everybody is looked at."""
        phones = self._workplace.staff.on_the_phone
        for agent in rng.sample(phones, min(len(phones), MOST_CANDIDATES)):
            is_free = self._free_at.get(agent.id, 0) <= at and agent is not besides
            if is_free and self._workplace.presence.get_activity(agent, at) == "work":
                return agent
        return None

    def _occupy(self, call: Call) -> None:
        for agent in (call.agent, call.transferred_by):
            if agent is not None:
                self._free_at[agent.id] = call.ended_at + call.wrap_up

    def _new_call(self, direction: str, line: int, at: int, contact: Contact | None) -> Call:
        self._number += 1
        is_known = contact is not None and contact.number % 3 == 0
        return Call(self._number, direction, line, at, at, contact, is_known)

    def _arrange_present(self, rng: random.Random) -> list[Call]:
        """Two are talking, it rings once, one has just hung up, some wait."""
        start = int(self._workplace.start)
        calls = [self._arrange_missed(rng, start - ago) for ago in (840, 560, 170)]
        for begin, answered, end, direction in (
            (-195, 14, 270, "inbound"),
            (-80, 16, 190, "outbound"),
            (-7, 20, 240, "inbound"),
            (-320, 11, -14, "inbound"),
        ):
            agent = self._find_free_agent(rng, start + begin)
            contact = draw_contact(self._workplace.contacts, rng)
            call = self._new_call(direction, 0, start + begin, contact)
            call.ended_at = start + end
            if agent is None:
                call.missed_call_reason = "no_available_agent"
                call.ended_at = start + begin + 60
            else:
                call.agent, call.answered_at = agent, start + begin + answered
                call.wrap_up = WRAP_UP_SECONDS * 2
            self._occupy(call)
            calls.append(call)
        return calls

    def _arrange_missed(self, rng: random.Random, at: int) -> Call:
        contact = draw_contact(self._workplace.contacts, rng)
        call = self._new_call("inbound", 0, at, contact)
        call.missed_call_reason = rng.choice(("agents_did_not_answer", "no_available_agent"))
        call.ended_at = at + 55
        again = int(self._workplace.start) + rng.randint(20, 60) * MINUTE
        heapq.heappush(self._callbacks, (again, contact.number, 0, 1))
        return call
