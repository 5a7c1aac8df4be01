import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.accounts.secret_key import load_secret_key
from services.errors import ConfigurationError

GIVEN = "k" * 32


def test_the_key_of_the_environment_wins_and_nothing_is_written(tmp_path):
    assert load_secret_key(GIVEN, tmp_path) == GIVEN
    assert load_secret_key(GIVEN, None) == GIVEN
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_only_we_can_read_it(tmp_path):
    key = load_secret_key(None, tmp_path)
    assert len(key) >= 43
    assert load_secret_key(None, tmp_path) == key
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_all_who_start_at_once_get_the_same_key(tmp_path):
    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(lambda _: load_secret_key(None, tmp_path), range(64)))) == 1


@pytest.mark.parametrize(("given", "named"), [("short", "SECRET_KEY"), (None, "secret_key")])
def test_a_short_key_stops_the_start_and_is_not_shown(tmp_path, given, named):
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(ConfigurationError, match=named) as caught:
        load_secret_key(given, tmp_path)
    assert "short" not in str(caught.value).replace(str(tmp_path), "")


def test_without_a_folder_a_key_is_required():
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        load_secret_key(None, None)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="secret_key"):
        load_secret_key(None, tmp_path / "none")
