"""`python app.py account`: people and their passwords, from the command line."""

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug.security import check_password_hash, generate_password_hash

from layouts.i18n import text_for
from services.accounts import account_command, accounts
from services.accounts.accounts import Accounts
from services.accounts.audit import Audit
from services.accounts.tokens import Tokens
from services.settings.config import Settings
from services.storage.disk_store import DiskStore

ROOT = Path(__file__).parents[3]
PASSWORD = "correct horse battery"
ADD = ("add", "Ana@Example.com", "--name", "Ana", "--role", "manager")


@pytest.fixture
def people(tmp_path, monkeypatch):
    monkeypatch.setattr(
        accounts, "generate_password_hash", lambda p: generate_password_hash(p, "pbkdf2:sha256:1")
    )
    store = DiskStore(tmp_path / "state")
    made = Accounts(store, Settings())
    made.store = store
    yield made
    store.close()


def others(people):
    """What the command works with besides the accounts."""
    return Audit(people.store, 90, lambda: 1.8e9), Tokens(people.store, lambda: 1.8e9)


@pytest.fixture
def run(people, monkeypatch, capsys):
    """Run one action with a line on standard input: exit code, output, errors."""

    def run(*words, typed="", language="en"):
        parser = argparse.ArgumentParser()
        account_command.add_arguments(parser)
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = account_command.main(
            parser.parse_args(words), people, *others(people), text_for(language)
        )
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_an_account_is_made_with_the_password_of_standard_input(run, people):
    assert run(*ADD, typed=f"{PASSWORD}\n") == (0, "ana@example.com signs in as manager.\n", "")
    assert people.verify("ana@example.com", PASSWORD).name == "Ana"


@pytest.mark.parametrize("typed", [PASSWORD, f"{PASSWORD}\r\n", f"{PASSWORD}\nanother line\n"])
def test_the_password_is_one_line_however_it_ends(run, people, typed):
    run(*ADD, typed=typed)
    assert people.verify("ana@example.com", PASSWORD)


def test_spaces_belong_to_the_password(run, people):
    run(*ADD, typed=f"  {PASSWORD}  \n")
    assert people.verify("ana@example.com", f"  {PASSWORD}  ")


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (ADD, "short\n", "at least 10 characters"),
        (ADD, "", "at least 10 characters"),
        (ADD, "x" * 1001, "too long"),
        (("add", "ana", "--name", "Ana", "--role", "wall"), PASSWORD, "cannot be used"),
        (("add", "a@b", "--name", " ", "--role", "wall"), PASSWORD, "one line"),
        (("passwd", "nobody@example.com"), PASSWORD, "Nobody has"),
        (("remove", "nobody@example.com"), "", "Nobody has"),
        (("hash",), "short", "at least 10 characters"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(run, people, words, typed, said):
    code, out, err = run(*words, typed=typed)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert people.is_empty()


def test_it_speaks_portuguese_too(run):
    assert run(*ADD, typed="curta", language="pt-BR")[2].startswith("A senha precisa de pelo menos")


def test_passwords_are_changed_and_people_taken_away(run, people):
    run(*ADD, typed=PASSWORD)
    assert run("passwd", "ANA@example.com", typed="a new password\n")[0] == 0
    assert people.verify("ana@example.com", "a new password")
    assert run("remove", "ana@example.com")[0] == 0
    assert people.is_empty()


def test_everyone_is_listed_without_hashes(run):
    assert run("list") == (0, "There are no accounts yet.\n", "")
    run(*ADD, typed=PASSWORD)
    code, out, _ = run("list")
    assert (code, out) == (0, "ana@example.com  manager  Ana\n")


def test_the_hash_is_printed_alone_and_fits_the_settings(run, people):
    code, out, _ = run("hash", typed=f"{PASSWORD}\n")
    assert code == 0
    assert check_password_hash(out.strip(), PASSWORD)
    assert people.is_empty()
    account = {"email": "a@b", "name": "A", "role": "wall", "password_hash": out.strip()}
    assert Settings.model_validate({"accounts": [account]}).accounts


def test_at_a_terminal_the_password_is_asked_for_unseen_and_twice(run, people, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    def at_terminal(*answers):
        given = iter(answers)
        monkeypatch.setattr(account_command.getpass, "getpass", lambda _: next(given))
        parser = argparse.ArgumentParser()
        account_command.add_arguments(parser)
        monkeypatch.setattr(sys, "stdin", Terminal())
        return account_command.main(parser.parse_args(ADD), people, *others(people), text_for("en"))

    assert at_terminal(PASSWORD, "something else") == 1
    assert people.is_empty()
    assert at_terminal(PASSWORD, PASSWORD) == 0
    assert people.verify("ana@example.com", PASSWORD)


def command(tmp_path, *words, typed=b""):
    clean = {
        "PATH": os.environ["PATH"],
        "VIGIA_STATE_DIR": str(tmp_path / "state"),
        "VIGIA_CACHE_DIR": str(tmp_path / "cache"),
    }
    return subprocess.run(
        [sys.executable, "app.py", "account", *words],
        cwd=ROOT,
        env=clean,
        input=typed,
        capture_output=True,
        timeout=60,
    )


def test_the_whole_way_from_the_command_line(tmp_path):
    assert command(tmp_path, *ADD, typed="senha açaí 123\n".encode()).returncode == 0
    listed = command(tmp_path, "list").stdout.decode()
    assert listed == "ana@example.com  manager  Ana\n"
    store = DiskStore(tmp_path / "state" / "store")
    assert Accounts(store, Settings()).verify("ana@example.com", "senha açaí 123")
    store.close()
    for file in (tmp_path / "state").rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_hash_reads_standard_input_and_prints_one_line(tmp_path):
    result = command(tmp_path, "hash", typed=f"{PASSWORD}\n".encode())
    assert (result.returncode, result.stderr) == (0, b"")
    assert check_password_hash(result.stdout.decode().strip(), PASSWORD)


def test_what_is_not_text_is_refused_without_a_traceback(tmp_path):
    result = command(tmp_path, "hash", typed=b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\n")
    assert result.returncode == 1
    assert b"Traceback" not in result.stderr


def test_a_token_is_printed_alone_and_once(run, people):
    assert run("token", "list") == (0, "No machine has access.\n", "")
    code, out, err = run("token", "add", "Grafana", "--reach", "metrics")
    assert (code, "shown this once" in err) == (0, True)
    tokens = others(people)[1]
    assert tokens.find(out.strip()).reach == "metrics"
    _, listed, _ = run("token", "list")
    assert "metrics" in listed
    assert out.strip() not in listed
    assert run("token", "remove", "Grafana") == (0, "Grafana no longer reads.\n", "")
    assert tokens.find(out.strip()) is None
    assert run("token", "remove", "Grafana")[0] == 1


def test_what_the_command_changes_is_noted(run, people):
    run(*ADD, typed=PASSWORD)
    run("passwd", "ana@example.com", typed="kestrel over the fjord")
    run("remove", "Ana@example.com")
    run("token", "add", "x")
    entries = [(e.what, e.who, e.about["did"]) for e in others(people)[0].list_entries()]
    assert sorted(entries) == [
        ("account", "command", "added"),
        ("account", "command", "password"),
        ("account", "command", "removed"),
        ("token", "command", "made"),
    ]
