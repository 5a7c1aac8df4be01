from datetime import UTC, date, datetime

import polars as pl
import pytest

from metrics.model import schema
from services.snapshot import snapshot
from services.snapshot.manifest import WHOLE, History, ManifestError, Partition, SourceStatus
from services.snapshot.snapshot import (
    POINTER_KEY,
    FencedError,
    PartitionMissingError,
    SnapshotReader,
    SnapshotWriter,
)
from services.storage.lease import raise_epoch
from services.storage.store import StorageFullError

NOW = 1_790_000_000
SOURCES = {"intercom": SourceStatus("ok", as_of=datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC))}
HISTORY = History(37, 90, complete=False, first_day=date(2026, 8, 15))
MONDAY, TUESDAY = ("conversations", "2026-09-21"), ("conversations", "2026-09-22")


def conversations(*ids, created_at=NOW, **columns):
    created = [datetime.fromtimestamp(created_at, UTC)] * len(ids)
    rows = pl.DataFrame({"id": list(ids), "created_at": created, **columns})
    return schema.conform(rows, "conversations")


@pytest.fixture
def writer_of(store):
    def writer(epoch=None, **options):
        epoch = epoch or raise_epoch(store, lambda: NOW)
        return SnapshotWriter(store, epoch=epoch, expire_seconds=3600, clock=lambda: NOW, **options)

    return writer


@pytest.fixture
def reader(store):
    return SnapshotReader(store)


def test_nothing_published_is_no_manifest(reader):
    assert reader.read_pointer() is None
    assert reader.read_manifest() is None


def test_what_is_published_can_be_read(writer_of, reader):
    frame = conversations("1", "2", state="open", **{"attr.Motivo de Contato": ["Boleto", None]})
    agents = schema.conform(pl.DataFrame({"id": ["7"], "away": [True]}), "agents")
    version = writer_of().publish(
        {MONDAY: frame, ("agents", WHOLE): agents},
        SOURCES,
        HISTORY,
        watermarks={"updated_at": 5},
        meta={"app_id": "abc"},
    )
    manifest = reader.read_manifest()
    assert manifest.version == version
    assert (manifest.sources, manifest.history) == (SOURCES, HISTORY)
    assert (manifest.watermarks, manifest.meta) == ({"updated_at": 5}, {"app_id": "abc"})
    assert manifest.published_at == NOW
    assert manifest.partitions[MONDAY].rows == 2
    assert reader.read_partition(manifest.partitions[MONDAY]).equals(frame)
    assert reader.read_partition(manifest.partitions["agents", WHOLE]).equals(agents)


def test_a_version_keeps_what_did_not_change(writer_of, reader):
    writer = writer_of()
    first = writer.publish({MONDAY: conversations("1")}, SOURCES, HISTORY)
    monday = reader.read_manifest().partitions[MONDAY]
    second = writer.publish({TUESDAY: conversations("2")}, SOURCES, HISTORY)
    assert second == first + 1
    assert set(reader.read_manifest().partitions) == {MONDAY, TUESDAY}
    assert reader.read_manifest().partitions[MONDAY] == monday


def test_a_removed_partition_is_left_out(writer_of, reader):
    writer = writer_of()
    writer.publish({MONDAY: conversations("1"), TUESDAY: conversations("2")}, SOURCES, HISTORY)
    writer.publish({}, SOURCES, HISTORY, removed=[MONDAY])
    assert set(reader.read_manifest().partitions) == {TUESDAY}


def test_the_next_writer_goes_on_where_the_last_one_was(writer_of, reader):
    first = writer_of().publish({MONDAY: conversations("1")}, SOURCES, HISTORY)
    writer = writer_of()
    assert writer.manifest.watermarks == {}
    assert writer.publish({}, SOURCES, HISTORY) == first + 1
    assert set(reader.read_manifest().partitions) == {MONDAY}


def test_a_writer_of_an_older_epoch_cannot_publish(writer_of, reader):
    old = writer_of()
    old.publish({MONDAY: conversations("old")}, SOURCES, HISTORY)
    new = writer_of()
    with pytest.raises(FencedError):
        old.publish({MONDAY: conversations("paused")}, SOURCES, HISTORY)
    new.publish({TUESDAY: conversations("new")}, SOURCES, HISTORY)
    manifest = reader.read_manifest()
    assert set(manifest.partitions) == {MONDAY, TUESDAY}
    assert list(reader.read_partition(manifest.partitions[MONDAY])["id"]) == ["old"]


def test_after_an_emptied_cache_no_epoch_and_no_version_comes_back(store):
    first = raise_epoch(store, lambda: NOW)
    writer = SnapshotWriter(store, epoch=first, expire_seconds=60, clock=lambda: NOW)
    version = writer.publish({MONDAY: conversations("1")}, SOURCES, HISTORY)
    store.clear()
    with pytest.raises(FencedError):
        writer.publish({}, SOURCES, HISTORY)
    later = raise_epoch(store, lambda: NOW + 1)
    assert later > first
    with pytest.raises(FencedError):
        writer.publish({}, SOURCES, HISTORY)
    after = SnapshotWriter(store, epoch=later, expire_seconds=60, clock=lambda: NOW + 60)
    assert after.manifest is None
    assert after.publish({}, SOURCES, HISTORY) > version + 60 * 9, "whoever publishes often, too"


def test_everything_expires_and_publishing_renews_what_is_named(store, writer_of, monkeypatch):
    touched = {}
    original = store.touch

    def touch(keys, expire_seconds):
        names = list(keys)
        touched.update(dict.fromkeys(names, expire_seconds))
        return original(names, expire_seconds)

    monkeypatch.setattr(store, "touch", touch)
    writer = writer_of()
    writer.publish({MONDAY: conversations("1"), TUESDAY: conversations("2")}, SOURCES, HISTORY)
    before = writer.manifest.partitions
    pointer = SnapshotReader(store).read_pointer()
    touched.clear()
    writer.publish({MONDAY: conversations("1", "3")}, SOURCES, HISTORY)
    assert touched[before[MONDAY].key] == 600
    assert touched[pointer] == 30
    assert touched[before[TUESDAY].key] == 3600
    assert touched[writer.manifest.partitions[MONDAY].key] == 3600
    assert store.touch(store.keys(), 0.001) == []


def test_nothing_lies_in_the_cache_without_an_expiry(store, writer_of, monkeypatch):
    lives = []
    for method in ("set", "set_fenced"):
        original = getattr(store, method)

        def noting(*arguments, original=original):
            lives.append(arguments[-1])
            return original(*arguments)

        monkeypatch.setattr(store, method, noting)
    writer_of().publish({MONDAY: conversations("1")}, SOURCES, HISTORY)
    assert lives == [600, 3600, 3600]


def test_a_damaged_partition_is_dropped_reported_and_healed(store, writer_of, reader):
    writer = writer_of()
    complete = History(90, 90, complete=True)
    writer.publish({MONDAY: conversations("1"), TUESDAY: conversations("2")}, SOURCES, complete)
    monday = reader.read_manifest().partitions[MONDAY]
    store.set(monday.key, b"garbage", 60)
    with pytest.raises(PartitionMissingError):
        reader.read_partition(monday)
    assert store.get(monday.key) is None

    writer.publish({}, SOURCES, complete)
    assert writer.lost() == reader.read_manifest().lost == {MONDAY}
    assert set(reader.read_manifest().partitions) == {TUESDAY}
    assert not reader.read_manifest().history.complete
    assert writer_of().lost() == {MONDAY}, "the next collector knows it too"

    healed = writer_of()
    healed.publish({MONDAY: conversations("1")}, SOURCES, complete)
    assert healed.lost() == frozenset()
    assert reader.read_manifest().history.complete


def test_a_partition_in_the_place_of_another_is_noticed(store, writer_of, reader):
    writer_of().publish({MONDAY: conversations("1"), TUESDAY: conversations("2")}, SOURCES, HISTORY)
    manifest = reader.read_manifest()
    other = store.get(manifest.partitions[TUESDAY].key)
    store.set(manifest.partitions[MONDAY].key, other, 60)
    with pytest.raises(PartitionMissingError):
        reader.read_partition(manifest.partitions[MONDAY])


@pytest.mark.parametrize("content", [b"", b"{", b"\x80\x04", b'{"version": 1}'])
def test_a_damaged_manifest_is_told_and_the_next_publication_heals_it(
    store, writer_of, reader, content
):
    writer = writer_of()
    writer.publish({MONDAY: conversations("1")}, SOURCES, HISTORY)
    store.set(reader.read_pointer(), content, 60)
    with pytest.raises(ManifestError):
        reader.read_manifest()
    assert writer_of(epoch=1).manifest is None
    writer.publish({}, SOURCES, HISTORY)
    assert set(reader.read_manifest().partitions) == {MONDAY}


def test_a_pointer_to_nowhere_is_a_damaged_manifest(store, reader):
    store.set(POINTER_KEY, b"manifest/1/none\xff", 60)
    with pytest.raises(ManifestError):
        reader.read_manifest()


def test_a_snapshot_of_other_tables_is_none(writer_of, reader, monkeypatch):
    writer_of().publish({MONDAY: conversations("1")}, SOURCES, HISTORY)
    monkeypatch.setattr(schema, "TABLES", {**schema.TABLES, "teams": {"id": schema.TEXT}})
    assert reader.read_manifest() is None


def test_too_many_tables_are_refused_and_the_last_version_stays(writer_of, reader):
    writer = writer_of(maximum_bytes=30_000)
    writer.publish({MONDAY: conversations("1")}, SOURCES, HISTORY)
    before = reader.read_pointer()
    many = conversations(*(str(n) for n in range(20_000)))
    with pytest.raises(StorageFullError, match=r"cache\.maximum_megabytes"):
        writer.publish({TUESDAY: many}, SOURCES, HISTORY)
    assert reader.read_pointer() == before


def test_renewing_a_great_history_asks_the_store_a_few_times(store, writer_of, monkeypatch):
    # What lies in a partition does not matter to its renewal.
    monkeypatch.setattr(
        snapshot,
        "_encode_partition",
        lambda name, rows: (Partition(*name, "partition/" + "/".join(name), 0, 4), b"rows"),
    )
    writer = writer_of()
    teams = schema.empty("teams")
    frames = {("teams", f"{n:04}"): teams for n in range(2800)}
    writer.publish(frames, SOURCES, HISTORY)
    calls = []
    for name in ("get", "set", "touch", "set_fenced", "delete", "drop_expired"):
        method = getattr(store, name)
        monkeypatch.setattr(
            store,
            name,
            lambda *given, n=name, do=method, **named: calls.append(n) or do(*given, **named),
        )
    writer.publish({}, SOURCES, HISTORY)
    assert len(calls) < 12
