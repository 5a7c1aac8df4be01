"""How long people were away, day by day, as totals that outlive the readings they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from metrics.live.timeline import STATES
from metrics.model.definitions import Rules
from metrics.model.office_hours import openings
from metrics.model.periods import Period
from metrics.model.tables import Tables
from metrics.planning.adherence import observed


@dataclass(frozen=True)
class Spent:
    """Seconds of a person in each of `STATES`: in the office's opening times, and in the whole day.

    Time in which nobody read their state is in neither.
    """

    in_hours: Mapping[str, float]
    in_day: Mapping[str, float]

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(_add(self.in_hours, other.in_hours), _add(self.in_day, other.in_day))

    @property
    def observed(self) -> float:
        """In opening times."""
        return sum(self.in_hours.values())

    @property
    def away(self) -> float:
        """In opening times: at night hardly anybody is not."""
        return self.in_hours["away"]


NOTHING = Spent(dict.fromkeys(STATES, 0.0), dict.fromkeys(STATES, 0.0))


def time_spent(
    tables: Tables, rules: Rules, day: date, start: datetime, end: datetime
) -> dict[str, Spent]:
    """What was read of each member on a local day from `start` to `end`; others are absent.

    Away is who set so in Intercom, neither is available to either vendor nor on a call nor in
    after-call work: a call explains an away state.
    """
    spent = {}
    for person in observed(tables, rules, Period(day, day)).get(day, ()):
        seen = person.between(start, end)
        inside = NOTHING.in_hours
        for first, last in openings(day, rules):
            inside = _add(inside, seen.between(first, last).seconds)
        in_day = _add(NOTHING.in_day, seen.seconds)
        if any(in_day.values()):
            spent[person.agent_id] = Spent(inside, in_day)
    return spent


def _add(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {state: one[state] + other[state] for state in STATES}
