"""Telephone lines: which are the main ones, and on which of them each call came."""

import pandas as pd

from metrics.model.definitions import Rules
from metrics.model.filters import UNASSIGNED

# Among chosen lines: those that the settings call the main ones.
MAIN = "main"


def on_main_lines(calls: pd.DataFrame, rules: Rules) -> pd.Series:
    """Whether each call came in on a main line, by name or digits; all do where none is named."""
    if not rules.main_lines:
        return pd.Series(True, index=calls.index)
    names = {line.strip().casefold() for line in rules.main_lines}
    digits = {number for line in rules.main_lines if (number := _digits(line))}
    by_name = calls["line_name"].astype("str").str.strip().str.casefold().isin(names)
    by_digits = calls["line_digits"].astype("str").str.replace(r"\D", "", regex=True).isin(digits)
    return by_name | by_digits


def line_of(calls: pd.DataFrame) -> pd.Series:
    """The line of each call: its id, its name where it has no id, else `UNASSIGNED`."""
    ids = calls["line_id"].astype("str").fillna(calls["line_name"].astype("str"))
    return ids.fillna(UNASSIGNED)


def line_names(calls: pd.DataFrame) -> dict[str, str]:
    """Line -> the name it had last; lines without a name are missing."""
    named = pd.DataFrame({"line": line_of(calls), "name": calls["line_name"].astype("str")})
    named = named.dropna().drop_duplicates("line", keep="last")
    return dict(zip(named["line"], named["name"], strict=True))


def on_lines(calls: pd.DataFrame, lines: tuple[str, ...], rules: Rules) -> pd.Series:
    """Whether each call came on one of the lines; `MAIN` stands for all main ones."""
    on_chosen = line_of(calls).isin(lines)
    return on_chosen | on_main_lines(calls, rules) if MAIN in lines else on_chosen


def _digits(line: str) -> str:
    return "".join(character for character in line if character.isdigit())
