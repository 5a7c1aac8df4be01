from zoneinfo import ZoneInfo

import pytest

from services.errors import BadResponseError
from services.vendors import fields

MOMENT = 1_795_000_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (MOMENT, MOMENT),
        (MOMENT + 0.9, MOMENT),
        (str(MOMENT), MOMENT),
        ("2026-11-18T11:06:40Z", MOMENT),
        ("2026-11-18T11:06:40", MOMENT),
        (0, None),
        (True, None),
        (10**12, None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_instants_are_seconds_or_text(value, seconds):
    assert fields.parse_instant(value) == seconds


@pytest.mark.parametrize("nobody", [None, 0, "0", "", True, [], {}])
def test_nobody_has_no_id(nobody):
    assert fields.parse_id(nobody) is None


def test_an_id_is_text_however_it_is_written():
    assert fields.parse_id(7) == fields.parse_id(" 7 ") == "7"
    assert fields.require_id({"id": 7}, "call") == "7"
    with pytest.raises(BadResponseError, match="a call has no id"):
        fields.require_id({"id": None}, "call")
    with pytest.raises(BadResponseError, match="a call has no started_at"):
        fields.require_instant({"id": 7}, "started_at", "call")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("two\n lines", "two lines"),
        (True, "true"),
        (3.0, "3"),
        (2.5, "2.5"),
        (float("nan"), None),
        (["a", 1, None, "a"], "a\n1"),
        ({"type": "list", "instances": [{"id": "1", "external_id": "PED-1"}]}, "PED-1"),
        ({"instances": [{"id": "1"}, {"id": "2", "external_id": ""}]}, "1\n2"),
        ({"type": "list", "instances": []}, None),
        ({"value": "x", "label": "y"}, "x"),
        ({"label": "y"}, "y"),
        ([[[["too deep"]]]], None),
    ],
)
def test_attributes_become_text_in_their_plainest_form(value, text):
    assert fields.format_attribute(value) == text


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1_767_225_600, "2026-01-01"),  # midnight in UTC: a day, wherever one looks at it from
        ("2026-01-01", "2026-01-01"),
        (1_767_232_800, "2025-12-31"),  # 02:00 in UTC is the evening before in São Paulo
        ("2026-01-01T02:00:00Z", "2025-12-31"),
        ("soon", "soon"),
        (None, None),
    ],
)
def test_an_attribute_that_is_a_date_becomes_a_local_day(value, day):
    assert fields.format_attribute(value, "date", ZoneInfo("America/Sao_Paulo")) == day


@pytest.mark.parametrize("label", ["Motivo", "Motivo ", "MOTIVO", "\u00a0motivo"])
def test_a_label_is_found_though_it_is_typed_a_little_differently(label):
    assert fields.get_attribute({"Outro": "x", label: "Fatura"}, "Motivo") == "Fatura"
    assert fields.get_attribute({"Outro": "x"}, "Motivo") is None


def test_what_is_of_another_kind_is_nothing():
    payload = {"object": [], "list": {}, "mixed": [{"a": 1}, None, "x"]}
    assert fields.get_object(payload, "object") == {}
    assert fields.list_objects(payload, "list") == []
    assert fields.list_objects(payload, "mixed") == [{"a": 1}]
    assert fields.parse_count(-1) is fields.parse_count(1.5) is fields.parse_seconds("60") is None


@pytest.mark.parametrize(
    "digits", ["+266696687", "+7378742833", "+86282452253", "+2562533", "8656696", "7748283"]
)
def test_a_withheld_number_written_as_digits_is_withheld(digits: str):
    assert fields.parse_phone_number(digits) is None


def test_numbers_of_telephones_are_plus_and_digits():
    assert fields.parse_phone_number("+55 (11) 4000-0000") == "+551140000000"
    assert fields.parse_phone_number("anonymous") is None
