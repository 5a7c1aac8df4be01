"""Staffing for machines: the numbers of the page, from the same functions."""

import orjson
import pytest

from metrics.planning.schedule import read_day
from services.files.schedule import KEY, Change, change_schedule
from services.snapshot.manifest import SourceStatus
from services.snapshot.time_totals import PREFIX
from tests.callbacks.pages.staffing.test_staffing import CALLS
from tests.worlds.api_world import ANALYST, JOAO, LUANA, MARIANA, OK_SOURCES, Api, snapshot


class _State(dict):
    """As much of a store as the schedule needs."""

    def add(self, key, value):
        self[key] = value
        return True


def asked(*cells, **options):
    """The API over twelve Mondays of calls, with these shifts."""
    api = Api(snapshot(calls=CALLS, **options))
    state = _State()
    wanted = [Change(agent, day, (), read_day(text)) for agent, day, text in cells]
    change_schedule(state, wanted, by="Marina", at=1.0)
    api.store.values[KEY] = state[KEY]
    return api


SHIFTS = [(JOAO, 0, "09:00-18:00"), (LUANA, 0, "09:00-13:00"), (LUANA, 1, "22:00-06:00")]


def test_the_fair_target_is_that_of_the_page():
    told = asked(*SHIFTS).get("fair_target")
    assert (told["calls"], told["shifts"], told["hours"]) == (12, 11, 76.0)
    assert told["per_shift"] == pytest.approx(12 / 11)
    assert told["counted"] == {"from": "2026-10-28", "to": "2026-11-24"}
    joao, luana = told["people"]
    assert (joao["name"], joao["status"], joao["calls"], joao["shifts"]) == (
        "João Vitor Lacerda",
        "member",
        8,
        4,
    )
    assert joao["expected"] == pytest.approx(48 / 11)
    assert luana["difference"] == pytest.approx(4 - 84 / 11)


def test_hours_transfers_and_filters_are_those_of_the_page():
    api = asked(*SHIFTS)
    by_hours = api.get("fair_target", basis="hours")
    assert by_hours["people"][0]["expected"] == pytest.approx(12 * 36 / 76)
    one = api.get("fair_target", agent=LUANA)
    assert [person["id"] for person in one["people"]] == [LUANA]
    assert one["others"] == []


def test_time_away_is_told_by_person_and_day_of_those_who_are_chosen():
    api = asked()
    totals = {LUANA: [[0, 0, 60, 30], [0, 0, 60, 90]], JOAO: [[0, 0, 0, 10], [0, 0, 0, 10]]}
    document = {"until": "2026-11-24T12:00:00+00:00", "people": totals}
    for day in ("2026-11-24", "2026-11-01"):
        api.store.values[f"{PREFIX}{day}"] = orjson.dumps(document)
    told = api.get("time_away", from_="2026-11-20", agent=LUANA)
    assert told["until"] == "2026-11-24T12:00:00Z"
    [line] = told["people"]
    assert (line["day"], line["id"], line["name"]) == ("2026-11-24", LUANA, "Luana Tavares")
    assert (line["away_seconds"], line["observed_seconds"]) == (30, 90)
    assert line["whole_day"]["away"] == 90
    assert len(api.get("time_away", from_="2026-11-20")["people"]) == 2


def test_leavers_and_people_without_a_shift_are_told():
    told = asked((MARIANA, 0, "9-18")).get("fair_target")
    assert [(p["name"], p["status"]) for p in told["people"]] == [("Mariana Pontes", "left")]
    assert [(p["id"], p["calls"]) for p in told["others"]] == [(JOAO, 8), (LUANA, 4)]


def test_calls_that_were_never_read_are_no_zero():
    sources = {**OK_SOURCES, "aircall": SourceStatus("off", None)}
    told = asked(*SHIFTS, sources=sources).get("fair_target")
    assert (told["calls"], told["per_shift"], told["people"]) == (None, None, [])


def test_the_week_is_that_of_the_page():
    told = asked(*SHIFTS).get("staffing")
    assert told["schedule_version"] == 1
    calls = told["streams"]["calls"]
    assert (calls["arrived"], calls["occurrences"][0]) == (36, 12)
    ten = next(h for h in calls["half_hours"] if (h["weekday"], h["starts"]) == (0, "10:00"))
    assert (ten["arrivals"], ten["there"], ten["needed"], ten["scheduled"]) == (2.0, 1, 2, 2.0)
    assert 0.8 < ten["in_time"] < 1
    assert ten["unstable"] is False
    night = next(h for h in calls["half_hours"] if (h["weekday"], h["starts"]) == (1, "22:00"))
    assert (night["arrivals"], night["in_time"], night["scheduled"]) == (0.0, None, 1.0)


def test_what_is_unstable_has_no_share():
    told = asked().get("staffing", volume="300", handling="300")
    assert {h["unstable"] for h in told["streams"]["calls"]["half_hours"]} == {True}
    assert {h["in_time"] for h in told["streams"]["calls"]["half_hours"]} == {None}
    patient = asked(*SHIFTS).get("staffing", volume="300", handling="300", patience="60")
    ten = next(h for h in patient["streams"]["calls"]["half_hours"] if h["starts"] == "10:00")
    assert 0 < ten["gives_up"] < 1


@pytest.mark.parametrize(
    "query",
    [{"volume": "9999"}, {"target": "x"}, {"stream": "mail"}, {"patience": "-1"}, {"heat": "gap"}],
)
def test_what_cannot_be_assumed_is_refused_by_name(query):
    status, code, message = asked().refused("staffing", **query)
    assert (status, code) == (400, "invalid_parameter")
    assert message.startswith(next(iter(query)))


@pytest.mark.parametrize("route", ["fair_target", "staffing"])
def test_analysts_are_told_nothing_of_others(route):
    assert asked().refused(route, viewer=ANALYST)[0] == 403


def test_a_changed_schedule_is_seen_at_once():
    api = asked()
    assert api.get("fair_target")["shifts"] == 0
    other = asked(*SHIFTS)
    api.store.values[KEY] = other.store.values[KEY]
    assert api.get("fair_target")["shifts"] == 11
