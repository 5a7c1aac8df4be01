"""Lists of rows: which, and in what order. Only their places are remembered, never the rows."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from callbacks.reports.filter_choices import fold_texts
from callbacks.reports.page_query import Order
from callbacks.reports.report_view import Q, ReportView
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.letters import fold_letters
from metrics.model.schema import CALL_AGENTS
from metrics.model.selection import agent_of
from metrics.query.drilldown import VALUE, Cell, Drilldown
from metrics.query.grouping import ROW

SEARCHED = {
    "conversations": ("subject", "contact_name", "contact_email", "id", "tags"),
    "tickets": ("subject", "number", "company", "external_key", "id"),
    "calls": ("contact_name", "contact_email", "digits", "line_name", "id", "tags"),
}


def list_rows(question: ReportView[Q], key: str, cells: Sequence[Cell]) -> Drilldown:
    """Remembered for its version. Raises CellError where there are no rows of that kind."""
    key_of_list = ("rows", key, tuple(map(str, cells)), question.today, question.query.key)
    return question.snapshot.memory.get(key_of_list, lambda: question.behind(key, *cells))


def arrange_rows(
    question: ReportView[Q], listing: Drilldown, find: str, order: Order | None
) -> Drilldown:
    """Those of the rows that have the words in them, in order."""
    query = listing.query
    if words := fold_letters(find).split():
        text = pl.col("text")
        query = query.with_columns(text=_searched(question, listing.metric))
        query = query.filter(text.str.contains(word, literal=True) for word in words)
    # One key after the other: by several, with nulls last, rows are sorted six times as slowly.
    query = query.sort(date_of(listing.metric), "id", descending=[order != "oldest", False])
    key = _rank_agents(question, listing.metric) if order == "agent" else pl.col(VALUE)
    if order in ("most", "least", "agent"):
        query = query.sort(key, descending=order == "most", nulls_last=True, maintain_order=True)
    return replace(listing, lines=query.select(ROW, VALUE).collect())


def date_of(metric: Metric) -> str:
    """When each row counts: the metric's own date; of stocks, the creation."""
    return metric.dated_by or ("started_at" if metric.table == "calls" else "created_at")


def _searched(question: ReportView[Q], metric: Metric) -> pl.Expr:
    """Everything that a search looks at."""
    names = {agent: name for agent, (name, _) in people.names(question.tables).items()}
    persons = CALL_AGENTS if metric.table == "calls" else ("agent_id",)
    named = [pl.col(person).cast(pl.String).replace_strict(names, default="") for person in persons]
    words = pl.concat_str(*SEARCHED[metric.table], *named, separator=" ", ignore_nulls=True)
    return fold_texts(words)


def _rank_agents(question: ReportView[Q], metric: Metric) -> pl.Expr:
    """The alphabetical place of each row's person; rows without one have none."""
    tables = question.tables
    agents = pl.col("agent_id") if metric.table == "calls" else agent_of(tables, metric)
    names = people.names(tables)
    ordered = sorted(names, key=lambda agent: fold_letters(names[agent][0]))
    ranks = {agent: rank for rank, agent in enumerate(ordered)}
    return agents.cast(pl.String).replace_strict(ranks, default=None, return_dtype=pl.UInt32)
