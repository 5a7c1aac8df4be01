"""Days that are not loaded have no number; what is compared with today ends at the same hour."""

from dataclasses import replace
from datetime import date, time

import pytest

from metrics.measures.responsiveness import first_response_time, time_to_close
from metrics.measures.stocks import open_now
from metrics.measures.telephony import calls_answered
from metrics.measures.workload import conversations, conversations_closed
from metrics.model.extent import Extent
from metrics.model.view import View
from metrics.query.report import breakdown, evaluate
from tests.worlds.tables import DAY, EVERYTHING, UTC_RULES, days, tables
from tests.worlds.tables import conversations as rows

FIRST = date(2026, 11, 20)
AT = ["2026-11-18T10:00Z", "2026-11-20T10:00Z", "2026-11-23T09:00Z", "2026-11-23T14:00Z"]


def ask(period, **extent):
    states = ["closed", "open", "open", "open"]
    lines = [{"created_at": at, "state": state} for at, state in zip(AT, states, strict=True)]
    made = tables(rows(*lines))
    read = Extent(**{"first_day": FIRST, **extent})
    made = replace(made, extents={"intercom": read, "aircall": Extent("not_read", FIRST)})
    return View(made, period, EVERYTHING, UTC_RULES)


@pytest.mark.parametrize(
    ("period", "value", "reason"),
    [
        (days("2026-11-10", "2026-11-19"), None, "no_history"),
        # A row from before is there because it changed later: of its day nobody knows the others.
        (days("2026-11-18", "2026-11-20"), 1, None),
        (days("2026-11-21", "2026-11-22"), 0, None),
        (days("2026-11-25", "2026-11-26"), None, "future"),
    ],
)
def test_a_count_is_of_loaded_days_or_it_is_none(period, value, reason):
    number = evaluate(conversations, ask(period))
    assert (number.value, number.reason) == (value, reason)


def test_each_day_outside_the_history_or_to_come_says_so():
    groups = breakdown(conversations, "day", ask(days("2026-11-18", "2026-11-25")))
    told = {group.key[-2:]: group.summary.reason or group.summary.value for group in groups}
    assert told == {
        "18": "no_history",
        "19": "no_history",
        "20": 1,
        "21": 0,
        "22": 0,
        "23": 2,
        "24": 0,
        "25": "future",
    }


def test_a_week_that_is_loaded_in_part_has_its_part():
    groups = breakdown(conversations, "week", ask(days("2026-11-09", "2026-11-24")))
    assert [group.summary.value for group in groups] == [None, 1, 2]


def test_what_nobody_read_is_unknown_and_a_stock_needs_no_history():
    view = ask(DAY)
    assert evaluate(calls_answered, view).reason == "not_read"
    assert evaluate(open_now, ask(DAY, first_day=None)).value == 3
    assert evaluate(conversations, ask(DAY, first_day=None)).reason == "no_history"
    assert evaluate(open_now, ask(DAY, state="off")).reason == "off"
    assert evaluate(first_response_time, view).reason == "no_rows"


def test_a_day_until_an_hour_has_the_rows_before_it():
    day = days("2026-11-23", "2026-11-23")
    assert evaluate(conversations, ask(day)).value == 2
    assert evaluate(conversations, ask(replace(day, until=time(14)))).value == 1


def test_a_day_until_an_hour_knows_only_what_had_happened_by_then():
    lines = [
        {"first_admin_reply_at": f"2026-11-23T{reply}Z", "last_close_at": f"2026-11-23T{close}Z"}
        for reply, close in (("09:10", "12:00"), ("09:30", "18:00"), ("15:00", "18:00"))
    ]
    common = {"created_at": "2026-11-23T09:00Z", "state": "closed"}
    made = tables(rows(*({**common, **line} for line in lines)))
    day = days("2026-11-23", "2026-11-23")

    def tell(metric, **until):
        number = evaluate(metric, View(made, replace(day, **until), EVERYTHING, UTC_RULES))
        return number.value, number.n

    assert tell(conversations_closed) == (3, 3)
    assert tell(conversations_closed, until=time(14)) == (1, 1)
    assert tell(first_response_time, until=time(14)) == (1200, 2)
    assert tell(time_to_close, until=time(14)) == (3 * 3600, 1)
