"""Tables as Arrow IPC bytes and back, in the types of `metrics.model.schema`."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from metrics.model import schema

# One width for all indices, so that the partitions of different days fit together.
LABELS = pa.dictionary(pa.int32(), pa.large_string())
ARROW_TYPES = {
    schema.TEXT: pa.large_string(),
    schema.LABEL: LABELS,
    schema.INSTANT: pa.timestamp("s", tz="UTC"),
    schema.SECONDS: pa.float64(),
    schema.WHOLE: pa.int64(),
    schema.FLAG: pa.bool_(),
}
PANDAS_TYPES = {
    pa.large_string(): pd.StringDtype(na_value=float("nan")),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


class DamagedError(ValueError):
    pass


def encode(frame: pd.DataFrame, table: str) -> bytes:
    """Compressed Arrow IPC; the index is left out."""
    fields = build_schema(table, frame.columns)
    rows = pa.Table.from_pandas(frame, schema=fields, preserve_index=False)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    # The metadata would name the pandas that wrote it; the types say all that is needed.
    with pa.ipc.new_stream(sink, fields, options=options) as writer:
        writer.write_table(rows.replace_schema_metadata(None).combine_chunks())
    content: bytes = sink.getvalue().to_pybytes()
    return content


def decode(content: bytes, table: str) -> pa.Table:
    """DamagedError: not Arrow, or not the columns and types of the table."""
    try:
        with pa.ipc.open_stream(content) as reader:
            rows = reader.read_all()
    except (pa.ArrowException, OSError, EOFError) as error:
        raise DamagedError(f"{table}: not Arrow") from error
    if not rows.schema.equals(build_schema(table, rows.column_names)):
        raise DamagedError(f"{table}: other columns or types than agreed")
    return rows


def join(parts: Sequence[pa.Table], table: str) -> pd.DataFrame:
    """Labels become categories in alphabetical order; attributes that a part lacks are NA."""
    tables = [build_schema(table, ()).empty_table(), *parts]
    rows = pa.concat_tables(tables, promote_options="default").unify_dictionaries()
    frame = rows.to_pandas(types_mapper=PANDAS_TYPES.get, ignore_metadata=True)
    for name in frame.columns[frame.dtypes == "category"]:
        labels = frame[name].array
        words = pd.Index(sorted(labels.categories), dtype="str")
        frame[name] = labels.rename_categories(labels.categories.astype("str")).set_categories(
            words
        )
    return frame


def build_schema(table: str, columns: Sequence[str]) -> pa.Schema:
    """With the attributes among `columns`."""
    fields = {name: ARROW_TYPES[dtype] for name, dtype in schema.TABLES[table].items()}
    for name in columns:
        if str(name).startswith(schema.ATTRIBUTE_PREFIX):
            fields[str(name)] = LABELS
    return pa.schema(list(fields.items()))
