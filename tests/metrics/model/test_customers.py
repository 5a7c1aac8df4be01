"""Who is the same customer, and who comes again."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from metrics.model.customers import list_contacts
from tests.worlds.tables import (
    NOW,
    REASON,
    UTC_RULES,
    calls,
    conversations,
    days,
    tables,
    told,
)

WEEK = replace(UTC_RULES, repeat_contact_seconds=7 * 86400)
ANA = {"contact_id": "a", "contact_email": "ana@example.com"}
BIA = {"contact_id": "b", "contact_email": "bia@example.com"}
PHONE = "+5511987654321"


def closed(row_id="1", **values):
    moments = {"created_at": "2026-11-01T09:00:00Z", "last_close_at": "2026-11-02T10:00:00Z"}
    return {"id": row_id, "state": "closed", "origin": "customer", **moments, **ANA, **values}


def came(at, row_id="2", **values):
    return {"id": row_id, "created_at": at, "origin": "customer", **ANA, **values}


def rang(at, **values):
    return {"id": "call", "started_at": at, **values}


def share(*texts, phone=(), rules=WEEK):
    content, month = tables(conversations(*texts), calls(*phone)), days("2026-11-01", "2026-11-24")
    number = told("first_contact_resolution", content, period=month, rules=rules)
    return number.value, number.n


def customers(texts=(), phone=()):
    content = tables(conversations(*texts), calls(*phone))
    return dict(list_contacts(content, WEEK).select("id", "customer").iter_rows())


@pytest.mark.parametrize(
    ("again", "value"),
    [
        (came("2026-11-09T10:00:00Z"), 0),
        (came("2026-11-09T10:00:01Z"), 1),
        # Still open when the other one began, and ended before it.
        (came("2026-11-02T09:59:59Z"), 1),
        (came("2026-11-02T10:00:00Z"), 1),
        (came("2026-11-03T10:00:00Z", contact_email=None), 0),
        (came("2026-11-03T10:00:00Z", contact_id=None), 0),
        (came("2026-11-03T10:00:00Z", contact_id="other"), 0),
        (came("2026-11-03T10:00:00Z", **BIA), 1),
        # We wrote, and nobody answered.
        (came("2026-11-03T10:00:00Z", origin="teammate"), 1),
        (came("2026-11-03T10:00:00Z", origin="teammate", first_contact_reply_at=NOW), 0),
        (came("2026-11-03T10:00:00Z", is_call=True), 1),
    ],
)
def test_the_same_customer_again_within_the_days_after_the_close(again, value):
    assert share(closed(), again) == (value, 1)


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [("Boleto", "Boleto", 0), ("Boleto", "Acesso", 1), ("Boleto", None, 0), (None, "Acesso", 0)],
)
def test_another_reason_is_another_matter_and_none_may_be_any(first, second, value):
    again = came("2026-11-03T10:00:00Z", **{REASON: second})
    assert share(closed(**{REASON: first}), again) == (value, 1)


def test_the_next_of_several_counts():
    later = came("2026-11-20T10:00:00Z", "3", **{REASON: "Boleto"})
    other = came("2026-11-03T10:00:00Z", **{REASON: "Acesso"})
    assert share(closed(**{REASON: "Boleto"}), other, later) == (1, 1)
    assert share(closed(**{REASON: "Boleto"}), other, replaced(later, "2026-11-08T10:00:00Z")) == (
        0,
        1,
    )


def replaced(row, at):
    return row | {"created_at": at}


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (rang("2026-11-03T10:00:00Z", contact_email="ana@example.com"), 0),
        (rang("2026-11-03T10:00:00Z", digits=PHONE), 0),
        (rang("2026-11-03T10:00:00Z", digits=PHONE, missed_call_reason="no_available_agent"), 0),
        (rang("2026-11-03T10:00:00Z", digits=PHONE, direction="outbound"), 1),
        (rang("2026-11-03T10:00:00Z", digits="+5511000000000"), 1),
        (rang("2026-11-03T10:00:00Z"), 1),
    ],
)
def test_a_call_is_a_contact_too(call, value):
    assert share(closed(logged_digits=PHONE), phone=[call]) == (value, 1)


def test_until_the_days_have_passed_nothing_is_known_nor_of_nobody():
    assert share(closed(last_close_at="2026-11-17T12:00:01Z")) == (None, 0)
    assert share(closed(last_close_at="2026-11-17T12:00:00Z")) == (1, 1)
    assert share(closed(state="open")) == (None, 0)
    assert share(closed(last_close_at=None)) == (None, 0)
    assert share(closed(contact_id=None, contact_email=None)) == (None, 0)
    day = replace(WEEK, repeat_contact_seconds=86400)
    assert share(closed(), came("2026-11-04T10:00:00Z"), rules=day) == (1, 1)


def test_a_phone_of_two_customers_makes_them_no_one():
    texts = [
        came("2026-11-03T10:00:00Z", "ana", logged_digits=PHONE),
        came("2026-11-03T11:00:00Z", "bia", **BIA, logged_digits=PHONE),
    ]
    call = rang("2026-11-04T10:00:00Z", digits=PHONE)
    assert len(set(customers(texts, [call]).values())) == 3
    assert len(set(customers(texts[:1], [call]).values())) == 1
    told = customers(texts, [call | {"contact_email": "bia@example.com"}])
    assert told["call"] == told["bia"] != told["ana"]


def test_ids_under_one_address_and_addresses_of_one_id_are_one_customer():
    at = "2026-11-03T10:00:00Z"
    texts = [
        came(at, "1", contact_email="z@example.com"),
        came(at, "2"),
        came(at, "3", contact_id="lead"),
        came(at, "4", contact_email=None),
        came(at, "5", contact_id=None, contact_email="z@example.com"),
        came(at, "6", contact_id="c", contact_email=None),
        came(at, "7", contact_id=None, contact_email=None),
    ]
    who = customers(texts)
    assert len({who[row_id] for row_id in "12345"}) == 1
    assert who["6"] not in (None, who["1"])
    assert who["7"] is None


def test_what_is_found_is_what_looking_at_every_pair_finds():
    rng = random.Random(7)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    moments = [start + timedelta(hours=rng.randrange(0, 200)) for _ in range(300)]
    texts = [
        {
            "id": str(place), "created_at": at, "state": "closed", "origin": "customer",
            "last_close_at": at + timedelta(hours=rng.randrange(0, 30)),
            "contact_id": f"c{rng.randrange(40)}", REASON: rng.choice((None, "A", "B", "C")),
        }
        for place, at in enumerate(moments)
    ]  # fmt: skip
    limit = timedelta(seconds=WEEK.repeat_contact_seconds)

    def is_again(one, other):
        since = other["created_at"] - one["last_close_at"]
        reasons = {one[REASON], other[REASON]}
        return (
            other["contact_id"] == one["contact_id"]
            and timedelta(0) < since <= limit
            and (None in reasons or len(reasons) == 1)
        )

    counted = [one for one in texts if one["last_close_at"] + limit <= NOW]
    good = sum(not any(is_again(one, other) for other in texts) for one in counted)
    assert 0 < good < len(counted)
    assert share(*texts) == (good / len(counted), len(counted))
