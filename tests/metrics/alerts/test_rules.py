from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from metrics.alerts.evaluation import Situation, evaluate
from metrics.alerts.model import SourceHealth
from metrics.alerts.rules import RULES, OverloadSettings, QueueSettings
from metrics.model.definitions import TeamRule
from tests.worlds.tables import (
    FINANCE,
    NOW,
    SUPPORT,
    UTC_RULES,
    agents,
    conversations,
    tables,
    teams,
)

# Tuesday noon in UTC: office hours.
OK = {"intercom": SourceHealth("ok"), "aircall": SourceHealth("ok")}
TEAMS = teams({"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"})
OPEN = ((time(9), time(18)),)


def rules(**values):
    quiet = {"goal_online_text": 0, "goal_online_voice": 0}
    return replace(UTC_RULES, **{**quiet, **values})


def person(row_id, **values):
    return {"id": row_id, "name": f"Pessoa {row_id}", "team_ids": SUPPORT, "away": False, **values}


def waiting(row_id, since, team=SUPPORT, **values):
    return {
        "id": row_id,
        "created_at": since or "2026-11-24T10:00:00Z",
        "waiting_since": since,
        "team_id": team,
        **values,
    }


ALONE = (person("1"),)


def world(*rows, people=ALONE, now=NOW):
    return tables(conversations(*rows), agents_=agents(*people), teams_=TEAMS, now=now)


def look(content, *, settings=None, sources=OK, with_rules=None, **values):
    situation = Situation(content, with_rules or rules(), sources, **values)
    return evaluate(situation, lambda key: (settings or {}).get(key) or RULES[key].settings())


def fired(content, **values):
    return {p.key: p for p in look(content, **values).problems if p.fires}


def test_a_queue_fires_for_each_team_with_its_oldest_wait_and_who_could_help():
    content = world(
        waiting("a", "2026-11-24T11:50:00Z"),
        waiting("b", "2026-11-24T11:37:19Z"),
        waiting("c", None),
        waiting("d", "2026-11-24T11:59:00Z", FINANCE),
        waiting("taken", "2026-11-24T11:00:00Z", agent_id="1"),
        people=(person("1"), person("2", away=True), person("3", team_ids=FINANCE)),
    )
    found = fired(content)
    assert set(found) == {f"queue:team:{SUPPORT}", f"queue:team:{FINANCE}"}
    queue = found[f"queue:team:{SUPPORT}"]
    assert (queue.value, queue.threshold, queue.severity) == (3, 1, "critical")
    assert queue.facts == {"oldest_seconds": 22 * 60 + 41}
    assert queue.since == NOW.timestamp() - (22 * 60 + 41)
    assert queue.tickets == ("b", "a", "c")
    assert queue.team == "Suporte N1"
    assert queue.hands == (("1", 1),)
    assert found[f"queue:team:{FINANCE}"].hands == (("3", 0),)


def test_a_queue_below_the_minimum_does_not_fire_and_is_not_over():
    content = world(waiting("a", "2026-11-24T11:50:00Z"), waiting("b", "2026-11-24T11:50:00Z"))
    (problem,) = look(content, settings={"queue": QueueSettings(minimum=3)}).problems
    assert (problem.fires, problem.value) == (False, 2)
    assert look(world()).problems == ()


@pytest.mark.parametrize(("minutes", "fires"), [(9, True), (10, True), (11, False)])
def test_with_a_minimum_wait_a_queue_fires_on_those_who_waited_for_it(minutes, fires):
    content = world(waiting("a", "2026-11-24T11:50:00Z"), waiting("b", None))
    least = rules(queue_minimum_wait_seconds=minutes * 60)
    (problem,) = look(content, with_rules=least).problems
    assert problem.fires is fires
    assert problem.value == 2


@pytest.mark.parametrize("teams", [(), (TeamRule(SUPPORT),)], ids=["all", "one"])
def test_what_nobody_answers_for_is_told_whatever_teams_are_in_scope(teams):
    content = world(
        waiting("limbo", "2026-11-24T11:00:00Z", None),
        waiting("orphan", "2026-11-24T11:00:00Z", FINANCE, agent_id="1"),
        people=(person("1", active=False),),
    )
    found = fired(content, with_rules=rules(teams=teams))
    assert set(found) == {"queue:team:none", "orphaned:agent:1"}


@pytest.mark.parametrize(
    ("seconds", "severity"),
    [(0, "info"), (449, "info"), (450, "warning"), (899, "warning"), (900, "critical")],
)
def test_the_oldest_wait_decides_how_bad_a_queue_is_then_and_later(seconds, severity):
    content = world(
        waiting("a", NOW - timedelta(seconds=seconds)),
        waiting("b", NOW),
        waiting("theirs", None, FINANCE),
    )
    found = fired(content)
    assert found[f"queue:team:{SUPPORT}"].severity == severity
    assert found[f"queue:team:{FINANCE}"].severity == "info"
    young = fired(world(waiting("a", NOW)))[f"queue:team:{SUPPORT}"]
    assert young.at(NOW.timestamp() + seconds).severity == severity


ABSENT = [
    person("1", away=True, away_since="2026-11-24T11:00:00Z"),
    person("1", active=False),
    person("1", bot=True),
    person("2"),
]


@pytest.mark.parametrize("holder", ABSENT, ids=["away", "left", "bot", "unknown"])
def test_what_waits_with_somebody_who_is_not_there_is_told(holder):
    late = [waiting(n, f"2026-11-24T11:3{n}:00Z", agent_id="1") for n in ("6", "7")]
    later = waiting("8", "2026-11-24T11:55:00Z", agent_id="1")
    ours_no_more = waiting("9", None, agent_id="1")
    problem = fired(world(later, *late, ours_no_more, people=(holder,)))["orphaned:agent:1"]
    assert (problem.value, problem.tickets) == (2, ("6", "7"))
    assert look(world(later, people=(holder,))).problems == (), "not long enough"


@pytest.mark.parametrize("since", [None, "2026-11-24T11:40:00Z"])
def test_who_went_away_after_the_wait_began_and_who_is_there_holds_nothing_orphaned(since):
    holder = person("1", away=since is not None, away_since=since)
    row = waiting("7", "2026-11-24T11:30:00Z", agent_id="1")
    assert fired(world(row, people=(holder,))) == {}


def test_overload_begins_with_the_limit_and_counts_over_all_teams():
    def held(count):
        rows = [
            waiting(str(n), "2026-11-24T11:00:00Z" if n % 2 else None, FINANCE, agent_id="1")
            for n in range(count)
        ]
        return world(*rows, waiting("z", None, agent_id="1", state="closed"))

    scoped = rules(teams=(TeamRule(SUPPORT),))
    assert fired(held(9), with_rules=scoped) == {}
    problem = fired(held(10), with_rules=scoped)["overload:agent:1"]
    assert (problem.value, problem.threshold, problem.facts) == (10, 10, {"ours": 5})
    assert problem.agent == "Pessoa 1"
    assert set(problem.tickets[:5]) == {"1", "3", "5", "7", "9"}


def test_a_spike_names_the_person_or_the_team_and_its_conversations():
    recent = [
        waiting(str(n), None, agent_id="1", created_at=f"2026-11-24T11:4{n}:00Z") for n in range(3)
    ]
    problem = fired(world(*recent))["spike:agent:1"]
    assert (problem.value, problem.threshold, problem.agent) == (3, 3, "Pessoa 1")
    assert problem.tickets == ("0", "1", "2")
    assert problem.since == NOW.timestamp() - 20 * 60
    before = [
        waiting(
            f"w{week}", None, created_at=str(NOW - timedelta(weeks=week, hours=4)), state="closed"
        )
        for week in range(1, 13)
    ]
    taken = [{**row, "agent_id": None, "state": "closed"} for row in recent]
    adaptive = {"with_rules": rules(spike_mode="adaptive"), "first_day": date(2026, 8, 1)}
    (team,) = fired(world(*taken, *before), **adaptive).values()
    assert (team.key, team.team, team.agent_id) == (f"spike:team:{SUPPORT}", "Suporte N1", None)
    assert team.facts == {"minutes": 30, "expected": 0.0}


def test_a_goal_counts_who_is_there_and_who_is_away_because_of_a_call():
    people = (
        person("1"),
        person("2", away=True, voice_id="9", voice_status="in_call"),
        person("3", away=True),
    )
    goal = rules(goal_online_text=3)
    problem = fired(world(people=people), with_rules=goal)["staffing_text:all"]
    assert (problem.value, problem.threshold) == (2, 3)
    assert problem.hands == (("3", 0),)
    assert fired(world(people=people), with_rules=rules(goal_online_text=2)) == {}


def test_a_team_with_a_goal_of_its_own_is_watched_by_itself():
    people = (person("1"), person("2"), person("3", team_ids=FINANCE, away=True))
    own = rules(
        goal_online_text=2,
        teams=(TeamRule(SUPPORT, online_text=2), TeamRule(FINANCE, online_text=1)),
    )
    assert set(fired(world(people=people), with_rules=own)) == {f"staffing_text:team:{FINANCE}"}


def test_voice_counts_available_in_call_and_after_call_work():
    people = tuple(
        person(str(n), voice_id=str(n), voice_status=status)
        for n, status in enumerate(["available", "in_call", "after_call_work", "offline", "novel"])
    )
    assert fired(world(people=people), with_rules=rules(goal_online_voice=3)) == {}
    problem = fired(world(people=people), with_rules=rules(goal_online_voice=4))
    assert problem["staffing_voice:all"].value == 3


@pytest.mark.parametrize(
    ("now", "hours", "is_watched"),
    [
        ("2026-11-24T09:00:00Z", "office", True),
        ("2026-11-24T08:59:59Z", "office", False),
        ("2026-11-24T18:00:00Z", "office", False),
        ("2026-11-28T12:00:00Z", "office", False),  # Saturday
        ("2026-12-25T12:00:00Z", "office", False),  # a holiday
        ("2026-11-28T03:00:00Z", "always", True),
        ("2026-11-24T12:00:00Z", "never", False),
    ],
)
def test_staffing_is_watched_in_working_hours_only(now, hours, is_watched):
    goals = rules(goal_online_text=4, goal_online_voice=2, holidays=frozenset({date(2026, 12, 25)}))
    evaluation = look(world(now=now), working_hours=hours, with_rules=goals)
    keys = {problem.key for problem in evaluation.problems}
    assert keys == ({"staffing_text:all", "staffing_voice:all"} if is_watched else set())
    assert bool(evaluation.idle) is not is_watched


def test_nobody_who_is_known_is_no_data_and_never_zero_online():
    people = (person("1", away=None),)
    assert fired(world(people=people), with_rules=rules(goal_online_text=4)) == {}


def bad(state="failed", minutes=10.0):
    since = NOW.timestamp() - minutes * 60
    return SourceHealth(state, bad_since=since, as_of=since - 60)


@pytest.mark.parametrize("state", ["late", "failed", "starting"])
def test_old_numbers_of_intercom_neither_fire_nor_resolve(state):
    content = world(waiting("a", "2026-11-24T11:00:00Z"))
    goals = rules(goal_online_text=4, goal_online_voice=2)
    sources = {"intercom": bad(state), "aircall": SourceHealth("ok")}
    evaluation = look(content, sources=sources, with_rules=goals)
    assert {p.rule for p in evaluation.problems} <= {"stale"}
    named = {
        "queue",
        "orphaned",
        "ai_stuck",
        "overload",
        "spike",
        "staffing_text",
        "staffing_voice",
    }
    assert named <= evaluation.unknown


def test_without_aircall_calls_are_unknown_and_conversations_are_not():
    content = world(waiting("a", "2026-11-24T11:00:00Z"))
    sources = {"intercom": SourceHealth("ok"), "aircall": bad()}
    evaluation = look(content, sources=sources, with_rules=rules(goal_online_voice=2))
    assert {p.key for p in evaluation.problems} == {f"queue:team:{SUPPORT}", "stale:source:aircall"}
    assert "staffing_voice" in evaluation.unknown


@pytest.mark.parametrize(("voices", "is_sure"), [(("9", None), True), (("9", "8"), False)])
def test_who_is_away_may_be_on_a_call_that_a_silent_aircall_does_not_tell(voices, is_sure):
    people = (
        person("1"),
        *(person(str(n), away=True, voice_id=voice) for n, voice in enumerate(voices, 2)),
    )
    sources = {"intercom": SourceHealth("ok"), "aircall": bad()}
    evaluation = look(world(people=people), sources=sources, with_rules=rules(goal_online_text=3))
    assert ("staffing_text:all" in {p.key for p in evaluation.problems}) is is_sure
    assert ("staffing_text:all" in evaluation.unknown) is not is_sure


def test_telephones_whose_state_nobody_tells_are_not_missed():
    people = (person("1", voice_id="1"), person("2", voice_id="2"))
    assert fired(world(people=people), with_rules=rules(goal_online_voice=2)) == {}


def test_telephony_that_is_off_is_not_missed():
    sources = {"intercom": SourceHealth("ok"), "aircall": SourceHealth("off")}
    evaluation = look(world(), sources=sources, with_rules=rules(goal_online_voice=2))
    assert evaluation.problems == ()
    assert evaluation.idle == {"staffing_voice": "off"}


@pytest.mark.parametrize(("minutes", "fires"), [(5, False), (5.1, True)])
@pytest.mark.parametrize("state", ["late", "failed"])
def test_old_data_are_told_after_the_agreed_minutes(state, minutes, fires):
    (problem,) = look(world(), sources={**OK, "aircall": bad(state, minutes)}).problems
    assert (problem.key, problem.fires) == ("stale:source:aircall", fires)
    assert problem.value == pytest.approx(minutes * 60)


def test_a_source_that_starts_anew_says_nothing_about_its_old_failure():
    evaluation = look(world(), sources={**OK, "aircall": SourceHealth("starting")})
    assert "stale:source:aircall" in evaluation.unknown


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("conversations", {"queue", "orphaned", "ai_stuck", "overload", "spike"}),
        (
            "agents",
            {
                "queue",
                "orphaned",
                "ai_stuck",
                "overload",
                "spike",
                "staffing_text",
                "staffing_voice",
            },
        ),
        ("calls", set()),
    ],
)
def test_a_table_with_holes_ends_no_problem(missing, unknown):
    assert look(world(), missing=frozenset({missing})).unknown == unknown


def test_the_settings_say_how_bad_each_rule_is():
    held = [waiting(str(n), None, agent_id="1") for n in range(10)]
    settings = {"overload": OverloadSettings(severity="info")}
    (problem,) = fired(world(*held), settings=settings).values()
    assert problem.severity == "info"
