"""What metrics are made of: expressions with one value for each row; null keeps a row out."""

from datetime import datetime, timedelta

import polars as pl

from metrics.model.schema import INSTANT


def ones(population: pl.Expr) -> pl.Expr:
    """1 for the rows that count."""
    return pl.when(population).then(1.0)


def flags(good: pl.Expr, population: pl.Expr) -> pl.Expr:
    """1 or 0 for the rows of the population; what is not known to be good is not."""
    return pl.when(population).then(as_float(good.fill_null(value=False)))


def seconds_between(earlier: pl.Expr, later: pl.Expr) -> pl.Expr:
    """Null where one is missing or the order is wrong.

    Vendors sometimes write an end before its beginning; such a row has no duration.
    """
    span = as_float((later - earlier).dt.total_seconds())
    return pl.when(span >= 0).then(span)


def as_float(value: pl.Expr) -> pl.Expr:
    # A strict cast could fail: Polars would copy all rows before it filters by what comes of it.
    return value.cast(pl.Float64, strict=False)


def is_true(flag: str) -> pl.Expr:
    return pl.col(flag).fill_null(value=False)


def seconds_since(instant: pl.Expr, now: datetime) -> pl.Expr:
    return as_float((pl.lit(now, INSTANT) - instant).dt.total_seconds())


def age_band(is_open: pl.Expr, bands: dict[str, timedelta], now: datetime) -> pl.Expr:
    """The band of each open row's age since `created_at`; each begins where it says."""
    age = pl.lit(now, INSTANT) - pl.col("created_at")
    oldest_first = list(bands.items())[::-1]
    fits = {band: is_open & (age >= least) for band, least in oldest_first[:-1]}
    return first_word({**fits, oldest_first[-1][0]: is_open})


def first_word(cases: dict[str, pl.Expr]) -> pl.Expr:
    """The word of the first case that holds; null where none does."""
    words = pl.Enum(list(cases))
    expression: pl.Expr = pl.lit(None, words)
    for word, case in list(cases.items())[::-1]:
        expression = pl.when(case).then(pl.lit(word, words)).otherwise(expression)
    return expression
