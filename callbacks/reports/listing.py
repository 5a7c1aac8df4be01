"""Lists of rows: which, in what order, and the few of them that are seen at a time.

Only positions are remembered, so that a list of 200,000 rows costs little and is never sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from callbacks.reports.filter_choices import fold_text
from callbacks.reports.page_query import Order
from callbacks.reports.report_view import Q, ReportView
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.schema import CALL_AGENTS
from metrics.model.selection import agent_of
from metrics.query.drilldown import Cell, Drilldown, listed_metric
from services.snapshot.dataset import Snapshot

Positions = npt.NDArray[np.int64]
SEARCHED = {
    "conversations": ("subject", "contact_name", "contact_email", "id", "tags"),
    "tickets": ("subject", "number", "company", "external_key", "id"),
    "calls": ("contact_name", "contact_email", "digits", "line_name", "id", "tags"),
}


@dataclass(frozen=True, eq=False)
class Listing:
    """`values` are what each row adds to the number; NaN where only a part names it."""

    metric: Metric
    positions: Positions
    values: npt.NDArray[np.float64]
    total: float

    @property
    def n(self) -> int:
        return len(self.positions)


def list_rows(question: ReportView[Q], key: str, cells: Sequence[Cell]) -> Listing:
    """Remembered for its version. Raises CellError where there are no rows of that kind."""
    listed_metric(key)
    key_of_list = ("rows", key, tuple(map(str, cells)), question.today, question.query.key)
    return question.snapshot.memory.get(
        key_of_list, lambda: _build_listing(question.behind(key, *cells), question)
    )


def _build_listing(behind: Drilldown, question: ReportView[Q]) -> Listing:
    table = getattr(question.tables, behind.metric.table)
    positions = table.index.get_indexer(behind.rows.index).astype("int64")
    values = behind.values.to_numpy(dtype="float64", na_value=np.nan)
    return Listing(behind.metric, positions, values, behind.total)


def arrange_rows(
    question: ReportView[Q], listing: Listing, find: str, order: Order | None
) -> Positions:
    """Which of the rows have the words in them, in order: places in the listing."""
    wanted = fold_text(find).split()
    places = np.arange(listing.n)
    if wanted:
        texts = _load_search_texts(question.snapshot, listing.metric.table)[listing.positions]
        fits = [all(word in text for word in wanted) for text in texts]
        places = places[np.array(fits, dtype=bool)]
    table = getattr(question.tables, listing.metric.table)
    positions = listing.positions[places]
    dates = read_dates(table, listing.metric).to_numpy()[positions].astype("int64")
    ids = table["id"].to_numpy(dtype=object)[positions]
    keys: list[Any] = [ids, -dates if order != "oldest" else dates]
    values = listing.values[places]
    if order in ("most", "least"):
        keys.append(-values if order == "most" else values)
    if order == "agent":
        keys.append(_rank_agents(question, listing.metric)[positions])
    return places[np.lexsort(keys)]


def read_dates(table: pd.DataFrame, metric: Metric) -> pd.Series:
    """When each row counts: the metric's own date; of stocks, the creation."""
    created = "started_at" if metric.table == "calls" else "created_at"
    return table[metric.dated_by or created].dt.tz_localize(None).dt.as_unit("s")


def take_rows(question: ReportView[Q], listing: Listing, places: Positions) -> pd.DataFrame:
    table: pd.DataFrame = getattr(question.tables, listing.metric.table)
    return table.iloc[listing.positions[places]]


def _load_search_texts(snapshot: Snapshot, table: str) -> npt.NDArray[np.object_]:
    """Everything that a search looks at, per row of the whole table, once per version."""
    return snapshot.memory.get(("searched", table), lambda: _build_search_texts(snapshot, table))


def _build_search_texts(snapshot: Snapshot, table: str) -> npt.NDArray[np.object_]:
    frame: pd.DataFrame = getattr(snapshot.tables, table)
    columns = [frame[name].astype("str").fillna("") for name in SEARCHED[table]]
    names = {agent: name for agent, (name, _) in people.names(snapshot.tables).items()}
    persons = tuple(CALL_AGENTS) if table == "calls" else ("agent_id",)
    columns += [frame[name].astype("str").map(names).astype("str").fillna("") for name in persons]
    lines = zip(*columns, strict=True)
    return np.array([fold_text(" ".join(line)) for line in lines], dtype=object)


def _rank_agents(question: ReportView[Q], metric: Metric) -> npt.NDArray[np.int64]:
    """The alphabetical place of each row's person; rows without one last."""
    table = getattr(question.tables, metric.table)
    agents = (
        table["agent_id"].astype("str")
        if metric.table == "calls"
        else agent_of(table, question.tables, metric)
    )
    names = {agent: name for agent, (name, _) in people.names(question.tables).items()}
    ordered = sorted(names, key=lambda agent: fold_text(names[agent]))
    ranks = {agent: rank for rank, agent in enumerate(ordered)}
    return np.asarray(agents.map(ranks).fillna(len(ranks)), dtype="int64")
