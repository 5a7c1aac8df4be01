import polars as pl
import pytest

from metrics.model import schema
from services.snapshot import partitioned
from services.snapshot.manifest import Partition
from services.snapshot.partitioned import PartitionedTable

ATTRIBUTE = "attr.derived"


class Source:
    """Partitions of two rows each, and what was read and derived of them."""

    def __init__(self):
        self.derived = []
        self.table = PartitionedTable("conversations", self.derive)
        self.derived.clear()

    def derive(self, rows):
        self.derived += rows["id"].to_list()
        return rows.with_columns(pl.lit("x").alias(ATTRIBUTE), length=pl.col("id").str.len_chars())

    def read(self, partition):
        if partition.key == "missing":
            raise LookupError(partition.key)
        rows = {"id": [f"{partition.key}a", f"{partition.key}b"], f"attr.{partition.key}": "y"}
        return schema.conform(pl.DataFrame(rows), "conversations")

    def load(self, *keys):
        self.derived.clear()
        self.table.load([Partition("conversations", key, key, 2, 9) for key in keys], self.read)
        return self.table.rows["id"].to_list()


@pytest.fixture
def source():
    return Source()


def test_before_anything_is_read_all_columns_are_there(source):
    assert dict(source.table.rows.schema) == dict(schema.CONVERSATIONS)
    assert "length" in source.table.derived.columns
    assert source.load() == []


def test_only_a_partition_that_is_new_is_derived(source):
    assert source.load("1", "2") == ["1a", "1b", "2a", "2b"]
    assert source.derived == ["1a", "1b", "2a", "2b"]
    assert source.load("2", "3") == ["2a", "2b", "3a", "3b"]
    assert source.derived == ["3a", "3b"]
    assert source.table.derived["length"].to_list() == [2, 2, 2, 2]


def test_the_attributes_are_those_that_were_read_of_what_is_there(source):
    source.load("1", "2")
    source.load("2", "3")
    attributes = [name for name in source.table.rows.columns if name.startswith("attr.")]
    assert attributes == ["attr.2", "attr.3"]
    assert source.table.rows["attr.3"].to_list() == [None, None, "y", "y"]
    assert ATTRIBUTE in source.table.derived.columns


def test_a_partition_that_cannot_be_read_changes_nothing(source):
    source.load("1")
    before = source.table.derived
    with pytest.raises(LookupError):
        source.load("1", "2", "missing")
    assert source.table.derived is before
    source.load("1")
    assert source.table.derived is before


def test_rows_are_derived_again_when_the_rule_is_another(source):
    source.load("1", "2")
    source.table.derive_again()
    assert source.load("1", "2") == ["1a", "1b", "2a", "2b"]
    assert source.load("2") == ["2a", "2b"]


def test_a_table_never_lies_in_many_pieces(source, monkeypatch):
    monkeypatch.setattr(partitioned, "PIECE_ROWS", 20)
    days = [f"{n:03}" for n in range(100)]
    source.load(*days)
    assert source.table.derived.n_chunks() == 200 / 20
    for changed in range(0, 100, 3):
        days[changed] += "new"
        assert source.load(*days) == [f"{day}{half}" for day in days for half in "ab"]
        assert source.table.derived.n_chunks() <= 200 / 20
