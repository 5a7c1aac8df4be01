import tracemalloc

import orjson
import pytest

from services.vendors import json_body
from services.vendors.json_body import LARGE_BYTES, Rows, choose_rows, parse_json

ODD = {"id": 'a"]}\\', "text": '}{][ \\" 😀 \u2028', "inner": {"list": [{"id": 1}, [], "]"]}}
ANSWER = {
    "type": "list",
    "pages": {"next": {"cursor": [{"a": 1}]}},
    "numbers": [0, 0],
    "none": [],
    "rows": [ODD, {"id": "b"}, {}],
    "more": [{"id": "c"}],
}


@pytest.fixture
def every_answer_is_large(monkeypatch):
    monkeypatch.setattr(json_body, "LARGE_BYTES", 1)


@pytest.mark.parametrize("indent", [0, orjson.OPT_INDENT_2])
def test_the_rows_of_a_large_answer_are_those_of_a_small_one(every_answer_is_large, indent):
    answer = parse_json(bytearray(orjson.dumps(ANSWER, option=indent)))
    assert isinstance(answer["rows"], Rows)
    assert isinstance(answer["more"], Rows)
    assert {k: [*v] if isinstance(v, Rows) else v for k, v in answer.items()} == ANSWER
    assert (len(answer["rows"]), answer["rows"][1], [*answer["rows"][1:]]) == (
        3,
        {"id": "b"},
        [{"id": "b"}, {}],
    )
    for rows in (answer["rows"], ANSWER["rows"]):
        assert [*choose_rows(rows, lambda row: row.get("id") == "b")] == [{"id": "b"}]


@pytest.mark.parametrize(
    "body",
    [b'{"a":[{"id":1}', b'{"a":[{"id":}]}', b'{"a":[{"id":1}}]', b']}{"a":[{}]', b'{"a":[{}{}]}'],
)
def test_what_is_no_json_is_none_at_any_size(every_answer_is_large, body):
    with pytest.raises(ValueError, match="column"):
        parse_json(bytearray(body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":[{"id":1},{"id":2}],"b":[{"id":3}],"a":[{"id":4}]}',
        b'{"a":[{"id":1},5,[{"id":2}]]}',
        b'{"a":[0],"a":[{"id":1}]}',
        b'[{"a":[{"id":1}]}]',
    ],
    ids=["one key twice", "objects and others", "a list of zeros", "no object"],
)
def test_what_no_vendor_sends_is_read_like_a_small_answer(every_answer_is_large, body):
    assert parse_json(bytearray(body)) == orjson.loads(body)


def test_half_an_emoji_in_a_row_is_replaced(every_answer_is_large):
    rows = parse_json(bytearray(b'{"a":[{"cut":"a\\ud83d"}]}'))["a"]
    assert [*rows] == [{"cut": "a?"}]


def test_a_large_answer_costs_less_than_its_size_again():
    row = {"id": "1", "body": "uma palavra " * 2000 + "😀"}
    body = bytearray(orjson.dumps({"rows": [row] * 100}))
    assert len(body) > 2 * LARGE_BYTES
    tracemalloc.start()
    count = sum(row["id"] == "1" for row in parse_json(body)["rows"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < len(body)) == (100, True)
