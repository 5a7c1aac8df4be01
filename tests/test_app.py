import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.runtime.web_server import bind_socket
from services.storage.locks import FileLock

ROOT = Path(__file__).parents[1]


@pytest.fixture
def run(tmp_path):
    """Run the command line with nothing of this shell's accounts; what came of it."""

    def run(*words, **environ):
        clean = {"PATH": os.environ["PATH"], "VIGIA_STATE_DIR": str(tmp_path / "state")}
        return subprocess.run(
            [sys.executable, "app.py", *words],
            cwd=ROOT,
            env={**clean, **environ},
            capture_output=True,
            text=True,
            timeout=30,
        )

    return run


def is_one_clear_line(result, *parts):
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1
    return all(part in result.stderr for part in parts)


def test_without_a_command_it_says_which_there_are(run):
    for words in ((), ("dance",)):
        result = run(*words)
        assert result.returncode == 2
        assert "serve,web,collect,sandbox,check,account" in result.stderr
    assert run("--help").returncode == 0


@pytest.mark.parametrize("command", ["serve", "web", "collect"])
def test_every_command_explains_itself(run, command):
    result = run(command, "--help")
    assert result.returncode == 0
    assert f"app.py {command}" in result.stdout


def test_without_a_token_there_is_nothing_to_check(run):
    assert is_one_clear_line(run("check", PORT="0"), "INTERCOM_TOKEN", "/setup", "make run")


@pytest.mark.parametrize("command", ["serve", "web", "collect", "check"])
def test_a_wrong_setting_stops_every_command(run, command, tmp_path):
    (tmp_path / "config.yaml").write_text("sync: {interval_seconds: 0}")
    result = run(command, VIGIA_CONFIG=str(tmp_path / "config.yaml"), INTERCOM_TOKEN="x")
    assert is_one_clear_line(result, "sync.interval_seconds")


def test_a_wrong_setting_is_told_in_the_language_of_the_screens(run, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("sync: {interval_seconds: 0}\nteams: [{id: 7}, {id: '8', nome: x}]\n")
    said = run("check", VIGIA_CONFIG=str(own), INTERCOM_TOKEN="x").stderr
    assert "sync.interval_seconds = 0: O mínimo é 1" in said
    assert "teams.0.id = 7: precisa ser texto: escreva entre aspas" in said
    assert "teams.1.nome = 'x': chave desconhecida; aqui valem: id, name, online_text" in said


@pytest.mark.parametrize("command", ["serve", "web", "collect", "check"])
def test_a_place_that_cannot_be_used_stops_every_command(run, command, tmp_path):
    (tmp_path / "file").touch()
    result = run(command, INTERCOM_TOKEN="x", PORT="0", VIGIA_STATE_DIR=str(tmp_path / "file"))
    assert is_one_clear_line(result, f"VIGIA_STATE_DIR={tmp_path}/file")


@pytest.mark.parametrize("command", ["serve", "web", "collect", "check"])
def test_a_short_key_in_the_state_folder_stops_every_command(run, command, tmp_path):
    (tmp_path / "state").mkdir(exist_ok=True)
    (tmp_path / "state/secret_key").write_text("short")
    result = run(command, INTERCOM_TOKEN="x", PORT="0")
    assert is_one_clear_line(result, "state/secret_key: at least 32")


def test_half_a_pair_of_credentials_stops_the_start_without_telling_the_other_half(run):
    result = run("serve", INTERCOM_TOKEN="x", AIRCALL_ID="identity")
    assert is_one_clear_line(result, "AIRCALL_TOKEN is missing")
    assert "identity" not in result.stderr


def test_redis_needs_a_secret_key(run):
    result = run("serve", INTERCOM_TOKEN="x", REDIS_URL="redis://:hush@127.0.0.1:1")
    assert is_one_clear_line(result, "SECRET_KEY")
    assert "hush" not in result.stderr


@pytest.mark.parametrize("command", ["serve", "collect"])
def test_a_redis_that_does_not_answer_is_told_without_its_password(run, command):
    where = {"REDIS_URL": "redis://:hush@127.0.0.1:1", "SECRET_KEY": "k" * 32, "PORT": "0"}
    result = run(command, INTERCOM_TOKEN="x", **where)
    assert result.returncode == 1
    assert result.stderr == "vigia: Redis does not answer (ConnectionError)\n"


@pytest.mark.parametrize("command", ["serve", "web", "check"])
def test_a_port_in_use_is_told_plainly(run, command):
    with bind_socket("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        result = run(command, INTERCOM_TOKEN="x", PORT=port)
    assert is_one_clear_line(result, f"PORT={port}", "in use")


def test_only_the_demonstration_takes_options_for_the_sandbox(run):
    result = run("serve", "--seed", "7", INTERCOM_TOKEN="x")
    assert result.returncode == 2
    assert "unknown: --seed 7" in result.stderr


@pytest.fixture
def imported(tmp_path):
    """Which of these libraries a process has that ran this code of ours."""
    libraries = ("polars", "numpy", "pandas", "pyarrow", "pymongo", "services.archive.mongo")

    def imported(code):
        told = f"print(*[name for name in {libraries} if name in sys.modules], flush=True)"
        done = subprocess.run(
            [sys.executable, "-c", f"import sys\n{code.format(told=told)}"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "VIGIA_STATE_DIR": str(tmp_path), "PORT": "0"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return imported


def test_a_web_process_needs_neither_pandas_nor_what_it_does_not_use(imported):
    code = "import app; app.create_server(app._load_given()); {told}"
    assert not {"pandas", "pymongo", "services.archive.mongo"} & {*imported(code)}


BACKUP = {"BACKUP_PASSPHRASE": "four plain words here"}


@pytest.fixture
def saved(run, tmp_path):
    """A backup of a deployment with one account."""
    from services.accounts.accounts import Accounts
    from services.settings.config import Settings
    from services.storage.disk_store import DiskStore

    state = DiskStore(tmp_path / "state/store")
    Accounts(state, Settings()).add("ana@example.com", "Ana", "manager", "uma senha de ana")
    state.close()
    assert run("backup", str(tmp_path / "saved"), **BACKUP).returncode == 0
    return tmp_path / "saved"


def test_a_backup_moves_a_deployment_to_another_machine_with_its_key(run, saved, tmp_path):
    assert saved.stat().st_mode & 0o777 == 0o600
    other = {"VIGIA_STATE_DIR": str(tmp_path / "other"), **BACKUP}
    assert run("restore", str(saved), **other).returncode == 0
    assert "ana@example.com" in run("account", "list", **other).stdout
    keys = {(tmp_path / place / "secret_key").read_text() for place in ("state", "other")}
    assert len(keys) == 1
    again = run("restore", str(saved), **other)
    assert (again.returncode, "--replace" in again.stderr) == (1, True)
    assert run("restore", str(saved), "--replace", **other).returncode == 0
    assert "exists" in run("backup", str(saved), **BACKUP).stderr


def test_another_key_than_that_of_the_backup_is_told(run, saved, tmp_path):
    given = {"SECRET_KEY": "s" * 40, "VIGIA_STATE_DIR": str(tmp_path / "other"), **BACKUP}
    assert "SECRET_KEY" in run("restore", str(saved), **given).stderr


@pytest.mark.parametrize("lock", ["cache/deployment.lock", "state/collector.lock"])
def test_nothing_is_restored_under_a_running_deployment(run, saved, tmp_path, lock):
    held = FileLock(tmp_path / lock)
    held.share()
    where = {"VIGIA_CACHE_DIR": str(tmp_path / "cache"), **BACKUP}
    assert is_one_clear_line(run("restore", str(saved), "--replace", **where), "Vigia is running")
    held.release()
    assert run("restore", str(saved), "--replace", **where).returncode == 0


def test_a_backup_without_a_passphrase_says_what_is_missing(run, tmp_path):
    result = run("backup", str(tmp_path / "saved"))
    assert (result.returncode, "BACKUP_PASSPHRASE" in result.stderr) == (1, True)
    assert not (tmp_path / "saved").exists()
