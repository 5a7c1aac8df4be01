import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from services.errors import BadResponseError
from services.vendors.tables import calls_table

PAYLOADS = Path(__file__).parent / "payloads"
CALLS = json.loads((PAYLOADS / "aircall_calls.json").read_text(encoding="utf-8"))["calls"]
T = 1_795_000_000


def instant(seconds: int) -> pd.Timestamp:
    return pd.Timestamp(seconds, unit="s", tz="UTC")


@pytest.fixture(scope="module")
def calls() -> pd.DataFrame:
    return calls_table(CALLS).set_index("id")


@pytest.mark.parametrize("bad", [{}, {"id": 1}, {"id": 1, "started_at": None}, [], None])
def test_what_is_no_call_at_all_is_an_error(bad: Any):
    with pytest.raises(BadResponseError, match="a call has no"):
        calls_table([bad])


def test_an_answered_call(calls: pd.DataFrame):
    row = calls.loc["990000000001"]
    assert row[["status", "direction", "digits"]].tolist() == ["done", "inbound", "+5511988880001"]
    assert row[["started_at", "answered_at", "ended_at"]].tolist() == [
        instant(T),
        instant(T + 15),
        instant(T + 215),
    ]
    assert row[["user_id", "user_name", "user_email"]].tolist() == [
        "3301",
        "Luana Tavares",
        "luana.tavares@example.com",
    ]
    assert row[["line_id", "line_name", "line_digits"]].tolist() == [
        "4401",
        "Linha principal",
        "+551140000001",
    ]
    assert row[["contact_name", "contact_email"]].tolist() == ["Rita Moraes", "compras@example.com"]
    assert row[["has_recording", "has_voicemail", "tags"]].tolist() == [True, False, "Retorno"]


def test_a_missed_call_has_no_person(calls: pd.DataFrame):
    row = calls.loc["990000000003"]
    assert row["missed_call_reason"] == "agents_did_not_answer"
    assert row[["answered_at", "user_id", "user_email", "contact_name"]].isna().all()


def test_a_voicemail_of_an_anonymous_caller(calls: pd.DataFrame):
    row = calls.loc["990000000004"]
    assert row["has_voicemail"]
    assert not row["has_recording"]
    assert pd.isna(row["digits"])


def test_a_transferred_call_names_giver_and_destination(calls: pd.DataFrame):
    row = calls.loc["990000000005"]
    people = ["user_email", "transferred_by_email", "transferred_to_email"]
    assert row[people].tolist() == [
        "jv.lacerda@example.com",
        "luana.tavares@example.com",
        "jv.lacerda@example.com",
    ]
    assert calls["transferred_by_id"].notna().sum() == 1


def test_a_running_call_has_no_end(calls: pd.DataFrame):
    row = calls.loc["990000000006"]
    assert row["status"] == "answered"
    assert pd.isna(row["ended_at"])


def test_statuses_never_seen_before_are_kept():
    row = calls_table([CALLS[0] | {"status": "parked", "direction": "internal"}]).iloc[0]
    assert row[["status", "direction"]].tolist() == ["parked", "internal"]


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
    found = calls_table([CALLS[0] | {"raw_digits": raw}]).iloc[0]["digits"]
    assert (None if pd.isna(found) else found) == expected
