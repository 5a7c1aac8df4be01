import itertools

import pytest

from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.view import View
from metrics.query import report
from metrics.query.drilldown import LISTS, Cell, CellError, drill_down, listed_metric
from metrics.query.reasons import top_reasons
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    REASON,
    SECOND_REASON,
    SUPPORT,
    UTC_RULES,
    agents,
    calls,
    conversations,
    days,
    tables,
    teams,
)

PEOPLE = agents(
    {"id": "1", "email": "a@x", "voice_email": "a@x"},
    {"id": "2", "email": "b@x", "voice_email": "b@x"},
)
WORLD = tables(
    conversations(
        {"agent_id": "1", "team_id": SUPPORT, REASON: "Boleto", SECOND_REASON: "Boleto"},
        {"agent_id": "1", REASON: "Boleto", SECOND_REASON: "Acesso", "origin": "customer"},
        {"agent_id": "2", REASON: "Acesso", "state": "closed", "origin": "teammate"},
        {"state": "closed", "rating": 5, "rating_at": "2026-11-24T11:00:00Z", REASON: "Nota"},
        {"agent_id": "1", "rating": 2, "rating_at": "2026-11-24T11:30:00Z", "state": "snoozed"},
    ),
    calls(
        {"user_email": "a@x", "user_id": "9", "answered_at": "2026-11-24T10:00:09Z"},
        {
            "user_email": "b@x",
            "user_id": "8",
            "transferred_by_email": "a@x",
            "transferred_by_id": "9",
            "answered_at": "2026-11-24T10:00:30Z",
        },
        {"missed_call_reason": "abandoned_in_ivr"},
        {"direction": "outbound", "user_email": "a@x", "user_id": "9"},
    ),
    PEOPLE,
    teams({"id": SUPPORT, "name": "Suporte"}),
)
GROUPS = (
    "day",
    "hour",
    "week",
    "weekday",
    "weekday_hour",
    "origin",
    "agent",
    "team",
    "reason",
    "state",
    "channel",
    "line",
    "caller",
    "transferred_by",
    "transferred_to",
)


def behind(key, *cells, filters=EVERYTHING, period=DAY, content=WORLD):
    chosen = [Cell.parse(cell) for cell in cells]
    return drill_down(key, chosen, View(content, period, filters, UTC_RULES))


@pytest.mark.parametrize("key", [k for k, m in CATALOG.items() if m.table != "agents"])
def test_every_number_has_as_many_rows_as_its_population(key):
    expected = report.evaluate(CATALOG[key], View(WORLD, DAY, EVERYTHING, UTC_RULES))
    assert behind(key).n == expected.n


@pytest.mark.parametrize(
    ("key", "by"),
    [
        (key, by)
        for (key, metric), by in itertools.product(CATALOG.items(), GROUPS)
        if metric.table != "agents"
    ],
)
def test_every_cell_has_as_many_rows_as_its_number(key, by):
    try:
        groups = report.breakdown(CATALOG[key], by, View(WORLD, DAY, EVERYTHING, UTC_RULES))
    except ValueError:
        return
    # The hours without rows are many, and all the same.
    for group in [*groups[:1], *(group for group in groups if group.summary.n)]:
        assert behind(key, str(Cell(by, group.key))).n == group.summary.n


def test_a_reason_has_the_mentions_that_its_bar_counts():
    for row in top_reasons(View(WORLD, DAY, EVERYTHING, UTC_RULES)):
        assert behind("top_reasons", f"reason:{row.reason}").total == row.mentions
    boleto = behind("top_reasons", "reason:Boleto")
    assert (boleto.n, boleto.total) == (2, 3)


def test_the_other_reasons_are_those_after_the_first():
    assert behind("top_reasons").total == 6
    assert behind("top_reasons", "other_reasons:1").total == 3
    assert set(behind("top_reasons", "other_reasons:2").rows["id"]) == {"4"}


def test_parts_have_the_rows_that_they_count():
    assert list(behind("csat_score", "part:negative").rows["id"]) == ["5"]
    assert list(behind("calls_missed", "part:abandoned").rows["id"]) == ["3"]
    assert behind("time_to_close", "part:still_open").n == 3


def test_values_choose_rows_by_what_they_add():
    assert behind("csat_score", "value:1").n == 1
    assert behind("csat_average", "value:..3").n == 1
    assert list(behind("time_to_answer", "value:9..30").rows["id"]) == ["1"]
    assert behind("time_to_answer", "value:9..").n == 2


def test_a_transferred_call_stands_behind_both_people():
    assert set(behind("calls_answered", "agent:1").rows["id"]) == {"1", "2"}
    assert set(behind("calls_answered", "agent:2").rows["id"]) == {"2"}


def test_several_cells_are_where_they_cross():
    assert list(behind("conversations", "agent:1", "reason:Acesso").rows["id"]) == ["2"]


def test_all_calls_are_a_list_of_their_own():
    assert behind("calls").n == 4
    assert behind("calls", filters=Filters(agents=("2",))).n == 1


def test_a_cell_survives_its_way_through_an_address():
    for by, key in (("attr.A: 5%3A%", "x:y%"), ("reason", ""), ("reason", "::"), ("day", "x")):
        cell = Cell(by, key)
        assert Cell.parse(str(cell)) == cell


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("conversations", "moon:full"),
        ("conversations", "day:2026-01-01"),
        ("calls_answered", "reason:Boleto"),
        ("open_now", "day:2026-11-24"),
        ("conversations", "value:many"),
        ("conversations", "part:Boleto"),
        ("top_reasons", "other_reasons:few"),
        ("conversations_closed", "part:x"),
        ("conversations", "nothing"),
    ],
)
def test_a_cell_that_cannot_be_is_refused(key, cell):
    with pytest.raises(CellError):
        behind(key, cell)


@pytest.mark.parametrize("key", ["online_text", "moon"])
def test_people_and_unknown_metrics_have_no_rows(key):
    with pytest.raises(CellError):
        listed_metric(key)


def test_lists_do_not_hide_the_catalogue():
    assert not set(LISTS) & set(CATALOG)


def test_weeks_begin_on_monday_and_cover_the_period():
    told = report.breakdown(
        CATALOG["conversations"],
        "week",
        View(WORLD, days("2026-11-18", "2026-11-24"), EVERYTHING, UTC_RULES),
    )
    assert [(g.key, g.summary.n) for g in told] == [("2026-11-16", 0), ("2026-11-23", 5)]
