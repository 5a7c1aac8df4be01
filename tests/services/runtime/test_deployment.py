import os
import stat
from collections import namedtuple

import pytest

from services.errors import ConfigurationError
from services.runtime import deployment
from services.runtime.deployment import (
    Owner,
    choose_cache_folder,
    claim_cache,
    ensure_private_folder,
    identify_owner,
    open_stores,
)
from services.settings.config import Settings, load_environment
from services.storage.disk_store import DiskStore
from services.storage.locks import ExpiringKey, FileLock
from services.storage.redis_store import RedisStore
from tests.worlds import redis_server

KEY = "k" * 32


def environment(**values):
    return load_environment({name.upper(): str(value) for name, value in values.items()})


def test_without_redis_the_stores_lie_in_private_folders(tmp_path):
    where = {"vigia_state_dir": tmp_path / "state", "vigia_cache_dir": tmp_path / "cache"}
    stores = open_stores(environment(**where))
    assert isinstance(stores.cache, DiskStore)
    assert (stores.state_folder, stores.cache_folder) == (tmp_path / "state", tmp_path / "cache")
    for folder in (tmp_path / "state", tmp_path / "cache"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert isinstance(stores.lease(Owner("a", None)).lock, FileLock)
    stores.cache.set("key", b"x")
    assert stores.state.get("key") is None
    stores.state.drop_expired()
    # With room of its own for when the disk is full.
    assert (tmp_path / "state" / "store" / "cache.db").stat().st_size > 2**20
    stores.close()


def test_the_state_lies_in_the_working_folder_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stores = open_stores(environment(vigia_cache_dir="cache"))
    assert stores.state_folder == tmp_path / "state"
    assert stores.cache_folder == tmp_path / "cache"
    stores.close()


def test_with_redis_both_lie_there_and_apart(redis_url):
    stores = open_stores(environment(redis_url=redis_url, secret_key=KEY))
    assert isinstance(stores.cache, RedisStore)
    assert (stores.state_folder, stores.cache_folder) == (None, None)
    assert isinstance(stores.lease(Owner("a", None)).lock, ExpiringKey)
    stores.cache.set("key", b"x")
    stores.state.set("key", b"y")
    stores.cache.clear()
    assert (stores.cache.get("key"), stores.state.get("key")) == (None, b"y")
    stores.state.clear()
    stores.close()


def test_a_deployment_is_the_same_after_its_stores_were_emptied(tmp_path, redis_url):
    def words(**values):
        stores = open_stores(environment(**values))
        stores.state.clear()
        stores.close()
        return stores.deployment

    on_disk = [
        words(vigia_state_dir=tmp_path / name, vigia_cache_dir=tmp_path / "cache")
        for name in ("a", "a", "b")
    ]
    on_redis = [words(redis_url=redis_url, secret_key=key * 32) for key in ("k", "k", "o")]
    for first, again, other in (on_disk, on_redis):
        assert first == again != other


def test_accounts_may_live_in_another_redis(tmp_path, redis_url):
    with redis_server.running(tmp_path) as other:
        stores = open_stores(
            environment(redis_url=redis_url, state_redis_url=other, secret_key=KEY)
        )
        stores.state.set("key", b"x")
        assert RedisStore(other, "vigia:state:").get("key") == b"x"
        assert RedisStore(redis_url, "vigia:state:").get("key") is None
        stores.close()


def test_a_cache_that_cannot_be_read_starts_empty_but_a_state_stops_the_start(tmp_path):
    where = {"vigia_state_dir": tmp_path / "state", "vigia_cache_dir": tmp_path / "cache"}
    open_stores(environment(**where)).close()
    damaged = tmp_path / "cache" / "store" / "cache.db"
    damaged.write_bytes(b"not a database" * 1000)
    stores = open_stores(environment(**where))
    assert stores.cache.keys() == []
    stores.close()
    (tmp_path / "state" / "store" / "cache.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(ConfigurationError, match="state"):
        open_stores(environment(**where))


def test_the_owner_is_the_same_for_the_same_accounts_and_different_for_others():
    def known(**values):
        return identify_owner(environment(**values), Settings(), "us")

    first = known(intercom_token="a")
    assert known(intercom_token="a") == first
    others = [
        known(intercom_token="b"),
        known(intercom_token="a", intercom_base_url="http://127.0.0.1:9"),
        known(intercom_token="a", aircall_id="i", aircall_token="t"),
        identify_owner(
            environment(intercom_token="a"),
            Settings.model_validate({"calls_in_conversations": {"tags": ["ligação"]}}),
            "us",
        ),
    ]
    assert len({first.sources, *(other.sources for other in others)}) == 5
    assert {other.deployment for other in others} == {"us"}
    assert first.sources != "a"
    assert known().sources is None


def test_the_owner_does_not_depend_on_what_is_only_shown():
    some, other = (
        identify_owner(environment(intercom_token="a"), Settings(time_zone=zone), "us")
        for zone in ("America/Sao_Paulo", "Europe/Lisbon")
    )
    assert some == other


@pytest.mark.parametrize(
    ("left_by", "survives"),
    [
        (Owner("us", "tokens"), True),
        (Owner("us", None), True),
        (Owner("us", "other tokens"), False),
        (Owner("them", "tokens"), False),
        (Owner("them", None), False),
        (None, False),
    ],
)
def test_a_cache_is_emptied_when_others_left_it(store, left_by, survives):
    if left_by:
        claim_cache(store, left_by)
    store.set("manifest/1", b"data", 60)
    claim_cache(store, Owner("us", "tokens"))
    assert (store.get("manifest/1") == b"data") is survives
    store.set("manifest/2", b"data", 60)
    claim_cache(store, Owner("us", "tokens"))
    assert store.get("manifest/2") == b"data"


def test_a_process_without_credentials_leaves_the_note_of_one_with_them(store):
    claim_cache(store, Owner("us", "tokens"))
    claim_cache(store, Owner("us", None))
    store.set("manifest/1", b"data", 60)
    claim_cache(store, Owner("us", "other tokens"))
    assert store.get("manifest/1") is None


def test_taking_the_lease_claims_the_cache(tmp_path):
    where = {"vigia_state_dir": tmp_path / "state", "vigia_cache_dir": tmp_path / "cache"}
    stores = open_stores(environment(**where))
    claim_cache(stores.cache, Owner("us", "old token"))
    stores.cache.set("manifest/1", b"data", 60)
    lease = stores.lease(Owner("us", "new token"))
    epoch = lease.acquire(0)
    assert stores.cache.get("manifest/1") is None
    assert stores.cache.get("epoch") == str(epoch).encode()
    lease.release()
    stores.close()


def test_a_private_folder_is_made_and_closed_to_others(tmp_path):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True, mode=0o755)
    assert stat.S_IMODE(ensure_private_folder(folder).stat().st_mode) == 0o700
    assert stat.S_IMODE(ensure_private_folder(tmp_path / "new").stat().st_mode) == 0o700


def test_a_link_or_a_file_is_no_private_folder(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(ConfigurationError, match=name):
            ensure_private_folder(tmp_path / name)


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(ConfigurationError, match="not a folder of the user"):
        ensure_private_folder(tmp_path)


def test_the_wanted_folder_wins(tmp_path):
    assert choose_cache_folder(tmp_path / "wanted", tmp_path, tmp_path) == tmp_path / "wanted"


def test_memory_is_taken_where_it_is_and_differs_by_state_folder(tmp_path):
    found = {choose_cache_folder(None, tmp_path / name, tmp_path) for name in ("a", "a", "b")}
    assert len(found) == 2
    assert {folder.parent for folder in found} == {tmp_path}
    assert all(folder.name.startswith(f"vigia-{os.geteuid()}-") for folder in found)


def test_without_memory_the_cache_lies_beside_the_state(tmp_path):
    assert choose_cache_folder(None, tmp_path, tmp_path / "none") == tmp_path / "cache"


def test_too_little_memory_is_none(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(deployment.shutil, "disk_usage", lambda path: usage(64 * 2**20))
    assert choose_cache_folder(None, tmp_path / "state", tmp_path) == tmp_path / "state" / "cache"


def test_a_name_in_memory_that_somebody_took_is_left_alone(tmp_path):
    taken = choose_cache_folder(None, tmp_path / "state", tmp_path)
    taken.rmdir()
    taken.symlink_to(tmp_path)
    assert choose_cache_folder(None, tmp_path / "state", tmp_path) == tmp_path / "state" / "cache"
