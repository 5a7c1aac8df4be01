"""Values of rows: what measures say, and one value of a table as plain Python."""

from datetime import datetime
from typing import Any

import pandas as pd


def ones(mask: pd.Series) -> pd.Series:
    """1 for the rows that count; NA, and so out of the population, for all others."""
    return pd.Series(1.0, index=mask.index, dtype="Float64").where(_sure(mask))


def flags(good: pd.Series, population: pd.Series) -> pd.Series:
    """1 or 0 for the rows of the population; NA for all others."""
    return _sure(good).astype("Float64").where(_sure(population))


def seconds_between(earlier: pd.Series, later: pd.Series) -> pd.Series:
    """Seconds from one instant to the other; NA where one is missing or the order is wrong.

    Vendors sometimes write an end before its beginning; such a row has no duration.
    """
    span = (later - earlier).dt.total_seconds().astype("Float64")
    return span.where(span.ge(0))


def word(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def number_or_none(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def instant_or_none(value: Any) -> datetime | None:
    return None if pd.isna(value) else pd.Timestamp(value).to_pydatetime()


def _sure(mask: pd.Series) -> pd.Series:
    return mask.fillna(False).astype(bool)
