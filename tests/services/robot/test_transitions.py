"""How problems live, on a small store in memory: no delivery is looked at here."""

from collections.abc import Iterable

import pytest

from metrics.alerts.model import Evaluation, Problem
from services.robot.state import AlertState
from services.robot.transitions import Policy, acknowledge_incident, advance, mute_incident

QUEUE, LOAD, STALE = "queue:team:6101", "overload:agent:201", "stale:source:aircall"
COOLDOWNS = {"queue": 600.0, "overload": 1200.0, "stale": 600.0}
ALL = ("intercom", "aircall")


def problem(key=QUEUE, value=1.0, **values):
    rule = key.split(":")[0]
    severity = "critical" if rule == "queue" else "warning"
    given = {"severity": severity, "threshold": 1, **values}
    return Problem(rule=rule, key=key, value=value, **given)


class Story:
    def __init__(self, **policy):
        self.state = AlertState()
        self.now = 1_000_000.0
        self.count = 0
        self.policy = {"cooldowns": COOLDOWNS, **policy}

    def rules(self):
        return Policy(make_id=self.name, **self.policy)

    def name(self):
        self.count += 1
        return f"id{self.count}"

    def look(self, *problems, unknown: Iterable[str] = (), idle=None, fresh=ALL, after=60.0):
        """What is said at this evaluation, as (event, key)."""
        self.now += after
        evaluation = Evaluation(tuple(problems), frozenset(unknown), idle or {})
        known = {entry.id for entry in self.state.outbox}
        self.state = advance(self.state, evaluation, self.rules(), self.now, fresh_sources=fresh)
        said = [entry for entry in self.state.outbox if entry.id not in known]
        incidents = {incident.id: incident.problem.key for incident in self.state.incidents}
        return [[(event, incidents[incident]) for incident, event in entry.items] for entry in said]

    @property
    def incident(self):
        return self.state.incidents[-1]


def test_a_problem_is_told_once_and_again_only_after_its_own_cool_down():
    story = Story()
    assert story.look(problem()) == [[("fired", QUEUE)]]
    for _ in range(9):
        assert story.look(problem()) == []
    assert story.look(problem()) == [[("repeated", QUEUE)]]
    assert story.incident.notification_count == 2


def test_problems_of_one_moment_are_one_message_the_worst_first():
    story = Story()
    said = story.look(problem(LOAD), problem(QUEUE), problem("queue:team:6102"))
    assert said == [[("fired", QUEUE), ("fired", "queue:team:6102"), ("fired", LOAD)]]


def test_one_problem_does_not_use_up_the_cool_down_of_another():
    story = Story()
    story.look(problem(LOAD))
    assert story.look(problem(LOAD), problem()) == [[("fired", QUEUE)]]


def test_it_ends_with_its_length_and_peak():
    story = Story()
    story.look(problem(value=2))
    story.look(problem(value=6), after=240)
    story.look(problem(value=3), after=300)
    assert story.look(after=300) == [[("ended", QUEUE)]]
    assert (story.incident.peak, story.incident.duration_seconds(0), story.incident.ending) == (
        6,
        840,
        "resolved",
    )
    assert [what for _, what, _ in story.incident.events] == ["fired", "told", "peak", "ended"]


def test_the_peak_of_staffing_is_the_least():
    story = Story()
    for value in (3, 1, 2):
        story.look(problem("staffing_text:all", value))
    assert story.incident.peak == 1


def test_a_queue_below_its_minimum_goes_on_and_is_not_repeated():
    story = Story()
    story.look(problem(value=3))
    for _ in range(20):
        assert story.look(problem(value=2, fires=False)) == []
    assert story.look() == [[("ended", QUEUE)]]


def test_overload_ends_after_two_evaluations_in_a_row():
    story = Story()
    story.look(problem(LOAD))
    assert story.look() == []
    assert story.look(problem(LOAD)) == []
    assert story.look() == []
    assert story.look() == [[("ended", LOAD)]]
    assert story.incident.notification_count == 1


def test_the_same_data_looked_at_twice_are_one_evaluation():
    story = Story()
    story.look(problem(LOAD))
    for _ in range(5):
        assert story.look(fresh=("aircall",)) == []
    assert [story.look(), story.look()] == [[], [[("ended", LOAD)]]]


@pytest.mark.parametrize("unknown", ["queue", QUEUE])
def test_what_is_unknown_neither_ends_nor_repeats(unknown):
    story = Story()
    story.look(problem())
    for _ in range(20):
        assert story.look(unknown={unknown}) == []
    assert story.incident.is_live
    assert story.look() == [[("ended", QUEUE)]]


def test_when_the_office_closes_staffing_ends_with_it():
    story = Story()
    story.look(problem("staffing_text:all"))
    assert story.look(idle={"staffing_text": "hours"}) == [[("ended", "staffing_text:all")]]
    assert story.incident.ending == "hours"


def test_a_rule_that_is_switched_off_ends_its_problems_and_finds_none():
    story = Story()
    story.look(problem())
    story.policy["disabled"] = frozenset({"queue"})
    assert story.look(problem()) == [[("ended", QUEUE)]]
    assert story.incident.ending == "off"
    assert story.look(problem()) == []


def test_a_problem_that_comes_back_is_another_life():
    story = Story()
    story.look(problem())
    story.look()
    assert story.look(problem()) == [[("fired", QUEUE)]]
    assert len({incident.id for incident in story.state.incidents}) == 2


def test_in_quiet_hours_only_critical_problems_speak():
    story = Story(is_quiet=True)
    assert story.look(problem(LOAD), problem()) == [[("fired", QUEUE)]]
    story.policy["is_quiet"] = False
    # What still goes on is told when they end.
    assert story.look(problem(LOAD), problem()) == [[("fired", LOAD)]]


def test_what_came_and_went_in_quiet_hours_is_not_told():
    story = Story(is_quiet=True)
    story.look(problem(LOAD))
    assert [story.look(), story.look()] == [[], []]
    story.policy["is_quiet"] = False
    assert story.look() == []
    assert not story.incident.is_live


def test_an_end_in_quiet_hours_is_told_when_they_are_over():
    story = Story()
    story.look(problem(LOAD))
    story.policy["is_quiet"] = True
    assert [story.look(), story.look()] == [[], []]
    assert not story.state.finished_incidents()
    story.policy["is_quiet"] = False
    assert story.look() == [[("ended", LOAD)]]


def test_who_takes_a_problem_on_silences_its_repetitions_but_not_its_end():
    story = Story()
    story.look(problem())
    story.state = acknowledge_incident(
        story.state, story.incident.id, "Marina", story.rules(), story.now
    )
    story.state = acknowledge_incident(
        story.state, story.incident.id, "Caio", story.rules(), story.now
    )
    assert story.incident.acknowledged_by == "Marina"
    for _ in range(30):
        assert story.look(problem()) == []
    assert story.look() == [[("ended", QUEUE)]]


def test_a_problem_can_be_muted_for_a_while():
    story = Story()
    story.look(problem())
    story.state = mute_incident(story.state, story.incident.id, story.now + 1800, story.now)
    assert [said for _ in range(29) for said in story.look(problem())] == []
    assert story.look(problem()) == [[("repeated", QUEUE)]]


def test_a_robot_that_may_not_speak_watches():
    story = Story(is_enabled=False)
    assert story.look(problem()) == []
    assert story.incident.is_live
    story.policy["is_enabled"] = True
    assert story.look(problem()) == [[("fired", QUEUE)]]


def test_a_robot_that_was_silenced_owes_no_ends():
    story = Story()
    story.look(problem())
    story.policy["is_enabled"] = False
    assert story.look() == []
    story.policy["is_enabled"] = True
    assert story.look() == []


def test_a_clock_that_is_set_back_neither_floods_nor_silences():
    story = Story()
    story.look(problem())
    assert story.look(problem(), after=-7200) == []
    assert sum(len(story.look(problem())) for _ in range(9)) == 0
    assert story.look(problem()) == [[("repeated", QUEUE)]]
    story.look(after=-7200)
    assert story.incident.duration_seconds(story.now) == 0


def test_a_clock_that_jumps_ahead_repeats_once():
    story = Story()
    story.look(problem())
    assert story.look(problem(), after=86400) == [[("repeated", QUEUE)]]
    assert story.look(problem()) == []


def test_the_book_keeps_no_names():
    story = Story()
    story.look(problem(team="Suporte N1", agent="João"))
    assert (story.incident.problem.team, story.incident.problem.agent) == ("", "")
