"""Tokens of machines: told once, kept as hashes, noted when used, taken back."""

import pytest

from services.accounts.tokens import TokenError, Tokens


@pytest.fixture
def clock():
    return [1_800_000_000.0]


@pytest.fixture
def tokens(store, clock):
    return Tokens(store, lambda: clock[0])


def test_a_token_is_found_by_its_word(tokens):
    word = tokens.add(" Grafana ", "metrics", "ana@example.com")
    found = tokens.find(word)
    assert (found.name, found.reach, found.made_by) == ("Grafana", "metrics", "ana@example.com")


@pytest.mark.parametrize("word", ["", "x", "vigia_", "é" * 5000, "token/", "../token/x"])
def test_another_word_is_none(tokens, word):
    tokens.add("Grafana", "all", "command")
    assert tokens.find(word) is None


def test_words_are_told_once_and_kept_nowhere(tokens, store):
    words = {tokens.add("x", "all", "command") for _ in range(20)}
    assert len(words) == 20
    assert min(map(len, words)) > 43
    kept = "\n".join(f"{key} {store.get(key)}" for key in store.keys(""))
    assert not [word for word in words if word in kept]
    assert not [token for token in tokens.list() if tokens.find(token.id)]


@pytest.mark.parametrize(
    ("name", "reach", "said"),
    [
        ("", "all", "bad_token_name"),
        ("  ", "all", "bad_token_name"),
        ("x" * 81, "all", "bad_token_name"),
        ("a\nb", "all", "bad_token_name"),
        ("x", "everything", "bad_reach"),
        ("x", "", "bad_reach"),
    ],
)
def test_what_cannot_be_made_is_not(tokens, name, reach, said):
    with pytest.raises(TokenError, match=said):
        tokens.add(name, reach, "command")
    assert tokens.list() == []


def test_its_last_use_is_noted_once_a_minute(tokens, clock):
    word = tokens.add("x", "all", "command")
    assert tokens.list()[0].used_at is None
    tokens.find(word)
    clock[0] += 59
    tokens.find(word)
    assert tokens.list()[0].used_at == 1_800_000_000
    clock[0] += 1
    tokens.find(word)
    assert tokens.list()[0].used_at == 1_800_000_060


def test_one_is_taken_back_and_the_others_are_not(tokens, store):
    one, other = tokens.add("one", "all", "command"), tokens.add("other", "all", "command")
    tokens.find(one)
    [first] = [token for token in tokens.list() if token.name == "one"]
    assert tokens.revoke(first.id).name == "one"
    assert tokens.revoke(first.id) is None
    assert tokens.find(one) is None
    assert tokens.find(other)
    assert store.keys("token-used/") != [f"token-used/{first.id}"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"reach":"owner","name":"x"}'])
def test_a_damaged_token_is_none(tokens, store, content):
    word = tokens.add("x", "all", "command")
    [key] = store.keys("token/")
    store.set(key, content)
    assert tokens.find(word) is None
    assert tokens.list() == []
