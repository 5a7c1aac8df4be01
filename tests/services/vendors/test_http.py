import gzip
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from requests.auth import HTTPBasicAuth

from services.errors import (
    BadResponseError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from services.vendors.http import (
    AIRCALL,
    ATTEMPTS,
    INTERCOM,
    LARGEST_ANSWER,
    BearerAuth,
    Limits,
    Vendor,
    VendorSession,
)
from tests.worlds.fake_vendor import Answer, Clock, FakeVendor, fake_vendor

SECRET = "dG9rOnNlY3JldA"
WELL = Answer({"ok": True})
Opener = Callable[..., VendorSession]


@pytest.fixture
def vendor() -> Iterator[FakeVendor]:
    with fake_vendor() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_session(vendor: FakeVendor, clock: Clock) -> Iterator[Opener]:
    opened: list[VendorSession] = []

    def opener(kind: Vendor = INTERCOM, url: str = vendor.url, **options: object) -> VendorSession:
        given = {"clock": clock, "sleep": clock.sleep, **options}
        opened.append(VendorSession(kind, url, BearerAuth(SECRET), **given))
        return opened[-1]

    yield opener
    for session in opened:
        session.close()


def test_an_object_is_handed_on_with_our_headers_sent(vendor: FakeVendor, open_session: Opener):
    vendor.answer(Answer({"me": "ç"}))
    session = open_session(headers={"Intercom-Version": "2.14"})
    assert session.get("/me", {"page": 2}) == {"me": "ç"}
    asked = vendor.asked[0]
    assert (asked.path, asked.params) == ("/me", {"page": "2"})
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["Intercom-Version"] == "2.14"


def test_a_question_is_sent_as_json(vendor: FakeVendor, open_session: Opener):
    vendor.answer(WELL)
    assert open_session().post("/search", {"query": 1}) == {"ok": True}
    assert vendor.asked[0].body == {"query": 1}
    assert vendor.asked[0].headers["Content-Type"] == "application/json"


def test_connections_are_kept(vendor: FakeVendor, open_session: Opener):
    vendor.answer(WELL)
    session = open_session()
    for _ in range(5):
        session.get("/me")
    assert vendor.connections == 1


def test_a_compressed_answer_is_read(vendor: FakeVendor, open_session: Opener):
    body = gzip.compress(json.dumps({"text": "a" * 200_000}).encode())
    vendor.answer(Answer(body, headers={"Content-Encoding": "gzip"}))
    assert len(open_session().get("/me")["text"]) == 200_000


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (Answer(status=500), UnavailableError),
        (Answer(status=503), UnavailableError),
        (Answer(b'{"ok": tr'), BadResponseError),
        (Answer(b""), BadResponseError),
        (Answer(b"<html>maintenance</html>"), BadResponseError),
        (Answer([1, 2]), BadResponseError),
        (Answer(b"[" * 200_000), BadResponseError),
        (Answer(b'{"ok": 1}', promised=500), BadResponseError),
        (Answer(b"not gzip", headers={"Content-Encoding": "gzip"}), BadResponseError),
    ],
)
def test_a_passing_failure_is_asked_again_and_a_lasting_one_named(
    vendor: FakeVendor, open_session: Opener, clock: Clock, broken: Answer, kind: type[Exception]
):
    session = open_session()
    vendor.answer(broken, broken, WELL)
    assert session.get("/me") == {"ok": True}
    assert len(clock.slept) == 2
    assert clock.slept[1] > 0.9

    vendor.answer(broken)
    vendor.asked.clear()
    with pytest.raises(kind):
        session.get("/me")
    assert len(vendor.asked) == ATTEMPTS


def test_nobody_at_the_address_is_unavailable(open_session: Opener):
    with pytest.raises(UnavailableError, match="no connection to Intercom"):
        open_session(url="http://127.0.0.1:9").get("/me")


def test_a_vendor_that_hangs_is_given_up(vendor: FakeVendor, open_session: Opener):
    release = threading.Event()
    vendor.answer(Answer(hang=release))
    session = open_session(limits=Limits(read=0.05))
    with pytest.raises(UnavailableError, match="in time"):
        session.get("/me")
    release.set()


def test_a_body_that_only_drips_is_given_up(vendor: FakeVendor, open_session: Opener):
    until = time.monotonic() + 5
    slow = threading.Event()
    vendor.answer(
        Answer(promised=10_000, drip=lambda: not slow.wait(0.01) and time.monotonic() < until)
    )
    session = open_session(limits=Limits(read=2, whole=0.1, attempts_seconds=0.1))
    started = time.monotonic()
    with pytest.raises(UnavailableError, match="did not finish"):
        session.get("/me")
    slow.set()
    assert time.monotonic() - started < 2


def test_time_spent_on_failures_ends_the_attempts(vendor: FakeVendor, open_session: Opener):
    vendor.answer(Answer(status=500))
    with pytest.raises(UnavailableError):
        open_session(limits=Limits(attempts_seconds=0)).get("/me")
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("vendor_kind", "status", "kind"),
    [
        (INTERCOM, 401, UnauthorizedError),
        (INTERCOM, 403, ForbiddenError),
        (AIRCALL, 401, UnauthorizedError),
        (AIRCALL, 403, UnauthorizedError),
        (INTERCOM, 404, NotFoundError),
        (AIRCALL, 410, NotFoundError),
        (INTERCOM, 400, BadResponseError),
        (INTERCOM, 302, BadResponseError),
    ],
)
def test_what_is_refused_is_not_asked_again(
    vendor: FakeVendor,
    open_session: Opener,
    vendor_kind: Vendor,
    status: int,
    kind: type[Exception],
):
    vendor.answer(Answer({"message": "x"}, status=status, headers={"Location": "http://other/"}))
    with pytest.raises(kind):
        open_session(vendor_kind).get("/me")
    assert len(vendor.asked) == 1


def test_a_refusal_names_the_code_and_never_the_text(vendor: FakeVendor, open_session: Opener):
    error = {"code": "parameter_invalid", "message": "no such person: ana@example.com"}
    vendor.answer(Answer({"type": "error.list", "errors": [error]}, status=422))
    with pytest.raises(BadResponseError) as caught:
        open_session().get("/me")
    assert str(caught.value) == "Intercom answered 422 (parameter_invalid)"
    assert caught.value.status == 422


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no", {"errors": []}, {"errors": [{"code": 7}]}])
def test_a_refusal_without_a_code_names_the_status(
    vendor: FakeVendor, open_session: Opener, body: object
):
    vendor.answer(Answer(body, status=400))
    with pytest.raises(BadResponseError, match=r"^Intercom answered 400$"):
        open_session().get("/me")


def test_after_a_429_nobody_asks_before_the_named_instant(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    until = clock.now + 7
    vendor.answer(Answer(status=429, headers={"X-RateLimit-Reset": str(int(until))}), WELL)
    assert open_session().get("/me") == {"ok": True}
    assert until < clock.now <= until + 1.1


def test_aircalls_reset_may_be_a_number_of_seconds(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    start = clock.now
    vendor.answer(Answer(status=429, headers={"X-AircallApi-Reset": "12"}), WELL)
    open_session(AIRCALL).get("/v1/ping")
    assert 12 < clock.now - start <= 13.1


@pytest.mark.parametrize(
    ("ahead", "unit", "waited"),
    [
        (7, 1, 7),  # seconds
        (7, 1000, 7),  # milliseconds
        (3 * 86400, 1, 300),  # further ahead than any limit lasts
        (3 * 86400, 1000, 300),
        (-5, 1, 0),  # the vendor's clock is a little behind ours
        (-3600, 1, 60),  # of some other limit: as if nothing were said
        (-3600, 1000, 60),
    ],
)
def test_a_reset_is_believed_within_bounds(
    vendor: FakeVendor, open_session: Opener, clock: Clock, ahead: int, unit: int, waited: float
):
    reset = str((int(clock.now) + ahead) * unit)
    vendor.answer(Answer(status=429, headers={"X-AircallApi-Reset": reset}), WELL)
    session, start = open_session(AIRCALL), clock.now
    while True:
        try:
            session.get("/v1/ping")
            break
        except RateLimitedError:
            clock.now += 1
    assert waited <= clock.now - start <= min(waited + 1.1, 300)
    assert len(vendor.asked) == 2


def test_a_clock_that_is_set_back_lengthens_no_wait(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    vendor.answer(Answer(status=429, headers={"X-RateLimit-Reset": "200"}), WELL)
    session = open_session()
    with pytest.raises(RateLimitedError):
        session.get("/me")
    clock.now -= 86400
    with pytest.raises(RateLimitedError) as caught:
        session.get("/me")
    assert caught.value.retry_after_seconds <= 300


def test_a_429_without_a_time_is_waited_out_for_a_minute(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    vendor.answer(Answer(status=429))
    with pytest.raises(RateLimitedError) as caught:
        open_session().get("/me")
    assert 60 < caught.value.retry_after_seconds < 62


def test_a_long_wait_is_raised_and_remembered_for_everybody(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    session = open_session()
    limited = Answer(status=429, headers={"X-RateLimit-Reset": str(int(clock.now) + 120)})
    vendor.answer(limited, WELL)
    with pytest.raises(RateLimitedError):
        session.get("/me")

    seen: list[object] = []

    def elsewhere() -> None:
        try:
            session.get("/admins")
        except RateLimitedError as error:
            seen.append(error.retry_after_seconds)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert 119 < seen[0] < 122
    assert len(vendor.asked) == 1

    clock.now += 100
    assert session.get("/me") == {"ok": True}
    assert clock.now >= float(limited.headers["X-RateLimit-Reset"])


def test_the_last_request_of_a_window_makes_the_next_one_wait(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    reset = int(clock.now) + 8
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    vendor.answer(Answer({}, headers=spent), WELL)
    session = open_session()
    session.get("/me")
    assert clock.slept == []
    session.get("/me")
    assert clock.now >= reset


def test_headers_of_unknown_origin_do_not_steer_aircall(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    strange = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(clock.now) + 50)}
    vendor.answer(Answer({}, headers=strange))
    session = open_session(AIRCALL)
    session.get("/v1/ping")
    session.get("/v1/ping")
    assert clock.slept == []


def test_requests_are_counted_for_a_minute_retries_included(
    vendor: FakeVendor, open_session: Opener, clock: Clock
):
    vendor.answer(Answer(status=500), WELL)
    session = open_session()
    session.get("/me")
    assert session.count_recent_requests() == 2
    clock.now += 60
    assert session.count_recent_requests() == 0
    assert session.count_outcomes() == {"unavailable": 1, "ok": 1}


def test_threads_share_one_pace(vendor: FakeVendor, open_session: Opener):
    vendor.answer(WELL)
    begun = time.time()
    shift = [0.0]
    lock = threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            shift[0] += min(seconds, 1)

    session = open_session(
        AIRCALL, requests_per_minute=10, clock=lambda: begun + shift[0], sleep=sleep
    )
    threads = [
        threading.Thread(target=lambda: [session.get("/v1/ping") for _ in range(5)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(vendor.asked) == 20
    assert shift[0] >= 60


def test_half_an_emoji_is_replaced_and_a_whole_one_kept(vendor: FakeVendor, open_session: Opener):
    vendor.answer(Answer(b'{"cut": "a\\ud83d", "whole": "\\ud83d\\ude00"}'))
    assert open_session().get("/me") == {"cut": "a?", "whole": "😀"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": [' + b"[]," * 2**20 + b"1]}",
        b'{"a": [' + b'{"a":1},' * 2**19 + b"1]}",
        b'{"a": "' + b"x" * LARGEST_ANSWER + b'"}',
        gzip.compress(b'{"a": "' + b" " * 2**28 + b'"}'),
    ],
    ids=["empty lists", "small objects", "a long text", "packed blanks"],
)
def test_what_would_cost_too_much_memory_is_refused_once(
    vendor: FakeVendor, open_session: Opener, body: bytes
):
    packed = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    vendor.answer(Answer(body, headers=packed))
    with pytest.raises(BadResponseError, match="too large"):
        open_session().get("/me")
    assert len(vendor.asked) == 1


def test_an_escaped_backslash_before_what_looks_like_half_an_emoji_stays(
    vendor: FakeVendor, open_session: Opener
):
    vendor.answer(Answer(b'{"a": "\\\\ud83d \\udc00\\ud83d\\ude00"}'))
    assert open_session().get("/me") == {"a": "\\ud83d ?😀"}


def test_a_stop_ends_all_waiting(vendor: FakeVendor, open_session: Opener):
    stop = threading.Event()
    stop.set()
    vendor.answer(Answer(status=500))
    with pytest.raises(UnavailableError, match="stopping"):
        open_session(sleep=stop.wait).get("/me")
    assert len(vendor.asked) == 1


def test_credentials_appear_in_no_log_and_no_error(
    vendor: FakeVendor, open_session: Opener, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    said = []
    for answer in (Answer(status=500), Answer({"echo": SECRET}, status=401), Answer(b"x")):
        vendor.answer(answer)
        with pytest.raises(Exception, match="Intercom") as caught:
            open_session().get("/me")
        said.append(f"{caught.value!r} {caught.value.__cause__!r}")
    assert SECRET not in caplog.text + "".join(said)


def test_a_token_that_no_header_can_carry_is_not_quoted(vendor: FakeVendor, clock: Clock):
    for auth in (BearerAuth(f"{SECRET}\n{SECRET}"), HTTPBasicAuth(SECRET, "\u2019")):
        session = VendorSession(INTERCOM, vendor.url, auth, clock=clock, sleep=clock.sleep)
        with pytest.raises(BadResponseError) as caught:
            session.get("/me")
        session.close()
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None
        assert clock.slept == []


def test_netrc_never_replaces_the_token(
    vendor: FakeVendor,
    open_session: Opener,
    tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    vendor.answer(WELL)
    open_session().get("/me")
    assert vendor.asked[0].headers["Authorization"] == f"Bearer {SECRET}"
