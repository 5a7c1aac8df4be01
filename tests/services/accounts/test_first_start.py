"""The code of the first start, and the account that it makes."""

import logging

import pytest

from services.accounts.accounts import AccountError, Accounts
from services.accounts.first_start import FirstStart
from services.settings.config import Settings

KEY = "k" * 32
PERSON = ("ana@example.com", "Ana")
PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(store):
    return Accounts(store, Settings())


@pytest.fixture
def first(store, accounts):
    return FirstStart(store, accounts, KEY)


def logged_code(first, caplog):
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        first.log_code()
    return caplog.messages[0].split()[-1] if caplog.messages else None


def test_every_process_logs_the_same_code_once(store, accounts, first, caplog):
    code = logged_code(first, caplog)
    assert logged_code(first, caplog) is None
    assert logged_code(FirstStart(store, accounts, KEY), caplog) == code
    assert logged_code(FirstStart(store, accounts, "another key"), caplog) != code


def test_the_code_makes_one_manager_however_it_is_typed(first, accounts, caplog):
    code = logged_code(first, caplog)
    account = first.make_first_account(f" {code.lower()} ", *PERSON, lambda: PASSWORD)
    assert (account.email, account.role) == ("ana@example.com", "manager")
    assert first.make_first_account(code, "b@example.com", "B", lambda: PASSWORD) is None
    assert [known.email for known in accounts.list()] == ["ana@example.com"]


def test_another_code_asks_for_no_password(first, caplog):
    logged_code(first, caplog)

    def ask():
        raise AssertionError

    assert first.make_first_account("AAAA-BBBB-CCCC-DDDD", *PERSON, ask) is None


def test_a_password_that_cannot_be_used_leaves_the_code_good(first, caplog):
    code = logged_code(first, caplog)
    with pytest.raises(AccountError):
        first.make_first_account(code, *PERSON, lambda: "short")
    assert first.make_first_account(code, *PERSON, lambda: PASSWORD) is not None


def test_when_there_is_nobody_again_the_code_is_another(first, store, accounts, caplog):
    code = logged_code(first, caplog)
    first.make_first_account(code, *PERSON, lambda: PASSWORD)
    assert logged_code(first, caplog) is None
    accounts.remove("ana@example.com")
    assert logged_code(FirstStart(store, accounts, KEY), caplog) not in (None, code)
