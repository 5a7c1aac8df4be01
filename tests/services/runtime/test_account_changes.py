"""What a manager may do to accounts, and what is noted of it."""

from typing import Any

import orjson
import pytest

from services.accounts.accounts import PREFIX, AccountError
from services.errors import UnavailableError
from services.runtime import account_changes
from services.runtime.account_changes import AccountChanges, has_other_manager, lock_accounts
from services.runtime.backend import Backend
from services.settings.config import Settings
from services.settings.decisions import Decisions
from tests.worlds.web_world import cheap_hash

BOSS, OTHER, ANA = "boss@example.com", "other@example.com", "ana@example.com"


@pytest.fixture
def backend(store):
    dataset: Any = None
    backend = Backend(Decisions(store, Settings()), store, store, dataset, lambda: 1.8e9)
    for email, role in ((BOSS, "manager"), (OTHER, "manager"), (ANA, "analyst")):
        document = {"email": email, "name": email, "role": role, "password_hash": cheap_hash("x")}
        store.set(PREFIX + email, orjson.dumps(document))
    return backend


def noted(backend):
    return [
        (entry.who, entry.about["did"], entry.about["account"])
        for entry in backend.audit.list_entries()
    ]


def test_a_role_is_changed_and_noted(backend):
    AccountChanges(backend, BOSS).set_role(ANA, "manager")
    assert backend.accounts.find(ANA).role == "manager"
    assert noted(backend) == [(BOSS, "role", ANA)]


def test_a_reset_ends_the_sessions_and_asks_for_another_password(backend):
    word = backend.sessions.open(backend.accounts.find(ANA))
    password = AccountChanges(backend, BOSS).reset(ANA)
    assert backend.accounts.verify(ANA, password).temporary
    assert backend.sessions.find(word) is None


def test_who_is_taken_away_leaves_no_second_factor(backend):
    backend.second_factor.begin_setup(ANA)
    AccountChanges(backend, BOSS).remove(ANA)
    assert backend.accounts.find(ANA) is None
    assert backend.second_factor.get_pending_secret(ANA) is None


@pytest.mark.parametrize(
    ("who", "email", "reason"),
    [
        (BOSS, BOSS, "own_account"),
        (BOSS, "nobody@example.com", "unknown_email"),
        (ANA, OTHER, "not_manager"),
    ],
)
def test_what_may_not_be_done_changes_and_notes_nothing(backend, who, email, reason):
    with pytest.raises(AccountError, match=reason):
        AccountChanges(backend, who).set_disabled(email, True)
    assert noted(backend) == []


def test_a_disabled_manager_manages_nothing(backend):
    assert has_other_manager(BOSS, backend.accounts)
    AccountChanges(backend, BOSS).set_disabled(OTHER, True)
    assert not has_other_manager(BOSS, backend.accounts)


def test_who_cannot_have_the_lock_is_told(store, monkeypatch):
    monkeypatch.setattr(account_changes, "ATTEMPTS", 2)
    monkeypatch.setattr(account_changes, "RETRY_SECONDS", 0)
    with (
        lock_accounts(store),
        pytest.raises(UnavailableError, match="somebody else"),
        lock_accounts(store),
    ):
        pass
    with lock_accounts(store):
        pass
