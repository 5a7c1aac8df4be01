"""An export of some other operation, replayed."""

import argparse
import gzip
import json

import pytest

from services.sandbox import command
from services.sandbox.replay import WEEK
from tests.worlds.sandboxes import TUESDAY, Clients, Clock, small_sandbox

OLD = 1_300_000_000


def conversation(number, at, **fields):
    statistics = {
        "first_contact_reply_at": at,
        "time_to_admin_reply": 120,
        "last_close_at": at + 90,
    }
    return {
        "type": "conversation",
        "id": str(number),
        "created_at": at,
        "updated_at": at + 100,
        "snoozed_until": None,
        "state": "closed",
        "admin_assignee_id": 501,
        "team_assignee_id": None,
        "conversation_rating": {"rating": 5, "created_at": at + 95},
        "statistics": statistics,
        "custom_attributes": {"stamp": at},
        **fields,
    }


def call(number, at):
    return {
        "id": number,
        "direction": "inbound",
        "status": "done",
        "started_at": at,
        "answered_at": at + 5,
        "ended_at": at + 65,
        "duration": 65,
        "missed_call_reason": None,
        "raw_digits": "anonymous",
        "user": {"id": 601, "name": "Nina", "email": "nina@example.com"},
        "number": {"id": 701, "name": "Central"},
    }


@pytest.fixture
def folder(tmp_path):
    rows = [conversation(n, OLD + n * 1000) for n in range(300)]
    rows.append(conversation(999, OLD + 5, state="snoozed", snoozed_until=OLD + 90 * 86400))
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "conversations.jsonl").write_text(text)
    calls = "".join(json.dumps(call(n, 900_000_000 + n * 20)) + "\n" for n in range(10_500))
    (tmp_path / "calls.jsonl.gz").write_bytes(gzip.compress(calls.encode(), 1))
    names = {
        "admins": [{"type": "admin", "id": "501", "name": "Iris", "email": "iris@example.com"}],
        "teams": [],
        "aircall_users": [{"id": 601, "name": "Nina"}],
    }
    (tmp_path / "directory.json").write_text(json.dumps(names))
    return tmp_path


def test_everything_is_moved_by_the_same_whole_weeks(folder):
    clock = Clock()
    with small_sandbox(clock, replay=folder) as sandbox:
        rows = {row["id"]: row for row in sandbox.world.conversations}
        shift = rows["0"]["created_at"] - OLD
        assert shift % WEEK == 0
        latest = max(row["updated_at"] for row in rows.values())
        assert TUESDAY - WEEK < latest <= TUESDAY
        for number in range(300):
            moved = rows[str(number)]
            at = OLD + number * 1000 + shift
            assert moved["created_at"] == at
            assert moved["statistics"]["last_close_at"] == at + 90
            assert moved["statistics"]["time_to_admin_reply"] == 120
            assert moved["conversation_rating"]["created_at"] == at + 95
            assert moved["custom_attributes"]["stamp"] == OLD + number * 1000
        assert rows["999"]["snoozed_until"] == OLD + 90 * 86400 + shift
        started = sandbox.world.calls[0]["started_at"]
        assert (started - 900_000_000) % WEEK == 0
        assert TUESDAY - WEEK < sandbox.world.calls[-1]["ended_at"] <= TUESDAY


def test_the_clients_read_all_of_it_beyond_the_cap(folder):
    clock = Clock()
    with small_sandbox(clock, replay=folder) as sandbox, Clients(sandbox, clock) as clients:
        pages = clients.intercom.list_updated_conversations(0)
        assert len([row for page in pages for row in page.rows]) == 301
        until = int(clock.now)
        pages = clients.aircall.list_calls(until - 30 * 86400, until)
        assert len({row["id"] for page in pages for row in page.rows}) == 10_500
        assert {one["name"] for one in clients.intercom.list_admins()} == {"Fin", "Iris"}
        assert clients.aircall.list_users()[0]["email"] == "nina@example.com"
        assert clients.aircall.list_numbers()[0]["name"] == "Central"
        assert set(clients.aircall.get_availabilities()) == {"601"}
        assert clients.intercom.get_conversation("0")["conversation_parts"]["total_count"] == 0


def test_files_may_be_missing(tmp_path):
    (tmp_path / "conversations.jsonl").write_text(json.dumps(conversation(1, OLD)))
    clock = Clock()
    with small_sandbox(clock, replay=tmp_path) as sandbox, Clients(sandbox, clock) as clients:
        assert clients.intercom.list_admins()[1]["id"] == "501"
        assert clients.aircall.list_users() == []
        assert sandbox.truth["calls"] == 0


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 3}', "\udc80"])
def test_a_bad_line_is_named_and_ends_the_start(tmp_path, capsys, line):
    good = json.dumps(conversation(1, OLD))
    content = f"{good}\n{line}\n".encode("utf-8", "surrogateescape")
    (tmp_path / "conversations.jsonl").write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        command.main(arguments("--replay", str(tmp_path), "--port", "0"))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "conversations.jsonl, line 2" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [["--seed", "x"], ["--days", "0"], ["--agents", "x"], ["--port", "70000"]],
)
def test_a_wrong_option_ends_the_start(capsys, words):
    with pytest.raises(SystemExit) as ended:
        arguments(*words)
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_a_folder_that_is_not_there_ends_the_start(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(arguments("--replay", "/does/not/exist"))
    assert ended.value.code == 2
    assert capsys.readouterr().err == "sandbox: --replay /does/not/exist: no folder\n"


def arguments(*words):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)
