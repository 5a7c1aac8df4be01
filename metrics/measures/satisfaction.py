"""What customers say: ratings from 1 to 5, dated by the moment they were asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from metrics.model.catalog import metric
from metrics.model.definitions import Rules
from metrics.model.summary import Summary
from metrics.model.values import flags

BANDS = ("positive", "neutral", "negative")
ASKED = "Intercom, conversation_rating: rating and created_at (the moment it was asked for)"


def _valid(rows: pd.DataFrame) -> pd.Series:
    return rows["rating"].between(1, 5).fillna(False).astype(bool)


def band(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """positive (4, 5), neutral (3) or negative (1, 2); missing where there is no rating."""
    rating = rows["rating"].astype("Float64")
    words = pd.Series("neutral", index=rows.index, dtype="str")
    words = words.mask(rating.ge(4).fillna(False), "positive")
    return words.mask(rating.le(2).fillna(False), "negative").where(_valid(rows))


@metric(
    kind="mean",
    table="conversations",
    dated_by="rating_at",
    unit="points",
    better="higher",
    definition=ASKED,
    parts=band,
    part_names=BANDS,
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
    part_names=BANDS,
)
def csat_score(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Ratings of 4 and 5 among all ratings."""
    return flags(rows["rating"].ge(4), _valid(rows))


@metric(
    kind="share",
    table="conversations",
    dated_by="rating_at",
    unit="share",
    better="higher",
    definition=ASKED + "; neutral ratings left out",
    parts=band,
    part_names=BANDS,
)
def csat_adjusted(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Ratings of 4 and 5 among those that are not neutral."""
    return flags(rows["rating"].ge(4), _valid(rows) & rows["rating"].ne(3))


@metric(
    kind="share",
    table="conversations",
    dated_by="rating_at",
    unit="share",
    better="lower",
    definition=ASKED,
    parts=band,
    part_names=BANDS,
)
def dsat_score(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Ratings of 1 and 2 among all ratings."""
    return flags(rows["rating"].le(2), _valid(rows))


@metric(
    kind="share",
    table="conversations",
    dated_by="created_at",
    unit="share",
    better="higher",
    definition="Intercom, conversation_rating of closed conversations by created_at",
)
def csat_response_rate(rows: pd.DataFrame, rules: Rules, now: pd.Timestamp) -> pd.Series:
    """Of the closed conversations, those that were rated."""
    return flags(_valid(rows), rows["state"].eq("closed"))


@dataclass(frozen=True)
class Ranking:
    """Keys, the highest score first; the few have fewer ratings than agreed, and no rank."""

    ranked: tuple[str, ...]
    few: tuple[str, ...]


def ranking(scores: Mapping[str, Summary], rules: Rules) -> Ranking:
    """Who stands where. Under `rules.csat_minimum` ratings nobody and nothing does.

    Equal scores stand in order of their ratings, more first.
    """
    enough = {
        key: (-score.value, -score.n, key)
        for key, score in scores.items()
        if score.value is not None and score.n >= rules.csat_minimum
    }
    few = sorted(key for key, score in scores.items() if score.n and key not in enough)
    return Ranking(tuple(sorted(enough, key=lambda key: enough[key])), tuple(few))


Focus = Literal["worst", "best", "negatives", "volume"]


def focused(
    scores: Mapping[str, Summary], dsat: Mapping[str, Summary], focus: Focus, rules: Rules
) -> Ranking:
    """The same by worst or best score, most negative ratings, or most ratings first."""
    by_score = ranking(scores, rules)
    if focus == "best":
        return by_score
    if focus == "worst":
        return Ranking(by_score.ranked[::-1], by_score.few)
    weight = {key: scores[key].n for key in by_score.ranked}
    if focus == "negatives":
        weight = {key: negatives(dsat.get(key)) for key in by_score.ranked}
    place = {key: number for number, key in enumerate(by_score.ranked)}
    ordered = sorted(by_score.ranked, key=lambda key: (-weight[key], -place[key]))
    return Ranking(tuple(ordered), by_score.few)


def negatives(dsat: Summary | None) -> int:
    """How many ratings of 1 and 2 a `dsat_score` stands for."""
    return round(dsat.value * dsat.n) if dsat and dsat.value is not None else 0
