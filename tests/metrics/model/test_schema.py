import pandas as pd
import pytest

from metrics.model import schema


@pytest.mark.parametrize("table", schema.TABLES)
def test_an_empty_table_has_every_column_in_its_type(table):
    found = schema.empty(table)
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == dict(schema.TABLES[table])


def test_missing_columns_are_missing_values():
    found = schema.conform(pd.DataFrame({"id": ["1"]}), "calls")
    assert found.drop(columns="id").isna().all(axis=None)


def test_instants_are_utc_and_to_the_second():
    moments = pd.to_datetime(pd.Series(["2026-11-24T10:00:00.9-03:00"]))
    found = schema.conform(pd.DataFrame({"id": ["1"], "created_at": moments}), "conversations")
    assert found["created_at"].tolist() == [pd.Timestamp("2026-11-24T13:00:00Z")]


def test_attributes_follow_as_text_under_their_label():
    frame = pd.DataFrame({"attr.Equipe": ["N1"], "id": ["1"]})
    found = schema.conform(frame, "conversations")
    assert found.columns[-1] == "attr.Equipe"
    assert found["attr.Equipe"].tolist() == ["N1"]


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
        schema.conform(pd.DataFrame({"id": ["1"], column: [value]}), table)
