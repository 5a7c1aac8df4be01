from datetime import UTC, datetime

import polars as pl
import pytest

from metrics.model import schema


@pytest.mark.parametrize("table", schema.TABLES)
def test_an_empty_table_has_every_column_in_its_type(table):
    found = schema.empty(table)
    assert dict(found.schema) == dict(schema.TABLES[table])


def test_missing_columns_are_missing_values():
    found = schema.conform(pl.DataFrame({"id": ["1"]}), "calls")
    assert found.drop("id").select(pl.all().is_null().all()).row(0) == (True,) * (found.width - 1)


def test_instants_are_utc():
    moments = [datetime.fromisoformat("2026-11-24T10:00:00-03:00")]
    found = schema.conform(pl.DataFrame({"id": ["1"], "created_at": moments}), "conversations")
    assert found["created_at"].to_list() == [datetime(2026, 11, 24, 13, tzinfo=UTC)]


def test_attributes_follow_as_text_under_their_label():
    frame = pl.DataFrame({"attr.Equipe": ["N1"], "id": ["1"]})
    found = schema.conform(frame, "conversations")
    assert found.columns[-1] == "attr.Equipe"
    assert found["attr.Equipe"].to_list() == ["N1"]


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("teams", "colour", "blue", "colour"),
        ("calls", "attr.Equipe", "N1", "only conversations"),
        ("conversations", "count_reopens", "many", "count_reopens"),
        ("conversations", "time_to_close_seconds", "long", "time_to_close_seconds"),
    ],
)
def test_what_does_not_fit_is_named(table, column, value, words):
    with pytest.raises(schema.SchemaError, match=words):
        schema.conform(pl.DataFrame({"id": ["1"], column: [value]}), table)
