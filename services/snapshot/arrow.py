"""Tables as Arrow IPC bytes and back, in the types of `metrics.model.schema`."""

from io import BytesIO

import polars as pl

from metrics.model import schema


class DamagedError(ValueError):
    pass


def encode(frame: pl.DataFrame) -> bytes:
    """Compressed; the same rows are the same bytes."""
    sink = BytesIO()
    frame.rechunk().write_ipc(sink, compression="lz4")
    return sink.getvalue()


def decode(content: bytes, table: str) -> pl.DataFrame:
    """DamagedError: not Arrow, or not the columns and types of the table."""
    try:
        rows = pl.read_ipc(content)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DamagedError(f"{table}: not Arrow") from error
    attributes = [name for name in rows.columns if name.startswith(schema.ATTRIBUTE_PREFIX)]
    agreed = dict(schema.TABLES[table]) | dict.fromkeys(attributes, schema.LABEL)
    if list(rows.schema.items()) != list(agreed.items()):
        raise DamagedError(f"{table}: other columns or types than agreed")
    return rows
