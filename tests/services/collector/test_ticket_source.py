from datetime import UTC, date, datetime

import pytest

from services.errors import (
    BadResponseError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from tests.worlds.collecting import DAY, NOW
from tests.worlds.tables import by_id


def status(rig):
    return rig.snapshot().sources["tickets"]


def test_open_tickets_come_first_whatever_their_age_and_then_the_history(rig):
    rig.intercom.put_ticket("old and open", NOW - 200 * DAY)
    rig.intercom.put_ticket("old and done", NOW - 200 * DAY, open=False)
    rig.intercom.put_ticket("old, done lately", NOW - 200 * DAY, NOW - DAY, open=False)
    rig.intercom.put_ticket("new and done", NOW - 3 * DAY, open=False)
    rig.minute()
    assert rig.ids("tickets") == ["old and open", "old, done lately"]
    rig.everything()
    assert rig.ids("tickets") == ["new and done", "old and open", "old, done lately"]
    assert rig.snapshot().meta["tickets_history"]["complete"]
    assert status(rig).state == "ok"


def test_a_change_is_seen_and_the_newer_row_wins(rig):
    rig.intercom.put_ticket(1, NOW - DAY)
    rig.everything()
    rig.intercom.put_ticket(1, NOW - DAY, NOW + 70, open=False)
    rig.intercom.put_ticket(2, NOW + 80)
    rig.minute()
    rows = rig.snapshot().tables.tickets
    assert rows["is_open"].to_list() == [False, True]
    assert by_id(rows)["1"]["resolved_at"].timestamp() == NOW + 70


@pytest.mark.parametrize(
    ("error", "state", "cause"),
    [
        (RateLimitedError("wait", 90), "late", "rate_limited"),
        (UnavailableError("500"), "failed", "unavailable"),
        (BadResponseError("149 of 150 tickets came"), "failed", "bad_response"),
        (KeyError("a name"), "failed", "bad_response"),
    ],
)
def test_a_failing_search_keeps_the_last_good_rows_and_troubles_nobody_else(
    rig, error, state, cause
):
    rig.intercom.put_ticket(1, NOW - DAY)
    rig.everything()
    before = status(rig).as_of
    rig.intercom.tickets_failure = error
    rig.intercom.put_ticket(2, NOW + 100)
    for _ in range(3):
        rig.minute()
    snapshot = rig.snapshot()
    assert (status(rig).state, snapshot.meta["causes"]) == (state, {"tickets": cause})
    assert status(rig).as_of == before
    assert snapshot.sources["intercom"].state == "ok"
    assert rig.ids("tickets") == ["1"]
    rig.intercom.tickets_failure = None
    rig.clock.now += 120
    rig.minute()
    rig.minute()
    assert (status(rig).state, rig.ids("tickets")) == ("ok", ["1", "2"])


@pytest.mark.parametrize(
    ("error", "cause"),
    [(ForbiddenError("403"), "no_permission"), (NotFoundError("404"), "no_search")],
)
def test_a_token_without_the_permission_is_off_and_asked_once_an_hour(rig, error, cause):
    rig.intercom.tickets_failure = error
    rig.intercom.put(1, NOW - DAY)
    rig.everything()
    assert status(rig).state == "off"
    assert rig.snapshot().meta["causes"] == {"tickets": cause}
    assert rig.snapshot().meta["answered"]
    assert rig.snapshot().history.complete
    before = rig.intercom.ticket_requests
    for _ in range(58):
        rig.minute(publish=False)
    assert rig.intercom.ticket_requests == before
    rig.intercom.tickets_failure = None
    rig.intercom.put_ticket(7, NOW - DAY)
    for _ in range(3):
        rig.minute()
    assert (status(rig).state, rig.ids("tickets")) == ("ok", ["7"])


def test_a_permission_that_was_taken_away_is_a_failure_and_keeps_the_rows(rig):
    rig.intercom.put_ticket(1, NOW - DAY)
    rig.everything()
    rig.intercom.tickets_failure = ForbiddenError("403")
    rig.minute()
    assert (status(rig).state, rig.ids("tickets")) == ("failed", ["1"])
    before = rig.intercom.ticket_requests
    for _ in range(30):
        rig.minute(publish=False)
    assert rig.intercom.ticket_requests == before


def test_a_workspace_without_tickets_is_asked_once_an_hour(rig):
    rig.everything()
    rig.minute()
    assert status(rig).state == "off"
    before = rig.intercom.ticket_requests
    for _ in range(59):
        rig.minute(publish=False)
    assert rig.intercom.ticket_requests == before
    rig.intercom.put_ticket(1, rig.clock.now - 30)
    for _ in range(2):
        rig.minute()
    assert (status(rig).state, rig.ids("tickets")) == ("ok", ["1"])


def test_while_intercom_refuses_the_key_tickets_are_not_asked_for(rig):
    rig.intercom.put_ticket(1, NOW - DAY)
    rig.everything()
    rig.intercom.failure = UnauthorizedError("401")
    before = rig.intercom.ticket_requests
    for _ in range(5):
        rig.minute()
    assert rig.intercom.ticket_requests == before
    assert status(rig).state == "failed"
    rig.intercom.failure = None
    rig.minute()
    assert status(rig).state == "ok"


def test_a_deleted_ticket_goes_and_one_that_left_the_scope_too(rig):
    for n in range(12):
        rig.intercom.put_ticket(n, NOW - n * DAY)
    rig.everything()
    del rig.intercom.tickets["3"]
    rig.intercom.tickets["5"]["category"] = "Customer"
    for _ in range(60):
        rig.minute(publish=False)
    rig.run.publish()
    assert rig.ids("tickets") == sorted(str(n) for n in range(12) if n not in (3, 5))


def test_after_kill_it_goes_on_and_under_other_settings_it_reads_anew(rig):
    rig.intercom.put_ticket(1, NOW - 5 * DAY, open=False)
    rig.intercom.put_ticket(2, NOW - DAY, ticket_attributes={"Sistema": "Portal"})
    rig.everything()
    rig.restart()
    before = rig.intercom.ticket_requests
    rig.minute()
    assert rig.intercom.ticket_requests - before == 1
    assert rig.ids("tickets") == ["1", "2"]
    rig.restart(backoffice={"attributes": {"platform": "Sistema"}})
    rig.everything()
    rows = rig.snapshot().tables.tickets
    assert rows["platform"].is_null().to_list() == [True, False]
    rig.restart(backoffice={"enabled": False})
    rig.everything()
    assert rig.ids("tickets") == []
    assert status(rig).state == "off"


def test_a_kill_in_the_middle_of_the_history_loses_nothing(rig):
    for n in range(60):
        rig.intercom.put_ticket(f"{n:02}", NOW - n * DAY / 7, open=False)
    rig.minute()
    for _ in range(4):
        rig.step()
    rig.restart()
    rig.everything()
    assert len(rig.ids("tickets")) == 60
    assert rig.snapshot().meta["tickets_history"] == {
        "complete": True,
        "first_day": date(2026, 11, 15).isoformat(),
    }


def test_what_falls_out_of_the_history_goes_unless_it_is_open(rig):
    rig.intercom.put_ticket("done", NOW - 9 * DAY, open=False)
    rig.intercom.put_ticket("open", NOW - 9 * DAY)
    rig.everything()
    rig.clock.now += 5 * DAY
    rig.minute()
    assert rig.ids("tickets") == ["open"]


def test_a_clock_that_jumps_does_not_end_the_hourly_probe(rig):
    rig.intercom.tickets_failure = ForbiddenError("403")
    rig.everything()
    rig.intercom.tickets_failure = None
    rig.intercom.put_ticket(1, NOW)
    rig.clock.now -= 2 * 3600
    for _ in range(3):
        rig.minute()
    assert rig.ids("tickets") == ["1"]
    assert status(rig).as_of <= datetime.fromtimestamp(rig.clock.now, UTC)
