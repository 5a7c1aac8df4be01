"""Telephone lines: which are the main ones, and on which of them each call came."""

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.filters import UNASSIGNED

# Among chosen lines: those that the settings call the main ones.
MAIN = "main"


def on_main_lines(calls: pl.DataFrame, rules: Rules) -> pl.Expr:
    """Whether each call came in on a main line, by name or digits; all do where none is named."""
    if not rules.main_lines:
        return pl.lit(True)
    names = {line.strip().casefold() for line in rules.main_lines}
    digits = {number for line in rules.main_lines if (number := _digits(line))}
    named = [name for name in _known(calls, "line_name") if name.strip().casefold() in names]
    numbered = [number for number in _known(calls, "line_digits") if _digits(number) in digits]
    is_main = pl.col("line_name").is_in(named) | pl.col("line_digits").is_in(numbered)
    return is_main.fill_null(value=False)


def line_of() -> pl.Expr:
    """The line of each call: its id, its name where it has no id, else `UNASSIGNED`."""
    return pl.coalesce("line_id", "line_name", pl.lit(UNASSIGNED))


def line_names(calls: pl.DataFrame) -> dict[str, str]:
    """Line -> the name it had last; lines without a name are missing."""
    named = calls.select(line=line_of(), name=pl.col("line_name")).drop_nulls()
    return dict(named.unique("line", keep="last").cast(pl.String).iter_rows())


def on_lines(calls: pl.DataFrame, lines: tuple[str, ...], rules: Rules) -> pl.Expr:
    """Whether each call came on one of the lines; `MAIN` stands for all main ones."""
    on_chosen = line_of().is_in(list(lines))
    return on_chosen | on_main_lines(calls, rules) if MAIN in lines else on_chosen


def _known(calls: pl.DataFrame, column: str) -> list[str]:
    return calls[column].drop_nulls().unique().cast(pl.String).to_list()


def _digits(line: str) -> str:
    return "".join(character for character in line if character.isdecimal())
