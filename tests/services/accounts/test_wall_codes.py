"""Six digits in the place of a device's link."""

import pytest

from services.accounts.wall_codes import WallCodes
from services.storage.disk_store import DiskStore


@pytest.fixture
def state(tmp_path):
    return DiskStore(tmp_path)


def test_a_code_stands_for_its_word_once(state):
    codes = WallCodes(state, "k" * 48)
    code = codes.make("the-word")
    assert len(code) == 6
    assert codes.use(f" {code[:3]}-{code[3:]} ") == "the-word"
    assert codes.use(code) is None


def test_a_wrong_code_is_nothing_and_spends_no_other(state):
    codes = WallCodes(state, "k" * 48)
    code = codes.make("the-word")
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert codes.use(wrong) is None
    assert codes.use("") is None
    assert codes.use(code) == "the-word"


def test_the_store_knows_neither_code_nor_word(state):
    code = WallCodes(state, "k" * 48).make("the-word")
    [key] = state.keys("wall-code/")
    assert code not in key
    assert b"the-word" not in (state.get(key) or b"")
    assert WallCodes(state, "q" * 48).use(code) is None


def test_it_ends_after_ten_minutes(state, monkeypatch):
    kept = []
    monkeypatch.setattr(state, "add", lambda key, value, seconds: kept.append(seconds) or True)
    WallCodes(state, "k" * 48).make("the-word")
    assert kept == [600.0]
