import pytest

from services.errors import RateLimitedError, UnavailableError
from services.vendors.rate_limit import RateLimiter
from tests.worlds.fake_vendor import Clock


@pytest.fixture
def clock():
    return Clock()


def limiter(clock, per_minute=60, burst_seconds=10):
    return RateLimiter(per_minute, burst_seconds, clock, clock.sleep)


def test_no_window_of_the_vendors_length_gets_more_than_its_part(clock):
    paced = limiter(clock)
    for _ in range(10):
        paced.acquire(30)
    assert clock.slept == []
    paced.acquire(30)
    assert clock.slept == [10]


def test_no_minute_gets_more_than_our_own_limit(clock):
    paced = limiter(clock, per_minute=3, burst_seconds=60)
    began = clock()
    for _ in range(7):
        paced.acquire(30)
    assert clock() - began == 120
    assert paced.count_requests() == 1


def test_a_block_holds_for_everybody_and_never_gets_shorter(clock):
    paced = limiter(clock)
    paced.block(20)
    paced.block(5)
    paced.acquire(30)
    assert clock.slept == [20]


def test_a_block_longer_than_the_caller_has_patience_is_an_error_and_no_request(clock):
    paced = limiter(clock)
    paced.block(31)
    with pytest.raises(RateLimitedError) as raised:
        paced.acquire(30)
    assert raised.value.retry_after_seconds == 31
    assert paced.count_requests() == 0


def test_who_is_told_to_stop_does_not_ask_any_more(clock):
    stopping = RateLimiter(60, 10, clock, lambda seconds: True)
    stopping.block(5)
    with pytest.raises(UnavailableError) as raised:
        stopping.acquire(30)
    assert raised.value.final


def test_a_clock_that_is_set_back_frees_what_was_counted(clock):
    paced = limiter(clock, per_minute=1, burst_seconds=60)
    paced.acquire(30)
    clock.now -= 3600
    paced.acquire(30)
    assert clock.slept == []
