"""What customers say: ratings from 1 to 5, dated by the moment they were asked for."""

import pandas as pd

from metrics.catalog import metric
from metrics.rules import Rules

ASKED = "Intercom, conversation_rating: rating and created_at (the moment it was asked for)"


def _valid(rows: pd.DataFrame) -> pd.Series:
    return rows["rating"].between(1, 5).fillna(False).astype(bool)


def band(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """positive (4, 5), neutral (3) or negative (1, 2); missing where there is no rating."""
    rating = rows["rating"].astype("Float64")
    words = pd.Series("neutral", index=rows.index, dtype="str")
    words = words.mask(rating.ge(4).fillna(False), "positive")
    return words.mask(rating.le(2).fillna(False), "negative").where(_valid(rows))


def _share(rows: pd.DataFrame, good: pd.Series, population: pd.Series) -> pd.Series:
    return good.fillna(False).astype("Float64").where(population)


@metric(
    kind="mean",
    table="conversations",
    dated_by="rating_at",
    unit="points",
    better="higher",
    definition=ASKED,
    parts=band,
)
def csat_average(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """The mean rating, 1 to 5."""
    return rows["rating"].astype("Float64").where(_valid(rows))


@metric(
    kind="share",
    table="conversations",
    dated_by="rating_at",
    unit="share",
    better="higher",
    definition=ASKED,
    parts=band,
)
def csat_score(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Ratings of 4 and 5 among all ratings."""
    return _share(rows, rows["rating"].ge(4), _valid(rows))


@metric(
    kind="share",
    table="conversations",
    dated_by="rating_at",
    unit="share",
    better="higher",
    definition=ASKED + "; neutral ratings left out",
    parts=band,
)
def csat_adjusted(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Ratings of 4 and 5 among those that are not neutral."""
    decided = _valid(rows) & rows["rating"].ne(3).fillna(False).astype(bool)
    return _share(rows, rows["rating"].ge(4), decided)


@metric(
    kind="share",
    table="conversations",
    dated_by="rating_at",
    unit="share",
    better="lower",
    definition=ASKED,
    parts=band,
)
def dsat_score(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Ratings of 1 and 2 among all ratings."""
    return _share(rows, rows["rating"].le(2), _valid(rows))
