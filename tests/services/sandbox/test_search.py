"""Intercom's search language, on conversations made for it."""

import pytest

from services.sandbox.apis.search import QueryError, Searcher, parse_query
from services.sandbox.team.conversation_index import ConversationIndex


def row(number, **fields):
    return {
        "id": str(number),
        "created_at": 1000 + number,
        "updated_at": 2000 - number,
        "state": ("open", "closed", "snoozed")[number % 3],
        "open": number % 3 != 1,
        "admin_assignee_id": (None, 11, 12)[number % 3],
        "team_assignee_id": 6101,
        "source": {"subject": f"Boleto {number}", "body": "<p>Oi</p>", "type": "email"},
        "conversation_rating": {"rating": number % 5 + 1} if number % 2 else None,
        "statistics": {"count_reopens": number},
        "tags": {"tags": [{"id": "7"}] if number == 4 else []},
        **fields,
    }


ROWS = [row(number) for number in range(40)]


def one(field, operator, value):
    return {"field": field, "operator": operator, "value": value}


def found(question):
    test = parse_query(question).test
    return [int(row["id"]) for row in ROWS if test(row)]


def plain(condition):
    return [int(row["id"]) for row in ROWS if condition(row)]


@pytest.mark.parametrize(
    ("question", "condition"),
    [
        (one("state", "=", "open"), lambda r: r["state"] == "open"),
        (one("state", "!=", "open"), lambda r: r["state"] != "open"),
        (one("state", "IN", ["open", "snoozed"]), lambda r: r["state"] != "closed"),
        (one("state", "NIN", ["open", "snoozed"]), lambda r: r["state"] == "closed"),
        (one("created_at", ">", 1010), lambda r: r["created_at"] > 1010),
        (one("created_at", "<", "1010"), lambda r: r["created_at"] < 1010),
        (one("created_at", "=", 1010), lambda r: r["created_at"] == 1010),
        (one("admin_assignee_id", "=", None), lambda r: r["admin_assignee_id"] is None),
        (one("admin_assignee_id", "=", 0), lambda r: r["admin_assignee_id"] is None),
        (one("admin_assignee_id", "=", "11"), lambda r: r["admin_assignee_id"] == 11),
        (one("team_assignee_id", "IN", [6101, 6102]), lambda r: True),
        (one("open", "=", True), lambda r: r["open"]),
        (one("source.subject", "~", "boleto 3"), lambda r: "Boleto 3" in r["source"]["subject"]),
        (one("source.subject", "$", "9"), lambda r: r["source"]["subject"].endswith("9")),
        (one("source.subject", "^", "x"), lambda r: False),
        (one("statistics.count_reopens", ">", 30), lambda r: int(r["id"]) > 30),
        (one("conversation_rating.score", "<", 3), lambda r: r["id"] in ("1", "5", "11", "15",
            "21", "25", "31", "35")),
        (one("tag_ids", "=", 7), lambda r: r["id"] == "4"),
        (one("ai_agent.rating", "!=", None), lambda r: False),
    ],
)  # fmt: skip
def test_a_filter_means_what_it_says(question, condition):
    assert found(question) == plain(condition)


def test_groups_are_joined():
    question = {
        "operator": "AND",
        "value": [
            one("created_at", ">", 1004),
            {"operator": "OR", "value": [one("id", "=", "6"), one("state", "=", "closed")]},
        ],
    }
    assert found(question) == [
        n for n in range(40) if n > 4 and (n == 6 or ROWS[n]["state"] == "closed")
    ]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (None, "parameter_invalid"),
        (one("ticket_state", "=", "x"), "invalid_field"),
        (one("custom_attributes.Motivo", "=", "x"), "invalid_field"),
        (one("created_at", ">=", 4), "parameter_invalid"),
        (one("created_at", ">", "soon"), "parameter_invalid"),
        (one("state", "IN", "open"), "parameter_invalid"),
        (one("open", "=", "maybe"), "parameter_invalid"),
        ({"operator": "XOR", "value": [one("id", "=", "1")]}, "parameter_invalid"),
        ({"operator": "AND", "value": []}, "parameter_invalid"),
        ({"operator": "AND", "value": [one("id", "=", "1")] * 16}, "parameter_invalid"),
    ],
)
def test_what_the_vendor_refuses_is_refused(question, code):
    with pytest.raises(QueryError) as caught:
        parse_query(question)
    assert caught.value.code == code


def test_a_third_level_of_groups_is_refused():
    inner = {"operator": "OR", "value": [one("id", "=", "1")]}
    middle = {"operator": "AND", "value": [inner]}
    assert parse_query(middle)
    with pytest.raises(QueryError):
        parse_query({"operator": "AND", "value": [middle]})


@pytest.fixture
def searcher():
    index = ConversationIndex()
    index.fill([dict(row) for row in ROWS])
    return Searcher(index), index


def walk(searcher, per_page, **body):
    cursor, ids = None, []
    while True:
        pagination = {"per_page": per_page, "starting_after": cursor}
        page = searcher.search({**body, "pagination": pagination})
        assert page.total == len(ids) + len(page.rows) or page.cursor or not ids
        ids += [row["id"] for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            return ids


@pytest.mark.parametrize("field", ["created_at", "updated_at", "statistics.count_reopens"])
@pytest.mark.parametrize("order", ["ascending", "descending"])
@pytest.mark.parametrize("per_page", [1, 7, 40, 150])
def test_pages_follow_each_other_in_every_order(searcher, field, order, per_page):
    found = walk(
        searcher[0],
        per_page,
        query=one("created_at", ">", 1001),
        sort={"field": field, "order": order},
    )
    falls = (field == "updated_at") != (order == "descending")
    expected = [str(n) for n in range(2, 40)]
    assert found == (expected[::-1] if falls else expected)


def test_without_an_order_the_newest_update_comes_first(searcher):
    assert walk(searcher[0], 10, query=one("id", "!=", "x")) == [str(n) for n in range(40)]


def test_a_row_that_is_touched_meanwhile_moves_to_the_end_and_none_is_skipped(searcher):
    search, index = searcher
    body = {
        "query": one("updated_at", ">", 1),
        "sort": {"field": "updated_at", "order": "ascending"},
    }
    first = search.search({**body, "pagination": {"per_page": 10}})
    touched = index.by_id[first.rows[3]["id"]]
    touched["updated_at"] = 9999
    index.put(touched)
    rest, cursor = [], first.cursor
    while cursor:
        page = search.search({**body, "pagination": {"per_page": 10, "starting_after": cursor}})
        rest, cursor = rest + page.rows, page.cursor
    assert len(rest) == 31
    assert rest[-1]["id"] == touched["id"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"query": one("id", "=", "1"), "pagination": {"per_page": 151}},
        {"query": one("id", "=", "1"), "pagination": {"per_page": 0}},
        {"query": one("id", "=", "1"), "pagination": {"starting_after": "nonsense"}},
        {"query": one("id", "=", "1"), "pagination": {"starting_after": "WzFd"}},
        {"query": one("id", "=", "1"), "sort": {"field": "title"}},
        {"query": one("id", "=", "1"), "sort": "created_at"},
    ],
)
def test_a_search_that_is_not_understood_is_refused(searcher, body):
    with pytest.raises(QueryError):
        searcher[0].search(body)


def test_no_search_slows_down_by_looking_at_all(searcher):
    search, _ = searcher
    assert walk(search, 5, query=one("state", "=", "snoozed")) == [
        row["id"] for row in ROWS if row["state"] == "snoozed"
    ]
    both = {
        "operator": "AND",
        "value": [one("updated_at", ">", 1970), one("updated_at", "<", 1990)],
    }
    assert walk(search, 5, query=both) == [str(n) for n in range(11, 30)]
