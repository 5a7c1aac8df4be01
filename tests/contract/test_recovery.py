"""Every fault of a vendor, end to end: what the status says, and that nothing is lost after it."""

from contextlib import contextmanager

import pytest

from services.settings.config import Settings
from services.vendors.http import Limits
from tests.worlds.collected import at, collected

NOW = at("2026-11-18T18:20:00")
SMALL = {"days": 6, "conversations": 400, "calls": 160}
# A hang is waited for in real time: briefly.
IMPATIENT = Limits(connect=2.0, read=0.3, whole=2.0, attempts_seconds=0.5)


@contextmanager
def small_operation(folder):
    settings = Settings.model_validate({"sync": {"history_days": 5}})
    with collected(folder, NOW, settings, **SMALL) as running:
        for session in running.sessions:
            session._limits = IMPATIENT
        yield running


@pytest.fixture
def found(tmp_path):
    with small_operation(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    """One operation for tests that begin and end with all of it read: the history is read once."""
    with small_operation(tmp_path_factory.mktemp("healthy")) as running:
        yield running


def ids(rows):
    return {str(row["id"]) for row in rows}


def is_whole(found, snapshot):
    """All that the vendors have of the open ones and of the last days is there."""
    world = found.sandbox.advance()
    since = found.clock.now - 4 * 86400
    conversations = set(snapshot.tables.conversations["id"])
    calls = set(snapshot.tables.calls["id"])
    recent = [c for c in world.conversations if c["created_at"] >= since or c["state"] != "closed"]
    rung = [c for c in world.calls if c["started_at"] >= since]
    tickets = [t for t in found.sandbox.tickets if t["category"] == "Back-office"]
    tickets = [t for t in tickets if t["open"] or t["updated_at"] >= since]
    still = dict(snapshot.tables.tickets.select("id", "is_open").iter_rows())
    assert tickets
    assert ids(tickets) <= set(still)
    assert all(still[str(t["id"])] == t["open"] for t in tickets)
    states = dict(snapshot.tables.conversations.select("id", "state").iter_rows())
    assert ids(recent) <= conversations
    assert ids(rung) <= calls
    assert all(states[str(c["id"])] == c["state"] for c in recent)
    return True


@pytest.mark.parametrize("vendor", ["intercom", "aircall"])
@pytest.mark.parametrize(
    ("kind", "state", "cause"),
    [
        ("429", "late", "rate_limited"),
        ("500", "failed", "unavailable"),
        ("hang", "failed", "unavailable"),
        ("truncate", "failed", "bad_response"),
        ("malformed", "failed", "bad_response"),
        ("reset", "failed", "unavailable"),
        ("401", "failed", "unauthorized"),
    ],
)
def test_a_fault_keeps_the_last_good_data_and_loses_nothing(healthy, vendor, kind, state, cause):
    before = healthy.everything()
    assert is_whole(healthy, before)
    healthy.sandbox.fail(vendor, kind, retry_after=90)
    struck = healthy.minute()
    status = struck.sources[vendor]
    other = "aircall" if vendor == "intercom" else "intercom"
    assert (status.state, struck.meta["causes"][vendor]) == (state, cause)
    assert other not in struck.meta["causes"]
    assert struck.sources["tickets"].state == (state if vendor == "intercom" else "ok")
    assert len(struck.tables.tickets) >= len(before.tables.tickets)
    assert status.as_of == before.sources[vendor].as_of
    assert struck.sources[other].state == "ok"
    assert len(struck.tables.conversations) >= len(before.tables.conversations)
    assert len(struck.tables.calls) >= len(before.tables.calls)
    healthy.sandbox.heal()
    for _ in range(3):
        healed = healthy.minute()
    assert healed.sources[vendor].state == "ok"
    assert healed.sources[vendor].error is None
    assert is_whole(healthy, healed)


@pytest.mark.parametrize("kind", ["500", "truncate", "reset"])
def test_faults_in_the_middle_of_the_back_fill_lose_nothing(found, kind):
    for vendor in ("intercom", "aircall"):
        found.sandbox.fail(vendor, kind, times=3)
    for worker in found.run.workers:
        worker.step()
        worker.step()
    for vendor in ("intercom", "aircall"):
        found.sandbox.fail(vendor, kind, times=2)
    for _ in range(4):
        snapshot = found.minute()
    assert snapshot.history.complete
    assert is_whole(found, snapshot)


def test_a_conversation_that_was_deleted_goes_and_nothing_else(found):
    found.everything()
    world = found.sandbox.world
    gone = next(str(c["id"]) for c in world.conversations if c["state"] == "open")
    world.delete(gone)
    for _ in range(12):
        snapshot = found.minute()
    assert gone not in set(snapshot.tables.conversations["id"])
    assert is_whole(found, snapshot)


def test_a_vendor_that_is_down_at_the_start_is_waited_for(found):
    found.sandbox.fail("intercom", "500")
    snapshot = found.everything()
    assert snapshot.sources["intercom"].state == "failed"
    assert snapshot.sources["intercom"].as_of is None
    assert snapshot.sources["aircall"].state == "ok"
    assert snapshot.meta["answered"]
    found.sandbox.heal()
    for _ in range(2):
        snapshot = found.minute()
    assert snapshot.sources["intercom"].state == "ok"
    assert is_whole(found, snapshot)


@pytest.mark.parametrize(
    ("kind", "state", "cause"),
    [
        ("403", "failed", "no_permission"),
        ("500", "failed", "unavailable"),
        ("truncate", "failed", "bad_response"),
    ],
)
def test_a_fault_of_the_tickets_alone_touches_nothing_else(healthy, kind, state, cause):
    before = healthy.everything()
    healthy.sandbox.fail("intercom", kind, path="/tickets")
    struck = healthy.minute()
    assert (struck.sources["tickets"].state, struck.meta["causes"]) == (state, {"tickets": cause})
    assert struck.sources["intercom"].state == "ok"
    assert len(struck.tables.tickets) >= len(before.tables.tickets) > 0
    healthy.sandbox.heal()
    healthy.minute(3700)
    assert is_whole(healthy, healthy.minute())
