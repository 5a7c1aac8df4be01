"""Codes of the second factor: the published ones, each good once, and the way back without them."""

import base64

import pytest

from services.accounts.second_factor import (
    STEP_SECONDS,
    SecondFactor,
    build_otpauth_url,
    compute_code,
)

ANA = "ana@example.com"


@pytest.fixture
def clock():
    return [1_800_000_000.0]


@pytest.fixture
def factor(store, clock):
    return SecondFactor(store, lambda: clock[0])


def now(clock, secret, steps=0):
    return compute_code(secret, int(clock[0] // STEP_SECONDS) + steps)


@pytest.fixture
def enrolled(factor, clock):
    secret = factor.begin_setup(ANA)
    codes = factor.confirm(ANA, now(clock, secret))
    clock[0] += 120
    return secret, codes


# RFC 6238, appendix B, the last six digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds, code):
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert compute_code(secret, seconds // STEP_SECONDS) == code


def test_it_is_off_until_a_code_of_the_telephone_was_given(factor, clock):
    secret = factor.begin_setup(ANA)
    assert factor.begin_setup(ANA) == secret
    assert not factor.is_on(ANA)
    assert factor.confirm(ANA, "000000") is None
    assert not factor.is_on(ANA)
    assert len(factor.confirm(ANA, now(clock, secret))) == 8
    assert factor.is_on(ANA)


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_off_by_a_step(factor, clock, enrolled, steps, good):
    assert factor.accepts(ANA, now(clock, enrolled[0], steps)) is good


def test_a_code_is_good_once(factor, clock, enrolled):
    code = now(clock, enrolled[0])
    assert factor.accepts(ANA, f" {code[:3]} {code[3:]} ")
    assert not factor.accepts(ANA, code)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "0" * 5000])
def test_what_is_no_code_is_none(factor, enrolled, code):
    assert not factor.accepts(ANA, code)


def test_each_recovery_code_opens_once_however_it_is_written(factor, enrolled):
    codes = enrolled[1]
    assert len(set(codes)) == 8
    assert factor.accepts(ANA, codes[0].upper().replace("-", " "))
    assert not factor.accepts(ANA, codes[0])
    assert factor.count_recovery_codes(ANA) == 7


def test_codes_are_nobody_elses(factor, clock, enrolled):
    secret, codes = enrolled
    assert not factor.accepts("bia@example.com", now(clock, secret))
    assert not factor.accepts("bia@example.com", codes[0])
    assert not factor.accepts("", "")


def test_turned_off_nothing_of_it_is_left(factor, clock, store, enrolled):
    assert factor.turn_off(ANA)
    assert not factor.turn_off(ANA)
    assert not factor.accepts(ANA, enrolled[1][0])
    assert [key for key in store.keys("factor") if not key.startswith("factor-used/")] == []


def test_while_it_is_on_no_other_secret_takes_its_place(factor, clock, enrolled):
    other = factor.begin_setup(ANA)
    assert factor.confirm(ANA, now(clock, other)) is None
    assert factor.accepts(ANA, now(clock, enrolled[0]))


def test_recovery_codes_are_not_kept_as_they_are(store, enrolled):
    kept = " ".join(store.keys(""))
    assert not [code for code in enrolled[1] if code in kept or code.replace("-", "") in kept]


def test_the_address_for_the_telephone_names_account_and_issuer():
    assert build_otpauth_url("ana+x@example.com", "ABC") == (
        "otpauth://totp/Vigia%3Aana%2Bx%40example.com?secret=ABC&issuer=Vigia"
    )
