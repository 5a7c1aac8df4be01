"""Sessions of people and links of screens: what is kept, and what ends them."""

import orjson
import pytest

from services.accounts.accounts import Account
from services.accounts.sessions import Session, Sessions, derive_proof, hash_word
from services.settings.config import Settings

ANA = Account("ana@example.com", "Ana", "analyst", "scrypt:1:1:1$salt$0a")


@pytest.fixture
def clock():
    return [1_800_000_000.0]


@pytest.fixture
def sessions(store, clock):
    settings = Settings.model_validate({"access": {"session_hours": 2}})
    return Sessions(store, settings, clock=lambda: clock[0])


def everything(store):
    return "\n".join(f"{key} {store.get(key)}" for key in store.keys(""))


def test_a_session_is_found_by_its_word(sessions):
    assert sessions.find(sessions.open(ANA)) == Session("ana@example.com", proof=derive_proof(ANA))


def test_words_are_long_and_never_the_same(sessions):
    words = {sessions.open(ANA) for _ in range(50)} | {sessions.add_device("TV") for _ in range(50)}
    assert len(words) == 100
    assert min(map(len, words)) >= 43


def test_neither_words_nor_hashes_of_passwords_are_kept(sessions, store):
    words = [sessions.open(ANA), sessions.add_device("TV da sala")]
    kept = everything(store)
    for secret in (*words, ANA.password_hash, hash_word(ANA.password_hash)):
        assert secret not in kept


def test_a_session_ends_at_its_hour_whatever_the_store_says(sessions, clock):
    word = sessions.open(ANA)
    clock[0] += 7199.9
    assert sessions.find(word) is not None
    clock[0] += 0.1
    assert sessions.find(word) is None


def test_looking_does_not_prolong_it(sessions, clock):
    word = sessions.open(ANA)
    for _ in range(8):
        clock[0] += 900
        sessions.find(word)
    assert sessions.find(word) is None


def test_a_closed_session_is_over_and_others_are_not(sessions):
    one, other = sessions.open(ANA), sessions.open(ANA)
    sessions.close(one)
    assert sessions.find(one) is None
    assert sessions.find(other) is not None


@pytest.mark.parametrize("word", ["", "x", "é", "a" * 10_000, "../device/x", "*", "session/"])
def test_a_word_that_nobody_got_is_nobody(sessions, word):
    sessions.open(ANA)
    sessions.add_device("TV")
    assert sessions.find(word) is None


def test_the_name_under_which_a_session_is_kept_does_not_open_it(sessions, store):
    sessions.open(ANA)
    sessions.add_device("TV")
    for key in store.keys(""):
        assert sessions.find(key) is None
        assert sessions.find(key.partition("/")[2]) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b'"x"', b'{"until": 1}'])
def test_a_damaged_session_is_nobody(sessions, store, content):
    word = sessions.open(ANA)
    [key] = store.keys("session/")
    store.set(key, content)
    assert sessions.find(word) is None


def test_another_password_gives_another_proof():
    other = Account("ana@example.com", "Ana", "analyst", "scrypt:1:1:1$salt$0b")
    assert derive_proof(ANA) != derive_proof(other)
    assert derive_proof(ANA) not in ANA.password_hash


def test_a_screen_has_a_name_and_no_end(sessions, clock):
    word = sessions.add_device("  TV da sala  ")
    clock[0] += 10 * 365 * 86400
    assert sessions.find(word) == Session("", device="TV da sala")
    assert list(sessions.name_devices().values()) == ["TV da sala"]


@pytest.mark.parametrize(("given", "kept"), [("", "TV"), ("   ", "TV"), ("x" * 200, "x" * 80)])
def test_every_screen_has_a_name_of_some_length(sessions, given, kept):
    assert sessions.find(sessions.add_device(given)).device == kept


def test_signing_out_does_not_end_the_link_of_a_screen(sessions):
    word = sessions.add_device("TV")
    sessions.close(word)
    assert sessions.find(word) is not None


def test_a_revoked_screen_is_out_and_the_others_are_not(sessions):
    words = {name: sessions.add_device(name) for name in ("sala", "copa")}
    [sala] = [key for key, name in sessions.name_devices().items() if name == "sala"]
    assert sessions.revoke_device(sala)
    assert not sessions.revoke_device(sala)
    assert sessions.find(words["sala"]) is None
    assert sessions.find(words["copa"]) is not None
    assert list(sessions.name_devices().values()) == ["copa"]


def test_a_damaged_link_is_no_screen(sessions, store):
    word = sessions.add_device("TV")
    [key] = store.keys("device/")
    store.set(key, orjson.dumps({"made_at": 1}))
    assert sessions.find(word) is None
    assert sessions.name_devices() == {}


def test_all_processes_see_the_same_sessions(open_store, clock):
    one, other = (Sessions(open_store("state"), Settings(), lambda: clock[0]) for _ in range(2))
    word = one.open(ANA)
    assert other.find(word) is not None
    other.close(word)
    assert one.find(word) is None


@pytest.fixture
def limited(store, clock):
    """Sessions of ten hours, which an hour without a click ends too."""
    access = {"session_hours": 10, "idle_hours": 1}
    return Sessions(store, Settings.model_validate({"access": access}), clock=lambda: clock[0])


def test_an_hour_without_a_click_ends_a_session(limited, clock):
    word = limited.open(ANA)
    clock[0] += 3599
    assert limited.find(word) is not None
    clock[0] += 1
    assert limited.find(word) is None


def test_clicks_prolong_it_but_not_beyond_its_end(limited, clock):
    word = limited.open(ANA)
    for _ in range(19):
        clock[0] += 1800
        assert limited.find(word) is not None
        limited.note_activity(word)
    clock[0] += 1800
    assert limited.find(word) is None


def test_a_late_click_brings_nothing_back(limited, clock):
    word = limited.open(ANA)
    limited.close(word)
    limited.note_activity(word)
    assert limited.find(word) is None


def test_activity_is_written_once_a_minute_at_most(limited, store, clock):
    word = limited.open(ANA)
    limited.note_activity(word)
    [key] = store.keys("session-active/")
    first = store.get(key)
    clock[0] += 59
    limited.note_activity(word)
    assert store.get(key) == first
    clock[0] += 1
    limited.note_activity(word)
    assert store.get(key) != first
    assert word not in everything(store)


def test_without_that_setting_nothing_is_noted(sessions, store):
    sessions.note_activity(sessions.open(ANA))
    assert store.keys("session-active/") == []


def test_a_screen_is_never_idle(limited, clock):
    word = limited.add_device("TV")
    clock[0] += 86400 * 365
    assert limited.find(word) is not None


def test_somebody_is_signed_out_everywhere_and_nobody_else_is(sessions):
    other = Account("bia@example.com", "Bia", "analyst", "scrypt:1:1:1$salt$0a")
    words = [sessions.open(ANA) for _ in range(3)]
    untouched, screen = sessions.open(other), sessions.add_device("TV")
    assert sessions.close_all("ana@example.com", but=words[0]) == 2
    assert [bool(sessions.find(word)) for word in words] == [True, False, False]
    assert sessions.close_all("ana@example.com") == 1
    assert sessions.close_all("ana@example.com") == 0
    assert sessions.find(words[0]) is None
    assert sessions.find(untouched)
    assert sessions.find(screen)
