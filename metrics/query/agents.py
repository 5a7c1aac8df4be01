"""People side by side: the table of agents, and the points of the efficiency matrix."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from metrics.model.catalog import CATALOG
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.people import members, names
from metrics.model.summary import Summary
from metrics.model.view import View
from metrics.query.report import breakdowns

# What the table says of each person.
AGENT_METRICS = (
    "conversations",
    "conversations_closed",
    "first_response_time",
    "time_to_close",
    "csat_score",
    "classification_rate",
    "calls_answered",
    "talk_time",
)
MATRIX_METRICS = ("conversations", "time_to_close", "csat_score")
# Slow is who needs so many times the median of the colleagues for a first response, where at least
# so many people have so many responses each.
SLOW_FACTOR, SLOW_RESPONSES, SLOW_PEOPLE = 1.5, 20, 4


@dataclass(frozen=True)
class AgentRow:
    """One line of the table of agents.

    Attributes:
        id: Intercom admin id, `voice:<user id>`, or `UNASSIGNED`.
        name: The id where nobody knows the person.
        status: member, left, voice or unassigned.
        open: Open conversations now; None for people who are no longer there.
    """

    id: str
    name: str
    status: str
    metrics: Mapping[str, Summary]
    open: int | None = None
    overloaded: bool = False
    slow: bool = False


def agent_rows(
    view: View, keys: Iterable[str] = AGENT_METRICS, always: Collection[str] = ()
) -> list[AgentRow]:
    """Members, whoever else has rows of one of the metrics, and who has a line `always`.

    By name without regard to case; former members after the others, unassigned rows last.
    """
    keys = tuple(keys)
    metrics = [CATALOG[key] for key in dict.fromkeys((*keys, "open_now", "first_response_time"))]
    numbers = {
        key: {group.key: group.summary for group in groups}
        for key, groups in breakdowns(metrics, "agent", view).items()
    }
    slow = _slow_agents(numbers["first_response_time"])
    with_rows = {agent for key in keys for agent, summary in numbers[key].items() if summary.n}
    known = names(view.tables) | {UNASSIGNED: ("unassigned", "unassigned")}
    rows = []
    for agent in {*members(view.tables, view.rules)["id"], *with_rows, *always}:
        name, status = known.get(agent, (agent, "left"))
        open_now = numbers["open_now"].get(agent)
        is_open = int(open_now.value or 0) if open_now else 0
        gone = status != "member"
        rows.append(
            AgentRow(
                id=agent,
                name=name,
                status=status,
                metrics={key: numbers[key][agent] for key in keys if agent in numbers[key]},
                open=None if gone else is_open,
                overloaded=not gone and is_open >= view.rules.overload_open,
                slow=agent in slow,
            )
        )
    return sorted(rows, key=_place)


def _place(row: AgentRow) -> tuple[bool, bool, str, str]:
    return row.id == UNASSIGNED, row.status == "left", row.name.casefold(), row.id


def _slow_agents(times: Mapping[str, Summary]) -> set[str]:
    known = {
        agent: summary.value
        for agent, summary in times.items()
        if summary.value is not None and summary.n >= SLOW_RESPONSES
    }
    if len(known) < SLOW_PEOPLE:
        return set()
    middle = median(known.values())
    return {agent for agent, seconds in known.items() if seconds >= SLOW_FACTOR * middle}


@dataclass(frozen=True)
class Point:
    """A person or reason: median time to close, and `csat` from `rules.csat_minimum` ratings on."""

    key: str
    name: str
    volume: int
    seconds: float
    ratings: int
    csat: float | None


def efficiency(view: View, by: str = "agent") -> list[Point]:
    """Who, or which reason (`by` agent or reason), closed something; most conversations first.

    Rows without a person or a reason are no point.
    """
    groups = breakdowns([CATALOG[key] for key in MATRIX_METRICS], by, view)
    times, ratings = (
        {group.key: group.summary for group in groups[key]} for key in MATRIX_METRICS[1:]
    )
    nobody = UNASSIGNED if by == "agent" else EMPTY
    points = []
    for group in groups["conversations"]:
        time, rating = times.get(group.key), ratings.get(group.key)
        if time is None or time.value is None or not group.summary.value or group.key == nobody:
            continue
        rated = rating.n if rating else 0
        score = rating.value if rating and rated >= view.rules.csat_minimum else None
        volume = int(group.summary.value)
        points.append(Point(group.key, group.label, volume, time.value, rated, score))
    return sorted(points, key=lambda point: (-point.volume, point.key))
