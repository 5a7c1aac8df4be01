from dataclasses import replace
from datetime import UTC, datetime

import pytest

from metrics.model.filters import Filters
from metrics.model.view import View
from metrics.query.drilldown import Cell, drill_down
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    UTC_RULES,
    agents,
    conversations,
    days,
    groups,
    scoped,
    tables,
    tickets,
    told,
)

WEEK = days("2026-11-18", "2026-11-24")
DONE = {"is_open": False, "state": "resolved"}


def test_created_resolved_and_completed():
    content = tables(
        tickets_=tickets(
            {"created_at": "2026-11-20T10:00:00Z"},
            {"created_at": "2026-11-20T10:00:00Z", "resolved_at": "2026-11-21T10:00:00Z", **DONE},
            {"created_at": "2026-11-01T10:00:00Z", "resolved_at": "2026-11-22T10:00:00Z", **DONE},
            {"created_at": "2026-11-01T10:00:00Z", "resolved_at": "2026-11-02T10:00:00Z", **DONE},
            # Reopened: what the vendor still tells of its resolution does not count.
            {"created_at": "2026-11-20T10:00:00Z", "resolved_at": "2026-11-21T10:00:00Z"},
        )
    )
    assert told("tickets_created", content, period=WEEK).value == 3
    assert told("tickets_resolved", content, period=WEEK).value == 2
    completion = told("ticket_completion", content, period=WEEK)
    assert (completion.value, completion.n) == (pytest.approx(1 / 3), 3)
    taken = told("ticket_resolution_time", content, period=WEEK)
    assert (taken.value, taken.n) == (11 * 86400, 2)


@pytest.mark.parametrize(
    ("created", "overdue"),
    [
        ("2026-11-19T12:00:00Z", 1),
        ("2026-11-19T12:00:01Z", 0),
        ("2026-08-01T00:00:00Z", 1),
    ],
)
def test_overdue_from_exactly_the_agreed_age_on(created, overdue):
    content = tables(tickets_=tickets({"created_at": created}, {"created_at": created, **DONE}))
    assert told("tickets_open", content).value == 1
    assert told("tickets_overdue", content).value == overdue
    later = replace(UTC_RULES, ticket_age_seconds=1)
    assert told("tickets_overdue", content, rules=later).value == 1


def test_stocks_ignore_the_period_and_teams_of_the_settings():
    content = tables(tickets_=tickets({"created_at": "2026-01-01T00:00:00Z", "team_id": "900"}))
    assert told("tickets_open", content, rules=scoped("6101")).value == 1


def test_bands_of_age_add_up_to_the_open_ones():
    first, last = (datetime(2026, *at, tzinfo=UTC) for at in ((10, 1), (11, 24, 11)))
    instants = [first + (last - first) * n / 39 for n in range(40)]
    content = tables(tickets_=tickets(*({"created_at": str(at)} for at in instants)))
    found = told("tickets_open", content)
    assert sum(found.parts.values()) == found.value == 40
    assert found.parts["ticket_>30d"] > found.parts["ticket_<1d"] > 0


def test_groups_and_the_rows_behind_them():
    content = tables(
        tickets_=tickets(
            {"platform": "App", "severity": "Alta", "agent_id": "11", "creator_id": "12"},
            {"platform": "App", "agent_id": "12", "state_label": "N2"},
            {"created_at": "2026-10-01T00:00:00Z", "state_label": "N2"},
            {"platform": "Web", **DONE},
        ),
        agents_=agents({"id": "11", "name": "Ana"}, {"id": "12", "name": "Bia"}),
    )
    expected = {
        "platform": {"App": 2, "": 1},
        "severity": {"Alta": 1, "": 2},
        "agent": {"11": 1, "12": 1, "none": 1},
        "creator": {"12": 1, "none": 2},
        "state_label": {"N2": 2, "": 1},
        "standing": {"period": 2, "backlog": 1},
        "state": {"in_progress": 3},
        "team": {"none": 3},
    }
    for by, counts in expected.items():
        found = groups("tickets_open", by, content)
        assert {key: n for key, n in found.items() if n} == counts, by
        for key, n in counts.items():
            cell = [Cell(by, key)]
            behind = drill_down("tickets_open", cell, View(content, DAY, EVERYTHING, UTC_RULES))
            assert behind.n == n
    with pytest.raises(ValueError, match="tickets can"):
        groups("conversations", "platform", content)
    with pytest.raises(ValueError, match="conversations can"):
        groups("tickets_open", "reason", content)


def test_the_list_of_every_ticket_of_the_period():
    content = tables(tickets_=tickets({}, {**DONE}, {"created_at": "2026-11-23T10:00:00Z"}))
    assert drill_down("tickets", (), View(content, DAY, EVERYTHING, UTC_RULES)).n == 2


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(agents=("11",)), ["1"]),
        (Filters(agents=("none",)), ["3"]),
        (Filters(teams=("6101",)), ["1", "4"]),
        (Filters(tickets={"platform": ("App",)}), ["1", "2"]),
        (Filters(tickets={"platform": ("",)}), ["3", "4"]),
        (Filters(tickets={"platform": ("App", ""), "agent_id": ("12",)}), ["2", "4"]),
        (Filters(origin="customer"), []),
        (Filters(attributes={"Motivo": ("x",)}), []),
    ],
)
def test_a_choice_of_tickets(filters, expected):
    content = tables(
        tickets_=tickets(
            {"platform": "App", "agent_id": "11"},
            {"platform": "App", "agent_id": "12"},
            {"team_id": "900"},
            {"agent_id": "12", "team_id": "6101"},
        ),
        agents_=agents({"id": "11", "team_ids": "6101"}, {"id": "12", "team_ids": "6102"}),
    )
    found = drill_down("tickets_open", (), View(content, DAY, filters, UTC_RULES))
    assert found.rows["id"].to_list() == expected


def test_duplicates_count_and_are_left_out_of_the_classification():
    content = tables(
        conversations(
            {"state": "closed", "is_merged": True},
            {"state": "closed", "is_merged": False},
            {"state": "closed", "attr.Motivo de Contato": "Boleto"},
        )
    )
    assert told("conversations_merged", content).value == 1
    rate = told("classification_rate", content)
    assert (rate.value, rate.n) == (0.5, 2)
