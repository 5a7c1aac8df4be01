import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.errors import BadResponseError
from services.vendors.tables import calls_table
from tests.worlds.tables import by_id, values

PAYLOADS = Path(__file__).parent / "payloads"
CALLS = json.loads((PAYLOADS / "aircall_calls.json").read_text(encoding="utf-8"))["calls"]
T = 1_795_000_000
Calls = dict[str, dict[str, Any]]


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.fixture(scope="module")
def calls() -> Calls:
    return by_id(calls_table(CALLS))


@pytest.mark.parametrize("bad", [{}, {"id": 1}, {"id": 1, "started_at": None}, [], None])
def test_what_is_no_call_at_all_is_an_error(bad: Any):
    with pytest.raises(BadResponseError, match="a call has no"):
        calls_table([bad])


def test_an_answered_call(calls: Calls):
    row = calls["990000000001"]
    assert values(row, "status", "direction", "digits") == ["done", "inbound", "+5511988880001"]
    assert values(row, "started_at", "answered_at", "ended_at") == [
        instant(T),
        instant(T + 15),
        instant(T + 215),
    ]
    assert values(row, "user_id", "user_name", "user_email") == [
        "3301",
        "Luana Tavares",
        "luana.tavares@example.com",
    ]
    assert values(row, "line_id", "line_name", "line_digits") == [
        "4401",
        "Linha principal",
        "+551140000001",
    ]
    assert values(row, "contact_name", "contact_email") == ["Rita Moraes", "compras@example.com"]
    assert values(row, "has_recording", "has_voicemail", "tags") == [True, False, "Retorno"]


def test_a_missed_call_has_no_person(calls: Calls):
    row = calls["990000000003"]
    assert row["missed_call_reason"] == "agents_did_not_answer"
    assert not any(values(row, "answered_at", "user_id", "user_email", "contact_name"))


def test_a_voicemail_of_an_anonymous_caller(calls: Calls):
    row = calls["990000000004"]
    assert row["has_voicemail"]
    assert not row["has_recording"]
    assert row["digits"] is None


def test_a_transferred_call_names_giver_and_destination(calls: Calls):
    row = calls["990000000005"]
    people = ["user_email", "transferred_by_email", "transferred_to_email"]
    assert values(row, *people) == [
        "jv.lacerda@example.com",
        "luana.tavares@example.com",
        "jv.lacerda@example.com",
    ]
    assert sum(call["transferred_by_id"] is not None for call in calls.values()) == 1


def test_a_running_call_has_no_end(calls: Calls):
    row = calls["990000000006"]
    assert row["status"] == "answered"
    assert row["ended_at"] is None


def test_statuses_never_seen_before_are_kept():
    row = calls_table([CALLS[0] | {"status": "parked", "direction": "internal"}]).row(0, named=True)
    assert values(row, "status", "direction") == ["parked", "internal"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+44 330 027 0000", "+443300270000"),
        ("(11) 98888-0001", "+11988880001"),
        ("anonymous", None),
        ("", None),
        ("  ", None),
        (None, None),
        (5511, None),
        ("٣٤", None),
    ],
)
def test_numbers_are_normalised(raw: object, expected: str | None):
    assert calls_table([CALLS[0] | {"raw_digits": raw}])["digits"].item() == expected
