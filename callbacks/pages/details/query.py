"""What the address of the details asks for: which table, its columns, order and page."""

from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from callbacks.reports.detail_columns import ColumnContext, columns
from callbacks.reports.listing import Listing, Positions, arranged, frame_of
from callbacks.reports.page_query import PageQuery
from metrics.model.catalog import Table


class DetailsQuery(PageQuery):
    """The filters, and how the rows are listed."""

    of: Literal["calls"] | None = None
    column: tuple[str, ...] = Field(default=(), max_length=200)
    find: str = Field(default="", max_length=200)
    order: str | None = Field(default=None, max_length=300)
    page: int = Field(default=1, ge=1, le=1_000_000)

    @property
    def table(self) -> Table:
        """The table that is listed."""
        return self.of or "conversations"

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """Key of the column, and whether the greatest comes first; None = newest first."""
        if not self.order:
            return None
        return self.order.removeprefix("-"), self.order.startswith("-")

    def places(self, scope: ColumnContext, found: Listing) -> Positions:
        """The rows that have the words looked for, in order; remembered for their version."""
        memory = scope.question.snapshot.memory
        language = scope.context.text.language
        asked = ("details", language, self.model_copy(update={"page": 1, "column": ()}).key)
        return memory.get(asked, lambda: self._places(scope, found))

    def _places(self, scope: ColumnContext, found: Listing) -> Positions:
        places = arranged(scope.question, found, self.find, None)
        if self.sorted_by is None:
            return places
        key, descending = self.sorted_by
        column = columns(self.table, scope.question).get(key)
        if column is None:
            return places
        ranks = _ranks(column.read(frame_of(scope.question, found, places), scope))
        # Rows without a value come last either way; equal ones stay newest first.
        keys = np.where(np.isnan(ranks), np.inf, -ranks if descending else ranks)
        return places[np.argsort(keys, kind="stable")]


def _ranks(values: pd.Series) -> Any:
    if isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(values):
        words = values.astype("str").str.casefold()
        return words.rank(method="dense").to_numpy(dtype="float64", na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.rank(method="dense").to_numpy(dtype="float64", na_value=np.nan)
    return values.astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
