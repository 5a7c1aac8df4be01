"""What each agent is doing at any instant: the plan of their day, and how both vendors show it.

Nothing is stored: the same question about the same instant has the same answer.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from services.sandbox.team.hours import HOUR, MINUTE, Hours, to_local
from services.sandbox.team.people import FIRST_AGENT_ID, Agent
from services.sandbox.team.rng import seeded_rng

Activity = Literal["work", "focus", "lunch", "break", "meeting", "off"]
# What somebody at the controls may say that an agent does; who is on a call puts themselves away.
Order = Activity | Literal["in_call"]
ORDERS: tuple[Order, ...] = ("work", "focus", "lunch", "break", "meeting", "off", "in_call")
AWAY_REASON_IDS = {"lunch": 31, "break": 32, "meeting": 33}
# Around the start everybody works, but for one at lunch and one who has switched off the phone
# and not the inbox: a contradiction that a wall has to name.
INITIAL_ACTIVITIES: dict[int, Activity] = {6: "lunch", 2: "focus"}
INITIAL_BEFORE, INITIAL_AFTER = 10 * MINUTE, 25 * MINUTE


class Stretch(NamedTuple):
    begin: int
    end: int
    activity: Activity


class Presence:
    def __init__(self, hours: Hours, seed: int, start: float) -> None:
        self._hours = hours
        self._seed = seed
        self._initial_period = (start - INITIAL_BEFORE, start + INITIAL_AFTER)
        self._has_initial_state = hours.is_open(start)
        # For one life of the world: a few hundred days of everybody.
        self._cached_plan = lru_cache(maxsize=100_000)(self._plan_day)
        self._orders: dict[int, Order] = {}

    def set_order(self, agent: Agent, activity: Order | None) -> None:
        """None = their own plan again."""
        if activity is None:
            self._orders.pop(_agent_number(agent), None)
        else:
            self._orders[_agent_number(agent)] = activity

    def get_order(self, agent: Agent) -> Order | None:
        return self._orders.get(_agent_number(agent))

    def get_activity(self, agent: Agent, instant: float) -> Activity:
        order = self.get_order(agent)
        if order is not None:
            return "work" if order == "in_call" else order
        if self._has_initial_state and self._initial_period[0] <= instant < self._initial_period[1]:
            return INITIAL_ACTIVITIES.get(_agent_number(agent), "work")
        today = to_local(instant).date()
        for day in (today, today - timedelta(days=1)):
            for stretch in self._cached_plan(_agent_number(agent), day):
                if stretch.begin <= instant < stretch.end:
                    return stretch.activity
        return "off"

    def is_at_work(self, agent: Agent, instant: float) -> bool:
        """Whether conversations may come to them."""
        return self.get_activity(agent, instant) in ("work", "focus")

    def is_away(self, agent: Agent, instant: float, *, in_call: bool) -> bool:
        """In Intercom: some put themselves away during calls, and some go home without doing so."""
        activity = self.get_activity(agent, instant)
        if self.get_order(agent) is not None:
            return activity not in ("work", "focus") or self.get_order(agent) == "in_call"
        if activity in ("work", "focus"):
            return in_call and _agent_number(agent) % 4 == 1
        return activity != "off" or not self._forgets_away_mode(
            _agent_number(agent), to_local(instant).date()
        )

    def find_away_reason_id(self, agent: Agent, instant: float) -> int | None:
        return AWAY_REASON_IDS.get(self.get_activity(agent, instant))

    def _forgets_away_mode(self, number: int, day: date) -> bool:
        return seeded_rng(self._seed, "forgets", number, day).random() < 0.08

    def _plan_day(self, number: int, day: date) -> tuple[Stretch, ...]:
        rng = seeded_rng(self._seed, "plan", number, day)
        if rng.random() < 0.05:
            return ()
        plan: list[Stretch] = []
        for opens, closes in self._hours.list_windows(day):
            begin = opens + rng.randint(-4, 15) * MINUTE
            end = closes - rng.randint(0, 10) * MINUTE
            pauses: list[tuple[int, int, Activity]] = []
            if end - begin >= 6 * HOUR:
                lunch = begin + round(2.6 * HOUR) + number % 4 * 40 * MINUTE
                pauses.append((lunch, 60, "lunch"))
                pauses.append((lunch + rng.randint(110, 170) * MINUTE, 15, "break"))
            else:
                pauses.append((begin + rng.randint(60, 120) * MINUTE, 15, "break"))
            if rng.random() < 0.12:
                pauses.append((begin + rng.randint(30, 120) * MINUTE, 45, "meeting"))
            if rng.random() < 0.2:
                pauses.append((begin + rng.randint(20, 300) * MINUTE, 50, "focus"))
            plan += [Stretch(at, at + minutes * MINUTE, what) for at, minutes, what in pauses]
            plan.append(Stretch(begin, end, "work"))
        return tuple(plan)


def _agent_number(agent: Agent) -> int:
    return agent.id - FIRST_AGENT_ID
