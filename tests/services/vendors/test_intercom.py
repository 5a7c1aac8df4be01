import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.errors import (
    BadResponseError,
    ConfigurationError,
    NotFoundError,
    UnauthorizedError,
)
from services.settings.config import Settings, load_environment
from services.vendors.http import INTERCOM, BearerAuth, VendorSession
from services.vendors.intercom import PAGE_SIZE, Intercom, intercom_client
from tests.worlds.fake_vendor import Answer, Asked, Clock, FakeVendor, fake_vendor

PAYLOADS = Path(__file__).parent / "payloads"
START = 1_790_000_000
Opener = Callable[..., Intercom]


@pytest.fixture
def vendor() -> Iterator[FakeVendor]:
    with fake_vendor() as running:
        yield running


@pytest.fixture
def open_client(vendor: FakeVendor) -> Iterator[Opener]:
    clock = Clock()
    opened: list[VendorSession] = []

    def opener(version: str = "2.14") -> Intercom:
        opened.append(
            VendorSession(INTERCOM, vendor.url, BearerAuth("token"), clock=clock, sleep=clock.sleep)
        )
        return Intercom(opened[-1], version)

    yield opener
    for http in opened:
        http.close()


def rows(count: int, state: str = "open") -> list[dict[str, Any]]:
    return [
        {"id": str(n), "created_at": START, "updated_at": START + n, "state": state}
        for n in range(1, count + 1)
    ]


class Search:
    """Answers `POST /conversations/search` as the vendor does; a cursor is a place in the order."""

    def __init__(self, found: list[dict[str, Any]], inclusive: bool = False) -> None:
        self.found = found
        self.inclusive = inclusive
        self.after_page: Callable[[int], None] = lambda number: None
        self.spoil: Callable[[dict[str, Any]], None] = lambda body: None

    def __call__(self, asked: Asked) -> Answer:
        query, sort = asked.body["query"], asked.body["sort"]
        filters = query["value"] if isinstance(query["value"], list) else [query]
        matching = [row for row in self.found if all(self._fits(row, one) for one in filters)]
        assert sort["order"] == "ascending"
        place = [(row[sort["field"]], int(row["id"])) for row in matching]
        ordered = [row for _, row in sorted(zip(place, matching, strict=True), key=lambda p: p[0])]
        size = asked.body["pagination"]["per_page"]
        cursor = asked.body["pagination"].get("starting_after")
        number, after = json.loads(cursor) if cursor else (1, [0, 0])
        rest = [r for r in ordered if [r[sort["field"]], int(r["id"])] > after]
        page = copy.deepcopy(rest[:size])
        total_pages = -(-len(ordered) // size)
        pages = {"type": "pages", "page": number, "per_page": str(size), "total_pages": total_pages}
        if len(rest) > size:
            last = [page[-1][sort["field"]], int(page[-1]["id"])]
            pages["next"] = {"page": number + 1, "starting_after": json.dumps([number + 1, last])}
        body = {"type": "conversation.list", "conversations": page, "pages": pages}
        body["total_count"] = len(ordered)
        self.after_page(number)
        self.spoil(body)
        return Answer(body)

    def _fits(self, row: dict[str, Any], one: dict[str, Any]) -> bool:
        value, wanted = row[one["field"]], one["value"]
        if one["operator"] == "=":
            return bool(value == wanted)
        if value == wanted:
            return self.inclusive
        return bool(value > wanted) is (one["operator"] == ">")


@pytest.mark.parametrize("inclusive", [True, False])
def test_updates_are_exact_whether_the_operators_include_their_value_or_not(
    vendor: FakeVendor, open_client: Opener, inclusive: bool
):
    vendor.script = Search(rows(10), inclusive)
    pages = list(open_client().list_updated_conversations(START + 3, START + 6))
    assert [row["id"] for page in pages for row in page.rows] == ["3", "4", "5", "6"]


def test_all_pages_are_walked(vendor: FakeVendor, open_client: Opener):
    vendor.script = Search(rows(2 * PAGE_SIZE + 1))
    pages = list(open_client().list_conversations_in_state("open"))
    assert [(len(p.rows), p.number, p.pages, p.total) for p in pages] == [
        (150, 1, 3, 301),
        (150, 2, 3, 301),
        (1, 3, 3, 301),
    ]
    assert [a.body["pagination"]["per_page"] for a in vendor.asked] == [150, 150, 150]


def test_exactly_full_pages_end_without_an_empty_one(vendor: FakeVendor, open_client: Opener):
    vendor.script = Search(rows(PAGE_SIZE))
    assert len(list(open_client().list_conversations_in_state("open"))) == 1


def test_nothing_found_is_one_empty_page(vendor: FakeVendor, open_client: Opener):
    vendor.script = Search([])
    (page,) = open_client().list_conversations_in_state("snoozed")
    assert (page.rows, page.total) == ([], 0)


def test_what_changes_while_we_read_is_seen_again_with_its_newest_state(
    vendor: FakeVendor, open_client: Opener
):
    search = Search(rows(PAGE_SIZE + 5))
    changed = search.found[0]

    def touch(number: int) -> None:
        if number == 1:
            changed["updated_at"] = START + 10_000
            changed["state"] = "closed"

    search.after_page = touch
    vendor.script = search
    seen = [r for page in open_client().list_updated_conversations(START) for r in page.rows]
    assert len(seen) == PAGE_SIZE + 6
    assert [r["state"] for r in seen if r["id"] == "1"] == ["open", "closed"]


def test_what_leaves_or_joins_while_we_read_is_no_error(vendor: FakeVendor, open_client: Opener):
    search = Search(rows(2 * PAGE_SIZE))

    def change(number: int) -> None:
        if number == 1:
            del search.found[10:20]
            search.found += [{"id": "999", "updated_at": START + 9_000, "state": "open"}]

    search.after_page = change
    vendor.script = search
    seen = {
        r["id"] for page in open_client().list_conversations_in_state("open") for r in page.rows
    }
    assert len(seen) == 2 * PAGE_SIZE + 1


def drop_a_row(body: dict[str, Any]) -> None:
    body["conversations"].pop()


def drop_the_next(body: dict[str, Any]) -> None:
    body["pages"].pop("next", None)


def repeat_the_cursor(body: dict[str, Any]) -> None:
    body["pages"]["next"] = {"page": 2, "starting_after": json.dumps([2, [START + 150, 150]])}
    body["conversations"] = rows(PAGE_SIZE)


def no_list(body: dict[str, Any]) -> None:
    del body["conversations"]


def no_pages(body: dict[str, Any]) -> None:
    del body["pages"]


def no_id(body: dict[str, Any]) -> None:
    del body["conversations"][0]["id"]


def a_text_as_row(body: dict[str, Any]) -> None:
    body["conversations"][0] = "x"


def a_next_without_cursor(body: dict[str, Any]) -> None:
    body["pages"]["next"] = {"page": 2}


@pytest.mark.parametrize(
    "spoil",
    [
        drop_the_next,
        repeat_the_cursor,
        no_list,
        no_pages,
        no_id,
        a_text_as_row,
        a_next_without_cursor,
    ],
)
def test_a_page_that_is_no_page_is_an_error_and_never_a_short_list(
    vendor: FakeVendor, open_client: Opener, spoil: Callable[[dict[str, Any]], None]
):
    search = Search(rows(PAGE_SIZE + 20))
    search.spoil = spoil
    vendor.script = search
    with pytest.raises(BadResponseError):
        list(open_client().list_updated_conversations(START))


def drop_a_row_of_the_last(body: dict[str, Any]) -> None:
    if not body["pages"].get("next"):
        drop_a_row(body)


def drop_a_row_of_the_others(body: dict[str, Any]) -> None:
    if body["pages"].get("next"):
        drop_a_row(body)


def count_one_too_many(body: dict[str, Any]) -> None:
    body["total_count"] += 1


def repeat_a_row_of_the_page_before(body: dict[str, Any]) -> None:
    if not body["pages"].get("next"):
        body["conversations"][0] = {"id": "1", "updated_at": START + 1, "state": "open"}


@pytest.mark.parametrize(
    ("spoil", "came", "told"),
    [
        (drop_a_row_of_the_last, 169, 170),
        (drop_a_row_of_the_others, 169, 170),
        (count_one_too_many, 170, 171),
        (repeat_a_row_of_the_page_before, 169, 170),
    ],
)
def test_rows_that_the_index_counts_and_nobody_hands_out_are_told_and_the_others_kept(
    vendor: FakeVendor,
    open_client: Opener,
    spoil: Callable[[dict[str, Any]], None],
    came: int,
    told: int,
):
    search = Search(rows(PAGE_SIZE + 20))
    search.spoil = spoil
    vendor.script = search
    client = open_client()
    pages = list(client.list_conversations_in_state("open"))
    assert len({row["id"] for page in pages for row in page.rows}) == came
    assert client.warning == f"{came} of {told} open conversations came"
    vendor.asked.clear()
    list(client.list_conversations_in_state("open"))
    assert len(vendor.asked) == 2, "what is known to be short is taken as it comes"
    search.spoil = lambda body: None
    list(client.list_conversations_in_state("open"))
    assert client.warning is None


@pytest.mark.parametrize("count", [1, 20, PAGE_SIZE])
def test_one_surplus_is_told_however_few_rows_there_are(
    vendor: FakeVendor, open_client: Opener, count: int
):
    search = Search(rows(count))
    search.spoil = count_one_too_many
    vendor.script = search
    client = open_client()
    (page,) = client.list_conversations_in_state("open")
    assert (len(page.rows), client.warning) == (
        count,
        f"{count} of {count + 1} open conversations came",
    )


def test_the_sweep_proves_later_that_nothing_is_missing(vendor: FakeVendor, open_client: Opener):
    search = Search(rows(PAGE_SIZE + 1))
    search.spoil = count_one_too_many
    vendor.script = search
    client = open_client()
    list(client.list_conversations_in_state("open"))
    search.spoil = lambda body: None
    _, cursor = client.get_state_page("open", None)
    assert client.warning
    client.get_state_page("open", cursor)
    assert client.warning is None


def test_empty_pages_with_ever_new_cursors_end(vendor: FakeVendor, open_client: Opener):
    def answer(asked: Asked) -> Answer:
        pages = {"next": {"starting_after": str(len(vendor.asked))}}
        return Answer({"conversations": [], "pages": pages, "total_count": 0})

    vendor.script = answer
    with pytest.raises(BadResponseError, match="does not end"):
        list(open_client().list_conversations_in_state("open"))


def test_a_page_cut_short_once_is_asked_again(vendor: FakeVendor, open_client: Opener):
    search = Search(rows(20))
    search.spoil = lambda body: drop_a_row(body) if len(vendor.asked) == 1 else None
    vendor.script = search
    (page,) = open_client().list_updated_conversations(START)
    assert len(page.rows) == 20


def test_the_sweep_goes_page_by_page_and_ends(vendor: FakeVendor, open_client: Opener):
    vendor.script = Search(rows(PAGE_SIZE + 1))
    client = open_client()
    first, cursor = client.get_state_page("open", None)
    second, end = client.get_state_page("open", cursor)
    assert (len(first), len(second), end) == (PAGE_SIZE, 1, None)


def test_one_conversation_is_asked_for_by_id(vendor: FakeVendor, open_client: Opener):
    vendor.answer(Answer({"type": "conversation", "id": "7"}))
    assert open_client().get_conversation("7")["id"] == "7"
    assert vendor.asked[0].path == "/conversations/7"


def test_another_conversation_than_the_one_asked_for_is_an_error(
    vendor: FakeVendor, open_client: Opener
):
    vendor.answer(Answer({"type": "conversation", "id": "8"}))
    with pytest.raises(BadResponseError):
        open_client().get_conversation("7")


def test_a_conversation_that_is_gone_is_not_found(vendor: FakeVendor, open_client: Opener):
    vendor.answer(Answer({"errors": [{"code": "not_found"}]}, status=404))
    with pytest.raises(NotFoundError):
        open_client().get_conversation("7")


def test_a_refused_token_is_unauthorized(vendor: FakeVendor, open_client: Opener):
    vendor.answer(Answer({"errors": [{"code": "unauthorized"}]}, status=401))
    with pytest.raises(UnauthorizedError):
        open_client().get_me()


@pytest.mark.parametrize("answered", [None, "2.14"])
def test_the_version_asked_for_is_no_warning(
    vendor: FakeVendor, open_client: Opener, answered: str | None
):
    vendor.answer(Answer({"id": "1"}, headers={"intercom-version": answered} if answered else {}))
    client = open_client()
    client.get_me()
    assert client.warning is None


def test_another_known_version_is_a_warning(vendor: FakeVendor, open_client: Opener):
    vendor.answer(Answer({"id": "1"}, headers={"intercom-version": "2.11"}))
    client = open_client()
    client.get_me()
    assert client.warning == "Intercom answers in version 2.11, not 2.14"


@pytest.mark.parametrize("answered", ["2.8", "2.17", "1.0", "Preview", "<b>"])
def test_an_unknown_version_is_refused(vendor: FakeVendor, open_client: Opener, answered: str):
    vendor.answer(Answer({"id": "1"}, headers={"intercom-version": answered}))
    with pytest.raises(BadResponseError, match="not supported") as caught:
        open_client().get_me()
    assert "<" not in str(caught.value)
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(("asked_for", "spoken"), [("2.14", "2.14"), ("2.14", "2.16")])
def test_attributes_are_found_where_the_answering_version_keeps_them(
    vendor: FakeVendor, open_client: Opener, asked_for: str, spoken: str
):
    kept_at = "/conversations/attributes" if spoken == "2.16" else "/data_attributes"
    refusal = Answer({"errors": [{"code": "parameter_invalid"}]}, status=422)
    found = Answer({"type": "list", "data": [{"name": "Motivo de Contato"}]})
    vendor.script = lambda asked: found if asked.path == kept_at else refusal
    client = open_client(asked_for)
    assert client.list_conversation_attributes() == [{"name": "Motivo de Contato"}]
    client.list_conversation_attributes()
    assert vendor.asked[-1].path == kept_at
    assert len(vendor.asked) == (2 if spoken == asked_for else 3)


@pytest.mark.parametrize(("version", "has"), [("2.9", False), ("2.13", False), ("2.14", True)])
def test_reasons_for_being_away_come_with_2_14(
    vendor: FakeVendor, open_client: Opener, version: str, has: bool
):
    vendor.answer(Answer({"type": "list", "data": []}))
    if has:
        assert open_client(version).list_away_status_reasons() == []
    else:
        with pytest.raises(NotFoundError):
            open_client(version).list_away_status_reasons()


@pytest.mark.parametrize("kind", ["admins", "teams"])
def test_lists_without_pages_are_handed_on(vendor: FakeVendor, open_client: Opener, kind: str):
    answer = json.loads((PAYLOADS / f"intercom_{kind}.json").read_text(encoding="utf-8"))
    vendor.answer(Answer(answer))
    assert getattr(open_client(), f"list_{kind}")() == answer[kind]
    assert vendor.asked[0].path == f"/{kind}"


@pytest.mark.parametrize("answer", [{}, {"admins": None}, {"admins": [{}]}, {"admins": ["x"]}])
def test_a_list_that_is_none_is_an_error(
    vendor: FakeVendor, open_client: Opener, answer: dict[str, Any]
):
    vendor.answer(Answer(answer))
    with pytest.raises(BadResponseError):
        open_client().list_admins()


def test_a_token_of_the_environment_is_required():
    environment = load_environment(
        {"INTERCOM_TOKEN": "token", "INTERCOM_BASE_URL": "http://127.0.0.1:1"}
    )
    assert intercom_client(environment, Settings()).warning is None
    with pytest.raises(ConfigurationError, match="INTERCOM_TOKEN is missing"):
        intercom_client(load_environment({}), Settings())
