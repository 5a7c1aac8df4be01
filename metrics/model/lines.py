"""Telephone lines: the main ones, those of each team, and on which of them each call came."""

from collections.abc import Collection, Iterable

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.filters import UNASSIGNED

# Among chosen lines: those that the settings call the main ones.
MAIN = "main"


def on_main_lines(calls: pl.DataFrame, rules: Rules) -> pl.Expr:
    """Whether each call came in on a main line; all do where none is named."""
    return _on_named(calls, rules.main_lines) if rules.main_lines else pl.lit(True)


def on_lines_of(calls: pl.DataFrame, teams: Collection[str], rules: Rules) -> pl.Expr | None:
    """Whether each call came on a line of those teams; None where the settings name none."""
    named = [line for line, team in rules.team_lines.items() if team in teams]
    return _on_named(calls, named) if named else None


def team_of(line: str | None, rules: Rules) -> str | None:
    """The team that a line belongs to, by its name or digits."""
    words = _words(line or "")
    return next((team for name, team in rules.team_lines.items() if words & _words(name)), None)


def _on_named(calls: pl.DataFrame, lines: Iterable[str]) -> pl.Expr:
    """Whether each call came on one of the lines, which are named by name or digits."""
    wanted = {word for line in lines for word in _words(line)}
    is_named = pl.lit(False)
    for column in ("line_name", "line_digits"):
        known = calls[column].drop_nulls().unique().cast(pl.String)
        is_named |= pl.col(column).is_in([name for name in known if wanted & _words(name)])
    return is_named.fill_null(value=False)


def unknown_lines(lines: Iterable[tuple[str, str]], rules: Rules) -> list[str]:
    """Those that the settings name and that are none of the `lines`, of (name, digits)."""
    known = {word for line in lines for side in line for word in _words(side)}
    named = dict.fromkeys((*rules.main_lines, *rules.team_lines))
    return [line for line in named if not known & _words(line)]


def _words(line: str) -> set[str]:
    """What a line can be known by: its name without regard to case, or its digits."""
    digits = "".join(character for character in line if character.isdecimal())
    is_number = digits and not any(character.isalpha() for character in line)
    return {digits if is_number else line.strip().casefold()} - {""}


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
