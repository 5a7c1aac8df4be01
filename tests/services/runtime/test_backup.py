import sqlite3
from pathlib import Path

import pytest

from services import VERSION
from services.accounts.accounts import Accounts
from services.accounts.audit import Audit
from services.accounts.second_factor import SecondFactor
from services.accounts.sessions import Sessions
from services.accounts.tokens import Tokens
from services.files.schedule import load_schedule
from services.robot.alert_settings import load_active_settings
from services.robot.history import History
from services.robot.store import load_alert_state
from services.runtime import backup
from services.runtime.backup import BackupError, make_backup, read_backup, restore_state
from services.settings.config import Environment, Settings
from services.settings.decisions import Decisions
from services.storage.disk_store import DiskStore

KEY, PASSPHRASE = "k" * 48, "four plain words here"
NOW = 1_795_965_000.0
EARLIER = Path(__file__).with_name("state_1a367ad.sql")


@pytest.fixture
def earlier(tmp_path):
    """The state folder that an earlier Vigia left."""
    (tmp_path / "earlier").mkdir(mode=0o700)
    database = sqlite3.connect(tmp_path / "earlier/cache.db")
    database.executescript(EARLIER.read_text(encoding="utf-8"))
    database.close()
    store = DiskStore(tmp_path / "earlier", reserve_bytes=2**20)
    yield store
    store.close()


@pytest.fixture
def made(earlier):
    return make_backup(earlier, KEY, PASSPHRASE, NOW)


def assert_everything_is_there(state):
    settings = Settings()
    accounts = Accounts(state, settings)
    assert [(a.email, a.role) for a in accounts.list()] == [
        ("joao.lacerda@example.com", "analyst"),
        ("luana.tavares@example.com", "analyst"),
        ("marina.falcao@example.com", "manager"),
    ]
    assert accounts.verify("marina.falcao@example.com", "vigia-gestora")
    sessions = Sessions(state, settings, lambda: NOW)
    television = sessions.find("iwylN0YFu5xXSXAI5Ux5l_B1zunXT-pVSS4Fgcw1OCE")
    assert television is not None
    assert television.device == "TV do suporte"
    machine = Tokens(state, lambda: NOW).find("vigia_uhR9QbR72S5VjfBq3YwtG9UO4-Qa0NEh3HcXcSezZjY")
    assert machine is not None
    assert (machine.name, machine.reach) == ("Grafana", "aggregates")
    factor = SecondFactor(state, lambda: NOW)
    assert factor.is_on("joao.lacerda@example.com")
    assert factor.count_recovery_codes("joao.lacerda@example.com") == 2
    assert len(load_schedule(state).schedule.weeks["201"][0]) == 1
    assert load_active_settings(Decisions(state, settings)).edited == {"overload": {"open": 14}}
    assert {i.problem.rule for i in load_alert_state(state).incidents} == {
        "queue",
        "overload",
        "spike",
    }
    assert [i.duration_seconds(NOW) for i in History(state).list_incidents()] == [600]
    assert [e.what for e in Audit(state, 90, lambda: NOW).list_entries()] == ["token"]


def test_this_version_reads_the_state_that_the_one_before_left(earlier):
    assert_everything_is_there(earlier)
    earlier.drop_expired()
    Audit(earlier, 90, lambda: NOW).note("token", "marina.falcao@example.com")


def test_a_backup_is_restored_elsewhere_into_any_store(made, store):
    store.set("account/stranger@example.com", b"{}")
    restored = read_backup(made, PASSPHRASE)
    assert (restored.secret_key, restored.version, restored.made_at) == (KEY, VERSION, NOW)
    restore_state(restored, store, NOW)
    assert_everything_is_there(store)
    Audit(store, 90, lambda: NOW).note("token", "marina.falcao@example.com")


def test_decisions_of_the_screen_move_with_the_key_that_opens_their_tokens(store, open_store):
    before = Decisions(store, Settings(), Environment(secret_key=KEY))
    before.change({"goals.online_text": 7}, by="Marina")
    before.set_tokens({"intercom_token": "dG9rOm-a-token-of-intercom-7788"}, by="Marina")
    moved = read_backup(make_backup(store, KEY, PASSPHRASE, NOW), PASSPHRASE)
    restore_state(moved, open_store("other"), NOW)
    key = Environment(secret_key=moved.secret_key)
    after = Decisions(open_store("other"), Settings(), key)
    assert after.load().settings.goals.online_text == 7
    assert after.load().environment.intercom_token == before.load().environment.intercom_token
    assert [change.by for change in after.list_changes()] == ["Marina"]


def test_what_ends_still_ends_when_it_would_have(store, open_store):
    store.set("audit/token/1", b"kept", 7200)
    store.set("audit/token/2", b"over", 5000)
    store.set("throttle/somebody", b"3", 300)
    store.set("session/closed later", b"{}", 40_000)
    again = read_backup(make_backup(store, KEY, PASSPHRASE, NOW), PASSPHRASE)
    other = open_store("other")
    assert restore_state(again, other, NOW + 6000) == 1
    assert other.keys("") == ["audit/token/1"]
    assert other.seconds_left("audit/token/1") == pytest.approx(1200, abs=30)
    store.set("for good", b"")
    assert store.seconds_left("for good") is None
    assert store.seconds_left("missing") is None


def test_nobody_reads_it_without_the_passphrase(made):
    assert b"example.com" not in made
    assert b"Grafana" not in made
    with pytest.raises(BackupError, match="the passphrase is another one"):
        read_backup(made, PASSPHRASE + "!")
    with pytest.raises(BackupError, match="at least 12"):
        make_backup(None, KEY, "short", NOW)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda content: b"", "no backup"),
        (lambda content: b"PK" + content, "no backup"),
        (lambda content: content[:40], "damaged"),
        (lambda content: content[:-1], r"cut off: \d+ of \d+ bytes"),
        (lambda content: content.split(b"\n", 2)[0] + b"\n{}\n", "damaged"),
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), "was changed"),
        (lambda content: content.replace(b'"made_at":1795', b'"made_at":1796'), "was changed"),
    ],
)
def test_a_damaged_file_is_refused_with_its_reason(made, change, reason):
    with pytest.raises(BackupError, match=reason):
        read_backup(change(made), PASSPHRASE)


def test_the_state_of_a_later_form_is_refused(made, monkeypatch):
    monkeypatch.setattr(backup, "STATE_FORMAT", 0)
    with pytest.raises(BackupError, match=rf"of Vigia {VERSION}.* with {VERSION} or newer"):
        read_backup(made, PASSPHRASE)
