"""What each agent is doing at any instant: the plan of their day, and how both vendors show it.

Nothing is stored: the same question about the same instant has the same answer.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from services.sandbox.team.hours import HOUR, Hours, local
from services.sandbox.team.people import FIRST_AGENT_ID, Agent
from services.sandbox.team.rng import generator

Doing = Literal["work", "focus", "lunch", "break", "meeting", "off"]
# What somebody at the controls may say that an agent does; who is on a call puts themselves away.
Order = Doing | Literal["in_call"]
ORDERS: tuple[Order, ...] = ("work", "focus", "lunch", "break", "meeting", "off", "in_call")
MINUTE = 60
AWAY_REASON_IDS = {"lunch": 31, "break": 32, "meeting": 33}
# Around the start everybody works, but for one at lunch and one who has switched off the phone
# and not the inbox: a contradiction that a wall has to name.
STAGED: dict[int, Doing] = {6: "lunch", 2: "focus"}
STAGED_BEFORE, STAGED_AFTER = 10 * MINUTE, 25 * MINUTE


class Stretch(NamedTuple):
    """Something done from one instant to another."""

    begin: int
    end: int
    doing: Doing


class Presence:
    """The plans of all agents.

    Args:
        hours: When there is work.
        seed: Of the world.
        start: When it is opened.
    """

    def __init__(self, hours: Hours, seed: int, start: float) -> None:
        self._hours = hours
        self._seed = seed
        self._staged = (start - STAGED_BEFORE, start + STAGED_AFTER)
        self._has_stage = hours.is_open(start)
        # For one life of the world: a few hundred days of everybody.
        self._plan = lru_cache(maxsize=100_000)(self._planned)
        self._orders: dict[int, Order] = {}

    def order(self, agent: Agent, doing: Order | None) -> None:
        """Have an agent do that from now on; None = their own plan again."""
        if doing is None:
            self._orders.pop(_place(agent), None)
        else:
            self._orders[_place(agent)] = doing

    def ordered(self, agent: Agent) -> Order | None:
        """What an agent was told to do."""
        return self._orders.get(_place(agent))

    def doing(self, agent: Agent, instant: float) -> Doing:
        """What an agent does at that time."""
        ordered = self.ordered(agent)
        if ordered is not None:
            return "work" if ordered == "in_call" else ordered
        if self._has_stage and self._staged[0] <= instant < self._staged[1]:
            return STAGED.get(_place(agent), "work")
        today = local(instant).date()
        for day in (today, today - timedelta(days=1)):
            for stretch in self._plan(_place(agent), day):
                if stretch.begin <= instant < stretch.end:
                    return stretch.doing
        return "off"

    def is_at_work(self, agent: Agent, instant: float) -> bool:
        """Whether conversations may come to them."""
        return self.doing(agent, instant) in ("work", "focus")

    def is_away(self, agent: Agent, instant: float, *, in_call: bool) -> bool:
        """Whether Intercom shows them away.

        Some put themselves away during calls, and some go home without doing so.
        """
        doing = self.doing(agent, instant)
        if self.ordered(agent) is not None:
            return doing not in ("work", "focus") or self.ordered(agent) == "in_call"
        if doing in ("work", "focus"):
            return in_call and _place(agent) % 4 == 1
        return doing != "off" or not self._forgets(_place(agent), local(instant).date())

    def away_reason_id(self, agent: Agent, instant: float) -> int | None:
        """Id of the reason they gave, if they gave one."""
        return AWAY_REASON_IDS.get(self.doing(agent, instant))

    def _forgets(self, place: int, day: date) -> bool:
        return generator(self._seed, "forgets", place, day).random() < 0.08

    def _planned(self, place: int, day: date) -> tuple[Stretch, ...]:
        chance = generator(self._seed, "plan", place, day)
        if chance.random() < 0.05:
            return ()
        plan: list[Stretch] = []
        for opens, closes in self._hours.windows(day):
            begin = opens + chance.randint(-4, 15) * MINUTE
            end = closes - chance.randint(0, 10) * MINUTE
            pauses: list[tuple[int, int, Doing]] = []
            if end - begin >= 6 * HOUR:
                lunch = begin + round(2.6 * HOUR) + place % 4 * 40 * MINUTE
                pauses.append((lunch, 60, "lunch"))
                pauses.append((lunch + chance.randint(110, 170) * MINUTE, 15, "break"))
            else:
                pauses.append((begin + chance.randint(60, 120) * MINUTE, 15, "break"))
            if chance.random() < 0.12:
                pauses.append((begin + chance.randint(30, 120) * MINUTE, 45, "meeting"))
            if chance.random() < 0.2:
                pauses.append((begin + chance.randint(20, 300) * MINUTE, 50, "focus"))
            plan += [Stretch(at, at + minutes * MINUTE, what) for at, minutes, what in pauses]
            plan.append(Stretch(begin, end, "work"))
        return tuple(plan)


def _place(agent: Agent) -> int:
    return agent.id - FIRST_AGENT_ID
