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
        (["a", 1, None], "a, 1"),
        ({"value": "x", "label": "y"}, "x"),
        ({"label": "y"}, "y"),
        ([[[["too deep"]]]], None),
    ],
)
def test_attributes_become_text_in_their_plainest_form(value, text):
    assert fields.format_attribute(value) == text


def test_what_is_of_another_kind_is_nothing():
    payload = {"object": [], "list": {}, "mixed": [{"a": 1}, None, "x"]}
    assert fields.get_object(payload, "object") == {}
    assert fields.list_objects(payload, "list") == []
    assert fields.list_objects(payload, "mixed") == [{"a": 1}]
    assert fields.parse_count(-1) is fields.parse_count(1.5) is fields.parse_seconds("60") is None


def test_numbers_of_telephones_are_plus_and_digits():
    assert fields.parse_phone_number("+55 (11) 4000-0000") == "+551140000000"
    assert fields.parse_phone_number("anonymous") is None
