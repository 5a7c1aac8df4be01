"""For whoever watches the process: no sign-in, no data."""

import pytest

from services.snapshot.manifest import SourceStatus
from tests.worlds.api_world import AS_OF_TEXT, OK_SOURCES, snapshot


def test_a_process_that_lives_says_so_even_without_data(fresh):
    answer = fresh(starting=True).browser().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    assert answer.headers["X-Build"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_not_ready_before_anything_was_collected(fresh):
    answer = fresh(starting=True).browser().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"ready": False, "waiting_for": ["snapshot"]}


@pytest.mark.parametrize(
    ("voice", "status", "waiting"),
    [
        ("ok", 200, []),
        ("failed", 200, []),
        ("late", 200, []),
        ("off", 200, []),
        ("starting", 503, ["aircall"]),
    ],
)
def test_it_is_ready_once_every_source_answered_or_failed_once(fresh, voice, status, waiting):
    sources = {**OK_SOURCES, "aircall": SourceStatus(voice, AS_OF_TEXT)}
    answer = fresh(current=snapshot(sources=sources)).browser().get("/readyz")
    assert answer.status_code == status
    assert answer.get_json() == {"ready": not waiting, "waiting_for": waiting}


def test_nothing_of_the_operation_is_told(world):
    for path in ("/healthz", "/readyz"):
        text = world.browser().get(path).text
        assert "example.com" not in text
        assert "abc123" not in text
