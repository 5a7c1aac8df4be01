"""What the overview counts, asked of bare Polars and bare DuckDB: what a product on top costs."""

from datetime import timedelta
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from bench.world import NOW
from metrics.model.schema import attribute

DAYS = 28
LAST = NOW.date()
FIRST = LAST - timedelta(days=DAYS - 1)
BEFORE = FIRST - timedelta(days=DAYS)
REASON = attribute("Motivo de Contato")


def ask_polars(rows: pl.DataFrame, agent: str | None = None) -> list[pl.DataFrame]:
    """Two periods, 90 days, hours, agents and reasons, with medians and ninetieth percentiles."""
    day = pl.col("created_at_day")
    query = rows.lazy().filter(~pl.col("is_call"))
    if agent is not None:
        query = query.filter(pl.col("agent_id") == agent)
    response = (pl.col("first_admin_reply_at") - pl.col("created_at")).dt.total_seconds()
    close = (pl.col("last_close_at") - pl.col("created_at")).dt.total_seconds()
    numbers = [
        pl.len().alias("n"),
        (pl.col("state") == "closed").sum().alias("closed"),
        (pl.col("rating") >= 4).mean().alias("csat"),
        pl.col(REASON).is_not_null().mean().alias("classified"),
        *(
            seconds.median().alias(f"{name}.median")
            for name, seconds in (("r", response), ("c", close))
        ),
        *(
            seconds.quantile(0.9).alias(f"{name}.p90")
            for name, seconds in (("r", response), ("c", close))
        ),
    ]
    now = query.filter(day.is_between(FIRST, LAST))
    before = query.filter(day.is_between(BEFORE, FIRST - timedelta(days=1)))
    return [
        now.select(numbers).collect(),
        before.select(numbers).collect(),
        query.group_by(day).agg(numbers).collect(),
        now.group_by("created_at_hour").agg(pl.len()).collect(),
        now.group_by("agent_id").agg(numbers).collect(),
        now.group_by(REASON).agg(pl.len()).collect(),
    ]


def ask_duckdb(
    connection: duckdb.DuckDBPyConnection, agent: str | None = None
) -> list[list[tuple[object, ...]]]:
    """The same of the table `conversations` of the connection."""
    numbers = f"""count(*), count(*) filter (state = 'closed'), avg((rating >= 4)::int),
        avg(("{REASON}" is not null)::int), median(epoch(first_admin_reply_at - created_at)),
        median(epoch(last_close_at - created_at)),
        quantile_cont(epoch(first_admin_reply_at - created_at), 0.9),
        quantile_cont(epoch(last_close_at - created_at), 0.9)"""
    rows = "from conversations where not is_call"
    rows += f" and agent_id = '{agent}'" if agent is not None else ""
    now = f"{rows} and created_at_day between '{FIRST}' and '{LAST}'"
    before = f"{rows} and created_at_day between '{BEFORE}' and '{FIRST - timedelta(days=1)}'"
    queries = (
        f"select {numbers} {now}",
        f"select {numbers} {before}",
        f"select created_at_day, {numbers} {rows} group by 1",
        f"select created_at_hour, count(*) {now} group by 1",
        f"select agent_id, {numbers} {now} group by 1",
        f'select "{REASON}", count(*) {now} group by 1',
    )
    return [connection.execute(query).fetchall() for query in queries]


def open_duckdb(rows: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    columns = ["is_call", "agent_id", "state", "rating", "created_at", "first_admin_reply_at"]
    columns += ["last_close_at", "created_at_day", "created_at_hour", REASON]
    with_text = rows.select(columns).with_columns(pl.col(pl.Categorical).cast(pl.String))
    with TemporaryDirectory() as folder:
        with_text.write_parquet(f"{folder}/rows.parquet")
        connection.execute(f"create table conversations as from '{folder}/rows.parquet'")
    return connection
