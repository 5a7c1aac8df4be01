"""The audit: what is noted, how long, how much of it, and what is never in it."""

import pytest

from services.accounts import audit
from services.accounts.audit import KINDS, Audit, Entry
from services.errors import UnavailableError

DAY = 86400


@pytest.fixture
def clock():
    return [1_800_000_000.0]


@pytest.fixture
def trail(store, clock):
    return Audit(store, 90, lambda: clock[0], "key of the deployment")


def test_what_is_noted_is_told_the_newest_first(trail, clock):
    trail.note("sign_in", "ana@example.com")
    clock[0] += 0.002
    trail.note("export", "ana@example.com", page="quality", rows=7)
    assert list(trail.list_entries()) == [
        Entry(1_800_000_000, "export", "ana@example.com", {"page": "quality", "rows": 7}),
        Entry(1_800_000_000, "sign_in", "ana@example.com"),
    ]


def test_kinds_and_people_are_found(trail):
    for who in ("ana@example.com", "bia@example.com"):
        trail.note("sign_in", who)
        trail.note("sign_out", who)
    assert {entry.who for entry in trail.list_entries({"sign_out"})} == {
        "ana@example.com",
        "bia@example.com",
    }
    assert [e.what for e in trail.list_entries({"sign_in"}, "bia@example.com")] == ["sign_in"]
    assert list(trail.list_entries(set())) == []


@pytest.mark.parametrize("who", [None, "ana@example.com"])
def test_the_newest_may_be_left_out(trail, clock, who):
    for n in range(5):
        clock[0] += 1
        trail.note("export", "ana@example.com", rows=n)
    skipped = [e.about["rows"] for e in trail.list_entries({"export"}, who, 2)]
    assert skipped == [2, 1, 0]
    assert list(trail.list_entries({"export"}, who, 9)) == []


def test_nothing_is_told_after_its_days(trail, clock):
    trail.note("sign_in", "ana@example.com")
    clock[0] += 90 * DAY - 1
    assert list(trail.list_entries())
    clock[0] += 1
    assert list(trail.list_entries()) == []


def test_a_flood_of_one_kind_pushes_out_nothing_else(trail, store, clock, monkeypatch):
    monkeypatch.setattr(audit, "KEPT_PER_KIND", 10)
    trail.note("account", "ana@example.com")
    for _ in range(205):
        clock[0] += 1
        trail.note("failed_sign_in", "")
    failed = list(trail.list_entries({"failed_sign_in"}))
    assert len(failed) <= 10 + 100
    assert failed[0].at == int(clock[0])
    assert list(trail.list_entries({"account"}))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b'{"at":"x","what":1}'])
def test_a_damaged_note_is_none(trail, store, content):
    trail.note("cache", "command")
    store.set("audit/cache/000000000000001/00000000", content)
    store.set("audit/1/2", content)
    assert [entry.what for entry in trail.list_entries()] == ["cache"]


def test_what_was_typed_is_a_mark_that_only_this_deployment_makes(trail, store):
    one = trail.mark("hunter2-hunter2")
    assert one == trail.mark("hunter2-hunter2") != trail.mark("hunter3-hunter3")
    assert one != Audit(store, 90, lambda: 0.0, "another key").mark("hunter2-hunter2")
    assert "hunter2" not in one


def test_what_cannot_be_noted_is_not_done():
    class Down:
        def set(self, *_):
            raise UnavailableError("away")

    with pytest.raises(UnavailableError):
        Audit(Down(), 90, lambda: 1.0).note("export", "ana@example.com")


def test_every_process_notes_into_the_same_trail(open_store, clock):
    for _ in range(2):
        Audit(open_store("state"), 90, lambda: clock[0]).note("sign_in", "ana@example.com")
    assert len(list(Audit(open_store("state"), 90, lambda: clock[0]).list_entries())) == 2


def test_the_kinds_are_few():
    assert len(set(KINDS)) == len(KINDS) == 13
