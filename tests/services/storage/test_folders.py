import os
import stat
from collections import namedtuple

import pytest

from services.errors import ConfigurationError
from services.storage import folders
from services.storage.folders import cache_folder, private_folder


def test_a_private_folder_is_made_and_closed_to_others(tmp_path):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True, mode=0o755)
    assert stat.S_IMODE(private_folder(folder).stat().st_mode) == 0o700
    assert stat.S_IMODE(private_folder(tmp_path / "new").stat().st_mode) == 0o700


def test_a_link_or_a_file_is_no_private_folder(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(ConfigurationError, match=name):
            private_folder(tmp_path / name)


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(ConfigurationError, match="not a folder of the user"):
        private_folder(tmp_path)


def test_the_wanted_folder_wins(tmp_path):
    assert cache_folder(tmp_path / "wanted", tmp_path, tmp_path) == tmp_path / "wanted"


def test_memory_is_taken_where_it_is_and_differs_by_state_folder(tmp_path):
    found = {cache_folder(None, tmp_path / name, tmp_path) for name in ("a", "a", "b")}
    assert len(found) == 2
    assert {folder.parent for folder in found} == {tmp_path}
    assert all(folder.name.startswith(f"vigia-{os.geteuid()}-") for folder in found)


def test_without_memory_the_cache_lies_beside_the_state(tmp_path):
    assert cache_folder(None, tmp_path, tmp_path / "none") == tmp_path / "cache"


def test_too_little_memory_is_none(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda path: usage(64 * 2**20))
    assert cache_folder(None, tmp_path / "state", tmp_path) == tmp_path / "state" / "cache"


def test_a_name_in_memory_that_somebody_took_is_left_alone(tmp_path):
    taken = cache_folder(None, tmp_path / "state", tmp_path)
    taken.rmdir()
    taken.symlink_to(tmp_path)
    assert cache_folder(None, tmp_path / "state", tmp_path) == tmp_path / "state" / "cache"
