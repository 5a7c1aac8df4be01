from dataclasses import replace
from datetime import UTC, date, datetime

import orjson
import pytest

from services.snapshot.manifest import (
    WHOLE,
    History,
    Manifest,
    ManifestError,
    Partition,
    SourceStatus,
    from_json,
    hash_content,
    is_intact,
    to_json,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PARTITION = Partition("calls", "2026-11-24", "partition/calls/2026-11-24/abc", 3, 500)
MANIFEST = Manifest(
    version=7,
    epoch=3,
    schema="word",
    published_at=NOON.timestamp(),
    partitions={PARTITION.id: PARTITION},
    sources={"aircall": SourceStatus("late", as_of=NOON, error="no answer", since=NOON)},
    history=History(3, 90, complete=False, first_day=date(2026, 11, 22)),
    lost=frozenset({("agents", WHOLE)}),
    watermarks={"aircall": {"newest": 5}},
    meta={"app_id": "app1"},
)


def test_a_manifest_reads_as_it_was_written():
    assert from_json(to_json(MANIFEST)) == MANIFEST
    bare = replace(MANIFEST, history=History(0, 90, complete=False), sources={})
    assert from_json(to_json(bare)) == bare


def test_what_an_earlier_version_wrote_of_a_partition_is_no_obstacle():
    document = orjson.loads(to_json(MANIFEST))
    document["partitions"][0]["dates"] = {"started_at": [1, 2]}
    assert from_json(orjson.dumps(document)) == MANIFEST


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"partitions": [{}]}', b"\xff"])
def test_another_form_is_an_error(content):
    with pytest.raises(ManifestError):
        from_json(content)


def test_a_key_ends_in_the_hash_of_its_bytes():
    key = f"partition/calls/2026-11-24/{hash_content(b'rows')}"
    assert is_intact(key, b"rows")
    assert not is_intact(key, b"other rows")
