"""Nobody is called because one vendor is a little ahead of the other."""

import pytest

from services.storage.disk_store import DiskStore
from tests.worlds.api_world import JOAO, LUANA, person
from tests.worlds.watching import FakeSlack, Watch

KEY = "staffing_text:all"


@pytest.fixture
def watch(tmp_path):
    stores = [DiskStore(tmp_path / name) for name in ("cache", "state")]
    opened = dict(zip(("cache", "state"), stores, strict=True)).__getitem__
    goals = {"online_text": 2, "online_voice": 0}
    yield Watch(opened, FakeSlack(), goals=goals)
    for store in stores:
        store.close()


def crew(away, voice, luana=False):
    """João as he is told to be, and Luana."""
    phone = {"voice_id": "901", "voice_status": voice}
    return [
        person(JOAO, "João", "joao@example.com", away=away, **phone),
        person(LUANA, "Luana", "luana@example.com", away=luana),
    ]


def test_the_end_of_a_call_that_one_vendor_sees_first_is_nothing(watch):
    watch.minute(people=crew(True, "in_call"))
    watch.minute(people=crew(True, "available"))
    watch.minute(people=crew(False, "available"))
    assert watch.slack.texts() == []


def test_who_stays_away_is_told_once_both_have_answered_again(watch):
    watch.minute(people=crew(True, "available"))
    assert watch.slack.texts() == []
    watch.minute(people=crew(True, "available"))
    watch.minute(people=crew(True, "available"))
    assert watch.slack.texts() == [f"fired {KEY} 1"]


def test_one_vendor_that_answers_alone_proves_nothing(watch):
    watch.minute(people=crew(True, "available"))
    watch.is_silent = True
    for _ in range(3):
        watch.as_of["aircall"] += 60
        watch.minute(people=crew(True, "available"))
    assert watch.slack.texts() == []
    watch.as_of["intercom"] += 60
    watch.minute(people=crew(True, "available"))
    assert watch.slack.texts() == [f"fired {KEY} 1"]


def test_where_no_call_can_explain_it_nobody_waits(watch):
    watch.minute(people=crew(False, "available", luana=True))
    assert watch.slack.texts() == [f"fired {KEY} 1"]


def test_what_goes_on_is_not_doubted_again(watch):
    for _ in range(2):
        watch.minute(people=crew(True, "available"))
    watch.minute(people=crew(True, "in_call"))
    assert [text.split()[0] for text in watch.slack.texts()] == ["fired", "ended"]
    watch.minute(people=crew(True, "available"))
    assert len(watch.slack.texts()) == 2
