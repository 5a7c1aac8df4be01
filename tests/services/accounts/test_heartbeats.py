"""Signs of life: rare writes, on disk and on Redis."""

import pytest

from services.accounts.heartbeats import Heartbeats
from services.accounts.sessions import hash_word


@pytest.fixture
def clock():
    return [1_800_000_000.0]


@pytest.fixture
def heartbeats(store, clock):
    return Heartbeats(store, lambda: clock[0])


def test_a_screen_is_known_by_the_id_of_its_link(heartbeats, clock):
    heartbeats.note("word", "device", "TV da sala")
    [beat] = heartbeats.load_all().values()
    assert (beat.id, beat.kind, beat.name) == (hash_word("word"), "device", "TV da sala")
    assert not beat.is_silent(clock[0] + 300, 300)
    assert beat.is_silent(clock[0] + 301, 300)


def test_it_is_written_once_a_minute_whatever_the_clock_was_put_to(heartbeats, clock):
    first = clock[0]
    for moved, written in ((0, 0), (30, 0), (56, 56), (-500, -500), (-490, -500)):
        clock[0] = first + moved
        heartbeats.note("word", "device", "TV")
        [beat] = heartbeats.load_all().values()
        assert beat.seen_at == first + written, moved


def test_a_revoked_screen_is_forgotten(heartbeats):
    heartbeats.note("word", "device", "TV")
    heartbeats.forget(hash_word("word"))
    assert heartbeats.load_all() == {}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"kind":"device","name":"x","seen_at":"y"}']
)
def test_what_is_damaged_is_no_sign_of_life(heartbeats, store, content):
    store.set("heartbeat/x", content)
    assert heartbeats.load_all() == {}
