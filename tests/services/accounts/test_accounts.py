"""Who may sign in: those of the settings, which win, and those of the store."""

import functools

import orjson
import pytest
from werkzeug.security import generate_password_hash

from services.accounts import accounts as module
from services.accounts.accounts import AccountError, Accounts
from services.settings.config import Settings

PASSWORD = "correct horse battery"


@functools.cache
def cheap(password):
    return generate_password_hash(password, "pbkdf2:sha256:1")


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    monkeypatch.setattr(module, "generate_password_hash", cheap)
    monkeypatch.setattr(module, "DUMMY_HASH", cheap("nobody's"))


def settings(*people, **access):
    fixed = [
        {"email": email, "name": "Do arquivo", "role": role, "password_hash": cheap(PASSWORD)}
        for email, role in people
    ]
    return Settings.model_validate({"accounts": fixed, "access": access})


@pytest.fixture
def accounts(store):
    return Accounts(store, settings())


def test_an_account_is_found_and_verified_however_the_email_is_spelled(accounts):
    accounts.add("  Ana@Example.com ", " Ana ", "analyst", PASSWORD)
    for email in ("ana@example.com", "ANA@EXAMPLE.COM", " ana@example.com\n"):
        found = accounts.verify(email, PASSWORD)
        assert (found.email, found.name, found.role) == ("ana@example.com", "Ana", "analyst")
        assert not found.read_only


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), "x" * 2000])
def test_another_password_is_nobody(accounts, password):
    accounts.add("ana@example.com", "Ana", "analyst", PASSWORD)
    assert accounts.verify("ana@example.com", password) is None
    assert accounts.verify("nobody@example.com", password) is None


def test_the_dummy_password_opens_nothing(accounts):
    assert accounts.verify("nobody@example.com", "nobody's") is None


def test_every_attempt_costs_one_hash(accounts, monkeypatch):
    accounts.add("ana@example.com", "Ana", "analyst", PASSWORD)
    checked = []
    monkeypatch.setattr(module, "check_password_hash", lambda h, p: checked.append(h))
    for email in ("ana@example.com", "nobody@example.com", "", "session/x", "é@example.com"):
        accounts.verify(email, "x")
    assert len(checked) == 5
    assert checked[1:] == [module.DUMMY_HASH] * 4


def test_the_password_is_not_kept_and_hashes_are_salted(store, monkeypatch):
    monkeypatch.setattr(module, "generate_password_hash", generate_password_hash)
    accounts = Accounts(store, settings())
    for email in ("a@example.com", "b@example.com"):
        accounts.add(email, "A", "analyst", PASSWORD)
    hashes = [accounts.find(email).password_hash for email in ("a@example.com", "b@example.com")]
    assert hashes[0] != hashes[1]
    assert all(hashed.startswith("scrypt:") for hashed in hashes)
    assert PASSWORD not in str([store.get(key) for key in store.keys("")])


def test_accounts_of_the_settings_win_and_are_read_only(store):
    Accounts(store, settings()).add("ana@example.com", "Ana", "analyst", "another password")
    accounts = Accounts(store, settings(("Ana@Example.com", "manager")))
    found = accounts.verify("ana@example.com", PASSWORD)
    assert (found.role, found.read_only) == ("manager", True)
    assert accounts.verify("ana@example.com", "another password") is None
    for change in (
        lambda: accounts.add("ANA@example.com", "X", "manager", PASSWORD),
        lambda: accounts.set_password("Ana@example.com", PASSWORD),
        lambda: accounts.remove("ana@example.com "),
    ):
        with pytest.raises(AccountError, match="read_only"):
            change()
    assert [account.name for account in accounts.list()] == ["Do arquivo"]


@pytest.mark.parametrize(
    ("email", "name", "role", "password", "reason"),
    [
        ("", "Ana", "analyst", PASSWORD, "bad_email"),
        ("ana", "Ana", "analyst", PASSWORD, "bad_email"),
        ("a@b@c", "Ana", "analyst", PASSWORD, "bad_email"),
        ("a b@example.com", "Ana", "analyst", PASSWORD, "bad_email"),
        ("a@x/../session", "Ana", "analyst", PASSWORD, "bad_email"),
        ("a\x00@example.com", "Ana", "analyst", PASSWORD, "bad_email"),
        ("x" * 65 + "@example.com", "Ana", "analyst", PASSWORD, "bad_email"),
        ("a@example.com", "", "analyst", PASSWORD, "bad_name"),
        ("a@example.com", "  ", "analyst", PASSWORD, "bad_name"),
        ("a@example.com", "x" * 121, "analyst", PASSWORD, "bad_name"),
        ("a@example.com", "Ana\nroot", "analyst", PASSWORD, "bad_name"),
        ("a@example.com", "Ana", "admin", PASSWORD, "bad_role"),
        ("a@example.com", "Ana", "", PASSWORD, "bad_role"),
        ("a@example.com", "Ana", "Manager", PASSWORD, "bad_role"),
        ("a@example.com", "Ana", "analyst", "", "short_password"),
        ("a@example.com", "Ana", "analyst", "x" * 9, "short_password"),
        ("a@example.com", "Ana", "analyst", "x" * 1001, "long_password"),
    ],
)
def test_what_cannot_be_an_account_is_refused_and_not_written(
    accounts, store, email, name, role, password, reason
):
    with pytest.raises(AccountError, match=f"^{reason}$"):
        accounts.add(email, name, role, password)
    assert store.keys() == []


@pytest.mark.parametrize("length", [10, 1000])
def test_passwords_of_the_shortest_and_longest_kind_work(accounts, length):
    password = ("kestrel fjórd " * 80)[:length]
    accounts.add("a@example.com", "Ana", "wall", password)
    assert accounts.verify("a@example.com", password)


def test_how_long_a_password_must_be_is_a_setting(store):
    accounts = Accounts(store, settings(password_minimum_length=14))
    assert accounts.minimum == 14
    with pytest.raises(AccountError, match="short_password"):
        accounts.add("a@example.com", "Ana", "wall", "x" * 13)


def test_a_password_can_be_changed(accounts):
    accounts.add("ana@example.com", "Ana", "manager", PASSWORD)
    changed = accounts.set_password("ANA@example.com", "a new password")
    assert (changed.name, changed.role) == ("Ana", "manager")
    assert accounts.verify("ana@example.com", PASSWORD) is None
    assert accounts.verify("ana@example.com", "a new password") is not None
    with pytest.raises(AccountError, match="short_password"):
        accounts.set_password("ana@example.com", "short")
    with pytest.raises(AccountError, match="unknown_email"):
        accounts.set_password("nobody@example.com", PASSWORD)


def test_an_account_can_be_taken_away(accounts):
    accounts.add("ana@example.com", "Ana", "manager", PASSWORD)
    accounts.remove(" Ana@Example.com")
    assert accounts.find("ana@example.com") is None
    assert accounts.is_empty()
    with pytest.raises(AccountError, match="unknown_email"):
        accounts.remove("ana@example.com")


def test_everyone_is_listed_by_email(store):
    accounts = Accounts(store, settings(("m@example.com", "manager")))
    assert not accounts.is_empty()
    for email in ("z@example.com", "a@example.com"):
        accounts.add(email, "X", "wall", PASSWORD)
    assert [account.email for account in accounts.list()] == [
        "a@example.com",
        "m@example.com",
        "z@example.com",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b'{"email": "a@example.com", "role": "root"}',
        orjson.dumps({"email": "a", "name": "A", "role": ["manager"], "password_hash": "x"}),
    ],
)
def test_a_damaged_account_is_nobody(accounts, store, content):
    store.set("account/a@example.com", content)
    assert accounts.find("a@example.com") is None
    assert accounts.verify("a@example.com", PASSWORD) is None
    assert list(accounts.list()) == []


@pytest.mark.parametrize("hashed", ["", "plain", "md5$x$y", "$$", "scrypt:1$s$zz"])
def test_a_damaged_hash_opens_nothing(accounts, store, hashed):
    document = {"email": "a@example.com", "name": "A", "role": "manager", "password_hash": hashed}
    store.set("account/a@example.com", orjson.dumps(document))
    for password in ("", hashed, PASSWORD):
        assert accounts.verify("a@example.com", password) is None


def test_all_processes_see_the_same_accounts(open_store):
    one, other = (Accounts(open_store("state"), settings()) for _ in range(2))
    one.add("ana@example.com", "Ana", "manager", PASSWORD)
    assert other.verify("ana@example.com", PASSWORD)
    other.remove("ana@example.com")
    assert one.is_empty()


def test_an_obvious_password_is_refused_unless_everybody_may_know_it(accounts):
    with pytest.raises(AccountError, match="common_password"):
        accounts.add("ana@example.com", "Ana", "manager", "vigia-gestora")
    with pytest.raises(AccountError, match="common_password"):
        accounts.add("sebastiana@example.com", "Ana", "manager", "sebastiana-2026")
    accounts.add("ana@example.com", "Ana", "manager", "vigia-gestora", public=True)
    assert accounts.verify("ana@example.com", "vigia-gestora")


def test_an_account_that_is_disabled_opens_nothing_until_it_is_enabled(accounts):
    accounts.add("ana@example.com", "Ana", "manager", PASSWORD)
    assert accounts.change("Ana@example.com", disabled=True).disabled
    assert accounts.verify("ana@example.com", PASSWORD) is None
    accounts.set_password("ana@example.com", "kestrel over the fjord")
    assert accounts.verify("ana@example.com", "kestrel over the fjord") is None
    accounts.change("ana@example.com", disabled=False)
    assert accounts.verify("ana@example.com", "kestrel over the fjord")


def test_roles_change_and_nothing_else_does(accounts):
    before = accounts.add("ana@example.com", "Ana", "analyst", PASSWORD, temporary=True)
    changed = accounts.change("ana@example.com", role="manager")
    assert (changed.role, changed.password_hash) == ("manager", before.password_hash)
    assert changed.temporary
    for role in ("owner", "", "Manager"):
        with pytest.raises(AccountError, match="bad_role"):
            accounts.change("ana@example.com", role=role)


def test_what_the_settings_say_stays(store):
    accounts = Accounts(store, settings(("a@example.com", "manager")))
    with pytest.raises(AccountError, match="read_only"):
        accounts.change("a@example.com", role="analyst")
    with pytest.raises(AccountError, match="unknown_email"):
        accounts.change("nobody@example.com", disabled=True)


def test_the_last_sign_in_is_remembered_until_the_account_goes(accounts):
    accounts.add("ana@example.com", "Ana", "manager", PASSWORD)
    assert accounts.get_last_sign_in("ana@example.com") is None
    accounts.note_sign_in("ana@example.com", 1_800_000_000.9)
    assert accounts.get_last_sign_in("ana@example.com") == 1_800_000_000
    accounts.remove("ana@example.com")
    assert accounts.get_last_sign_in("ana@example.com") is None
