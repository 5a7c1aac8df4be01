import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from requests.auth import HTTPBasicAuth

from services.errors import BadResponseError, UnauthorizedError
from services.settings.config import Settings, load_environment
from services.vendors.aircall import CAP, PAGE_SIZE, Aircall, aircall_client
from services.vendors.http import AIRCALL, VendorSession
from tests.worlds.fake_vendor import Answer, Asked, Clock, FakeVendor, fake_vendor

PAYLOADS = Path(__file__).parent / "payloads"
START = 1_790_000_000


@pytest.fixture
def vendor() -> Iterator[FakeVendor]:
    with fake_vendor() as running:
        yield running


@pytest.fixture
def client(vendor: FakeVendor) -> Iterator[Aircall]:
    clock = Clock()
    http = VendorSession(
        AIRCALL,
        vendor.url,
        HTTPBasicAuth("id", "token"),
        clock=clock,
        sleep=clock.sleep,
        requests_per_minute=10_000,
    )
    yield Aircall(http)
    http.close()


class Listing:
    """Answers a paged list as the vendor does, cap included."""

    def __init__(self, key: str, rows: list[dict[str, Any]]) -> None:
        self.key = key
        self.rows = rows
        self.spoil: Callable[[dict[str, Any]], None] = lambda body: None

    def __call__(self, asked: Asked) -> Answer:
        page, size = int(asked.params.get("page", 1)), int(asked.params.get("per_page", 20))
        since, until = int(asked.params.get("from", 0)), int(asked.params.get("to", 1 << 40))
        rows = [r for r in self.rows if since <= r.get("started_at", 1) <= until]
        listed = rows[: CAP if self.key == "calls" else None]
        part = listed[(page - 1) * size : page * size]
        more = page * size < len(listed)
        link = f"https://elsewhere.example.com/v1/{self.key}?page={page + 1}" if more else None
        meta = {"count": len(part), "total": len(rows), "current_page": page, "per_page": size}
        body = {self.key: part, "meta": {**meta, "next_page_link": link}}
        self.spoil(body)
        return Answer(body)


def calls(count: int, apart: int = 1) -> list[dict[str, Any]]:
    return [{"id": n, "started_at": START + n * apart} for n in range(count)]


def ids(pages: Any) -> list[int]:
    return [row["id"] for page in pages for row in page.rows]


def test_aircall_is_asked_only_where_the_environment_has_a_key():
    environment = load_environment({"AIRCALL_ID": "id", "AIRCALL_TOKEN": "secret"})
    assert aircall_client(environment, Settings()).count_recent_requests() == 0
    assert aircall_client(load_environment({}), Settings()) is None


def test_the_key_is_proved_by_a_ping(vendor: FakeVendor, client: Aircall):
    vendor.answer(Answer({"ping": "pong"}))
    assert client.ping() == {"ping": "pong"}
    assert vendor.asked[0].headers["Authorization"].startswith("Basic ")


def test_a_wrong_key_is_unauthorized_though_the_vendor_says_forbidden(
    vendor: FakeVendor, client: Aircall
):
    vendor.answer(Answer({"message": "Forbidden"}, status=403))
    with pytest.raises(UnauthorizedError):
        client.ping()


def test_calls_are_read_page_by_page_from_a_fixed_stretch(vendor: FakeVendor, client: Aircall):
    vendor.script = Listing("calls", calls(120))
    assert ids(client.list_calls(START, START + 1000)) == list(range(120))
    assert [a.params["page"] for a in vendor.asked] == ["1", "2", "3"]
    assert {a.params["to"] for a in vendor.asked} == {str(START + 1000)}
    assert vendor.asked[0].params | {"page": ""} == {
        "from": str(START),
        "to": str(START + 1000),
        "order": "asc",
        "per_page": "50",
        "page": "",
        "fetch_contact": "true",
    }


def test_one_call_comes_with_its_contact_as_in_the_list(vendor: FakeVendor, client: Aircall):
    vendor.answer(Answer({"call": {"id": 7, "contact": {"id": 1}}}))
    assert client.get_call("7")["contact"] == {"id": 1}
    assert vendor.asked[0].params == {"fetch_contact": "true"}
    vendor.answer(Answer({"call": {"id": 8}}))
    with pytest.raises(BadResponseError, match="not the call"):
        client.get_call("7")


def test_the_vendors_links_are_not_followed(vendor: FakeVendor, client: Aircall):
    vendor.script = Listing("calls", calls(60))
    assert len(ids(client.list_calls(START, START + 1000))) == 60
    assert len(vendor.asked) == 2


def test_no_calls_are_one_empty_page(vendor: FakeVendor, client: Aircall):
    vendor.script = Listing("calls", [])
    (page,) = client.list_calls(START, START + 10)
    assert (page.rows, page.total, page.number, page.pages) == ([], 0, 1, 1)


def test_more_calls_than_the_vendor_lists_are_read_in_parts(vendor: FakeVendor, client: Aircall):
    vendor.script = Listing("calls", calls(CAP + 300))
    found = ids(client.list_calls(START, START + CAP + 300))
    assert sorted(found) == list(range(CAP + 300))
    assert found[0] <= CAP / 2


def test_more_calls_in_a_second_than_the_vendor_lists_are_an_error(
    vendor: FakeVendor, client: Aircall
):
    vendor.script = Listing("calls", calls(CAP + 1, apart=0))
    with pytest.raises(BadResponseError, match="too many"):
        list(client.list_calls(START - 100, START + 100))


def test_a_call_that_moved_to_the_next_page_comes_once(vendor: FakeVendor, client: Aircall):
    listing = Listing("calls", calls(70))
    listing.spoil = lambda body: None
    vendor.script = listing

    def insert_before(asked: Asked) -> Answer:
        answer = listing(asked)
        if asked.params["page"] == "1":
            listing.rows.insert(0, {"id": 1000, "started_at": START})
        return answer

    vendor.script = insert_before
    found = ids(client.list_calls(START, START + 1000))
    assert len(found) == len(set(found)) == 70


def drop_a_row(body: dict[str, Any]) -> None:
    body["calls"].pop()


def no_meta(body: dict[str, Any]) -> None:
    del body["meta"]


def no_list(body: dict[str, Any]) -> None:
    body["calls"] = None


def no_id(body: dict[str, Any]) -> None:
    body["calls"][0] = {"started_at": START}


def promise_more_for_ever(body: dict[str, Any]) -> None:
    body["calls"] = calls(PAGE_SIZE)
    body["meta"] |= {"next_page_link": "https://x/", "count": PAGE_SIZE, "total": 51}


@pytest.mark.parametrize(
    "spoil",
    [no_meta, no_list, no_id, promise_more_for_ever],
)
def test_a_page_that_is_no_page_is_an_error_and_never_a_short_list(
    vendor: FakeVendor, client: Aircall, spoil: Callable[[dict[str, Any]], None]
):
    listing = Listing("calls", calls(60))
    listing.spoil = spoil
    vendor.script = listing
    with pytest.raises(BadResponseError):
        list(client.list_calls(START, START + 1000))


def test_a_short_page_is_asked_again_once_then_kept_and_told_until_it_adds_up(
    vendor: FakeVendor, client: Aircall
):
    listing = Listing("calls", calls(60))
    listing.spoil = drop_a_row
    vendor.script = listing
    assert len(ids(client.list_calls(START, START + 1000))) == 58
    assert client.warning == "49 of 50 calls on page 1 came; 9 of 10 calls on page 2 came"
    assert len(vendor.asked) == 4
    list(client.list_calls(START, START + 1000))
    assert len(vendor.asked) == 4 + 3, "what is known to be short is taken as it comes"
    listing.spoil = lambda body: None
    assert len(ids(client.list_calls(START, START + 1000))) == 60
    assert client.warning is None


@pytest.mark.parametrize(
    ("number", "meaning", "warning"),
    [
        ("count", 60, None),
        ("total", 61, "10 of 11 calls on page 2 came"),
        ("total", 9_000, "10 of 50 calls on page 2 came"),
        ("total", 50, None),
        ("total", None, None),
    ],
)
def test_a_number_with_another_meaning_loses_no_row(
    vendor: FakeVendor, client: Aircall, number: str, meaning: int | None, warning: str | None
):
    listing = Listing("calls", calls(60))
    listing.spoil = lambda body: body["meta"].update({number: meaning})
    vendor.script = listing
    assert len(ids(client.list_calls(START, START + 1000))) == 60
    assert client.warning == warning


def test_a_total_beyond_the_cap_cuts_nothing_that_ends_at_once(vendor: FakeVendor, client: Aircall):
    listing = Listing("calls", calls(20))
    listing.spoil = lambda body: body["meta"].update(total=CAP * 5)
    vendor.script = listing
    assert len(ids(client.list_calls(START, START + 1000))) == 20


def test_a_page_cut_short_once_is_asked_again(vendor: FakeVendor, client: Aircall):
    listing = Listing("calls", calls(60))
    listing.spoil = lambda body: drop_a_row(body) if len(vendor.asked) == 1 else None
    vendor.script = listing
    assert len(ids(client.list_calls(START, START + 1000))) == 60


def test_a_vendor_that_gives_smaller_pages_is_read_to_the_end(vendor: FakeVendor, client: Aircall):
    listing = Listing("calls", calls(60))

    def smaller(asked: Asked) -> Answer:
        asked.params["per_page"] = "20"
        return listing(asked)

    vendor.script = smaller
    assert len(ids(client.list_calls(START, START + 1000))) == 60


def test_people_come_from_the_newer_address_and_else_from_the_older(
    vendor: FakeVendor, client: Aircall
):
    listing = Listing("users", [{"id": n} for n in range(60)])
    gone = Answer({"message": "Not Found"}, status=404)
    there = "/v2/users"
    vendor.script = lambda asked: listing(asked) if asked.path == there else gone
    assert len(client.list_users()) == 60
    assert {a.path for a in vendor.asked} == {"/v2/users"}

    there = "/v1/users"
    assert len(client.list_users()) == 60
    vendor.asked.clear()
    client.get_users_page(1)
    assert [a.path for a in vendor.asked] == ["/v1/users"]

    there = "/v2/users"
    assert len(client.list_users()) == 60


def test_availabilities_of_all_pages_are_known_by_user(vendor: FakeVendor, client: Aircall):
    words = ["available", "in_call", "something_new"]
    people = [{"id": n, "availability": words[n % 3]} for n in range(75)]
    vendor.script = Listing("users", people)
    found = client.get_availabilities()
    assert len(found) == 75
    assert [found["0"], found["1"], found["74"]] == words
    assert [a.path for a in vendor.asked] == ["/v1/users/availabilities"] * 2


@pytest.mark.parametrize("kind", ["numbers", "users"])
def test_lists_are_handed_on(vendor: FakeVendor, client: Aircall, kind: str):
    answer = json.loads((PAYLOADS / f"aircall_{kind}.json").read_text(encoding="utf-8"))
    vendor.answer(Answer(answer))
    assert getattr(client, f"list_{kind}")() == answer[kind]
