import pandas as pd
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from metrics.model import schema
from services.snapshot import arrow

INSTANTS = pd.to_datetime([1_790_000_000, None], unit="s", utc=True)


def sent(table, *frames):
    parts = [arrow.decode(arrow.encode(frame, table), table) for frame in frames]
    return arrow.join(parts, table)


@pytest.mark.parametrize("table", schema.TABLES)
def test_an_empty_table_keeps_its_types(table):
    assert_frame_equal(sent(table, schema.empty(table)), schema.empty(table))
    assert_frame_equal(sent(table), schema.empty(table))


def test_every_type_comes_back_with_its_gaps():
    frame = pd.DataFrame(
        {
            "id": ["1", "2"],
            "created_at": INSTANTS,
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
    assert_frame_equal(sent("conversations", frame), frame)


def test_days_with_other_labels_and_attributes_fit_together():
    days = [
        schema.conform(pd.DataFrame(columns), "conversations")
        for columns in (
            {"id": ["1"], "state": ["open"], "attr.a": ["x"]},
            {"id": [], "state": [], "attr.c": []},
            {"id": ["2"], "state": ["closed"], "attr.b": ["y"]},
        )
    ]
    frame = sent("conversations", *days)
    assert list(frame["id"]) == ["1", "2"]
    assert list(frame["state"]) == ["open", "closed"]
    assert list(frame["state"].cat.categories) == ["closed", "open"]
    assert frame["attr.a"].isna().tolist() == [False, True]
    assert frame["attr.b"].isna().tolist() == [True, False]
    assert (frame.dtypes[["attr.a", "attr.b", "attr.c"]] == "category").all()
    assert_frame_equal(frame, schema.conform(frame, "conversations"))


def test_more_labels_than_a_byte_can_number():
    teams = [f"equipe {n}" for n in range(70_000)]
    frame = schema.conform(pd.DataFrame({"id": teams, "line_name": teams}), "calls")
    assert list(sent("calls", frame)["line_name"]) == teams


def test_the_index_is_left_out():
    frame = schema.conform(pd.DataFrame({"id": ["1", "2"]}, index=[7, 9]), "teams")
    assert list(sent("teams", frame).index) == [0, 1]


def test_the_same_rows_are_the_same_bytes():
    frame = schema.conform(pd.DataFrame({"id": ["1"], "name": ["Suporte N1"]}), "teams")
    assert arrow.encode(frame, "teams") == arrow.encode(frame.copy(), "teams")


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b"x" * 99, lambda b: b[: len(b) // 2]])
def test_other_bytes_are_damaged(damage):
    content = arrow.encode(schema.empty("calls"), "calls")
    with pytest.raises(arrow.DamagedError):
        arrow.decode(damage(content), "calls")


def test_arrow_with_other_columns_is_damaged():
    sink = pa.BufferOutputStream()
    rows = pa.table({"id": ["1"]})
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    with pytest.raises(arrow.DamagedError):
        arrow.decode(sink.getvalue().to_pybytes(), "teams")
