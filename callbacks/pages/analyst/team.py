"""The team's table of the analyst's panel, for a manager who has chosen nobody."""

from callbacks.pages.analyst.query import AnalystQuery
from callbacks.pages.analyst.view import RATE, WINDOW_DAYS
from layouts.pages.analyst.data import Head, Line, Person, Team
from metrics.classification.goals import Goal, goal, team_goals
from metrics.classification.suggestions import catch_all_growth
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import UNASSIGNED
from metrics.model.people import members, names
from metrics.model.periods import Period, comparable, last_days
from metrics.model.schema import attribute
from metrics.model.selection import select_rows
from metrics.model.view import EVERYTHING, View
from services.snapshot.dataset import Snapshot


def team(snapshot: Snapshot, query: AnalystQuery, period: Period, head: Head, rules: Rules) -> Team:
    """One line per member, and per whoever else has conversations that count.

    Who misses most comes first, then by name: the table says where help is needed.
    """
    tables = snapshot.tables
    metric = CATALOG[RATE]
    view = View(tables, period, query.filters, rules)
    found = select_rows(metric, view)
    goals = team_goals(view)
    known = names(tables, rules)
    nothing = Goal(0, 0, rules.goal_classification)
    lines = [
        _line(agent, goals.get(agent, nothing), known)
        for agent in {*members(tables, rules)["id"], *goals}
    ]
    lines.sort(key=lambda one: (one.status == "unassigned", -one.goal.missing, one.name.casefold()))
    return Team(
        head=head,
        lines=lines,
        total=goal(metric.measure(found, rules, tables.now), rules),
        growth=catch_all_growth(*_windows(snapshot, rules)),
        reason_label=rules.labels.reason,
        reason_missing=attribute(rules.labels.reason) not in tables.conversations,
    )


def choosable(snapshot: Snapshot, period: Period, chosen: str | None, rules: Rules) -> list[Person]:
    """Members, whoever else has conversations in the period, and who is chosen; by name."""
    tables, known = snapshot.tables, names(snapshot.tables, rules)
    goals = team_goals(View(tables, period, EVERYTHING, rules))
    ids = {*members(tables, rules)["id"], *goals, *([chosen] if chosen else [])}
    people = [Person(str(one), known.get(str(one), ("", ""))[0]) for one in ids]
    return sorted(people, key=lambda one: (one.id == UNASSIGNED, one.name.casefold(), one.id))


def _line(agent: str, reached: Goal, known: dict[str, tuple[str, str]]) -> Line:
    if agent == UNASSIGNED:
        return Line(agent, "", "unassigned", reached)
    name, status = known.get(agent, ("", "left"))
    return Line(agent, name, status, reached)


def _windows(snapshot: Snapshot, rules: Rules) -> tuple[View, Period | None]:
    window = last_days(WINDOW_DAYS, snapshot.published_at, rules.time_zone)
    view = View(snapshot.tables, window, EVERYTHING, rules)
    return view, comparable(window, snapshot.history.first_day)
