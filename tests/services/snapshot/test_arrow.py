from datetime import UTC, datetime

import polars as pl
import pytest

from metrics.model import schema
from services.snapshot import arrow


def sent(table, frame):
    return arrow.decode(arrow.encode(frame), table)


@pytest.mark.parametrize("table", schema.TABLES)
def test_an_empty_table_keeps_its_types(table):
    frame = sent(table, schema.empty(table))
    assert frame.is_empty()
    assert dict(frame.schema) == dict(schema.TABLES[table])


def test_every_type_comes_back_with_its_gaps():
    frame = pl.DataFrame(
        {
            "id": ["1", "2"],
            "created_at": [datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC), None],
            "state": ["open", None],
            "rating": [5, None],
            "is_call": [None, True],
            "time_to_admin_reply_seconds": [0.5, None],
            "subject": ["São João", None],
            "attr.Motivo de Contato": ["Boleto", None],
            "attr.never set": [None, None],
        }
    )
    frame = schema.conform(frame, "conversations")
    assert sent("conversations", frame).equals(frame)


def test_more_labels_than_a_byte_can_number():
    teams = [f"equipe {n}" for n in range(70_000)]
    frame = schema.conform(pl.DataFrame({"id": teams, "line_name": teams}), "calls")
    assert sent("calls", frame)["line_name"].to_list() == teams


def test_the_same_rows_are_the_same_bytes_however_they_were_put_together():
    rows = [schema.conform(pl.DataFrame({"id": [n], "name": ["Suporte"]}), "teams") for n in "12"]
    one, many = pl.concat(rows, rechunk=True), pl.concat(rows, rechunk=False)
    assert arrow.encode(one) == arrow.encode(many)


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b"x" * 99, lambda b: b[: len(b) // 2]])
def test_other_bytes_are_damaged(damage):
    content = arrow.encode(schema.empty("calls"))
    with pytest.raises(arrow.DamagedError):
        arrow.decode(damage(content), "calls")


def test_arrow_with_other_columns_is_damaged():
    with pytest.raises(arrow.DamagedError):
        arrow.decode(arrow.encode(pl.DataFrame({"id": ["1"]})), "teams")
