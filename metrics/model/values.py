"""What metrics are made of: expressions with one value for each row; null keeps a row out."""

import polars as pl


def ones(population: pl.Expr) -> pl.Expr:
    """1 for the rows that count."""
    return pl.when(population).then(1.0)


def flags(good: pl.Expr, population: pl.Expr) -> pl.Expr:
    """1 or 0 for the rows of the population; what is not known to be good is not."""
    return pl.when(population).then(good.fill_null(value=False).cast(pl.Float64))


def seconds_between(earlier: pl.Expr, later: pl.Expr) -> pl.Expr:
    """Null where one is missing or the order is wrong.

    Vendors sometimes write an end before its beginning; such a row has no duration.
    """
    span = (later - earlier).dt.total_seconds().cast(pl.Float64)
    return pl.when(span >= 0).then(span)


def is_true(flag: str) -> pl.Expr:
    return pl.col(flag).fill_null(value=False)
