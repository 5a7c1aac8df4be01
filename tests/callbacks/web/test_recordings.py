"""The way to a recording: who may hear which, what is noted, where it leads."""

import orjson
import pytest

from services.settings.config import Settings
from tests.worlds.api_world import call, snapshot
from tests.worlds.web_world import ANALYST, MANAGER


def listen(browser, call_id, **options):
    return browser.get(f"/calls/{call_id}/recording", **options)


def audit(world):
    return [orjson.loads(world.state.get(key)) for key in world.state.keys("audit/recording/")]


def test_a_manager_hears_every_call_and_it_is_noted(fresh):
    world = fresh()
    for call_id in ("t1", "t2"):
        answer = listen(world.browser(MANAGER), call_id)
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"https://assets.aircall.io/calls/{call_id}/recording"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert sorted(note["call"] for note in audit(world)) == ["t1", "t2"]
    assert audit(world)[0] | {"call": ""} == {
        "at": int(world.now),
        "what": "recording",
        "call": "",
        "who": MANAGER,
    }


def test_an_analyst_hears_own_calls(fresh):
    world = fresh()
    assert listen(world.browser(ANALYST), "t1").status_code == 302
    assert [note["who"] for note in audit(world)] == [ANALYST]


@pytest.mark.parametrize("call_id", ["t2", "t4", "none", "%27", "..", "t1%00", "t1;", "T1"])
def test_what_an_analyst_may_not_hear_looks_like_what_is_not_there(fresh, call_id):
    world = fresh()
    answer = listen(world.browser(ANALYST), call_id)
    assert answer.status_code == 403
    assert answer.get_json()["error"]["message"] == "an analyst hears own calls only"
    assert audit(world) == []


def test_a_call_is_own_for_whoever_passed_it_on_too(fresh):
    passed = {"transferred_by_id": "901", "transferred_by_email": ANALYST}
    luanas = {"user_id": "902", "user_email": "luana.tavares@example.com"}
    world = fresh(current=snapshot(calls=[call("t9", **luanas, **passed), call("t8", **luanas)]))
    analyst = world.browser(ANALYST)
    assert listen(analyst, "t9").status_code == 302
    assert listen(analyst, "t8").status_code == 403


@pytest.mark.parametrize("call_id", ["t3", "t4", "none"])
def test_a_call_without_recording_is_not_found_and_not_noted(fresh, call_id):
    world = fresh()
    answer = listen(world.browser(MANAGER), call_id)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")
    assert audit(world) == []


def test_a_screen_and_a_stranger_hear_nothing(fresh):
    world = fresh()
    assert listen(world.screen(), "t1").status_code == 403
    assert listen(world.browser(), "t1").status_code == 302
    assert audit(world) == []


def test_the_page_of_a_recording_is_a_setting(fresh):
    settings = Settings.model_validate({"aircall": {"recording_url": "https://x.example/{id}"}})
    answer = listen(fresh(settings=settings).browser(MANAGER), "t1")
    assert answer.headers["Location"] == "https://x.example/t1"


def test_only_looking_whether_it_is_there_is_noted_too(fresh):
    world = fresh()
    answer = world.browser(MANAGER).client.head("/calls/t1/recording")
    assert answer.status_code == 302
    assert len(audit(world)) == 1
