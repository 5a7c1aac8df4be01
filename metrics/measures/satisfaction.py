"""What customers say: ratings from 1 to 5, dated by the moment they were asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

import polars as pl

from metrics.measures.workload import IS_CLOSED
from metrics.model.catalog import metric
from metrics.model.definitions import Rules
from metrics.model.summary import Summary
from metrics.model.values import as_float, first_word, flags

BANDS = ("positive", "neutral", "negative")
ASKED = "Intercom, conversation_rating: rating and created_at (the moment it was asked for)"

RATING = pl.col("rating")
IS_RATED = RATING.is_between(1, 5)
IS_POSITIVE, IS_NEGATIVE = RATING >= 4, RATING <= 2


def band(rating: pl.Expr) -> pl.Expr:
    """positive (4, 5), neutral (3) or negative (1, 2); null where there is no rating."""
    is_rated = rating.is_between(1, 5)
    return first_word(
        {
            "positive": is_rated & (rating >= 4),
            "negative": is_rated & (rating <= 2),
            "neutral": is_rated,
        }
    )


_rating = partial(
    metric, table="conversations", dated_by="rating_at", parts=band(RATING), part_names=BANDS
)

csat_average = _rating(
    "csat_average",
    "mean",
    value=pl.when(IS_RATED).then(as_float(RATING)),
    better="higher",
    definition=ASKED,
)

csat_score = _rating(
    "csat_score", "share", value=flags(IS_POSITIVE, IS_RATED), better="higher", definition=ASKED
)

# Without the neutral ones.
csat_adjusted = _rating(
    "csat_adjusted",
    "share",
    value=flags(IS_POSITIVE, IS_RATED & (RATING != 3)),
    better="higher",
    definition=ASKED + "; neutral ratings left out",
)

dsat_score = _rating(
    "dsat_score", "share", value=flags(IS_NEGATIVE, IS_RATED), better="lower", definition=ASKED
)

# Of the closed conversations, those that were rated.
csat_response_rate = metric(
    "csat_response_rate",
    "share",
    "conversations",
    flags(IS_RATED, IS_CLOSED),
    dated_by="created_at",
    better="higher",
    definition="Intercom, conversation_rating of closed conversations by created_at",
)


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


Focus = Literal["worst", "best", "pulled", "negatives", "volume"]


def focused(
    scores: Mapping[str, Summary],
    dsat: Mapping[str, Summary],
    focus: Focus,
    rules: Rules,
    pulled: Mapping[str, float] = MappingProxyType({}),
) -> Ranking:
    """The same by worst or best score, most of everyone's change, most negative ratings, or most.

    `pulled` says what each carries of the change.
    """
    by_score = ranking(scores, rules)
    if focus == "best":
        return by_score
    if focus == "worst":
        return Ranking(by_score.ranked[::-1], by_score.few)
    weight: dict[str, float] = {key: scores[key].n for key in by_score.ranked}
    if focus == "negatives":
        weight = {key: negatives(dsat.get(key)) for key in by_score.ranked}
    if focus == "pulled":
        weight = {key: abs(pulled.get(key, 0)) for key in by_score.ranked}
    place = {key: number for number, key in enumerate(by_score.ranked)}
    ordered = sorted(by_score.ranked, key=lambda key: (-weight[key], -place[key]))
    return Ranking(tuple(ordered), by_score.few)


def negatives(dsat: Summary | None) -> int:
    """How many ratings of 1 and 2 a `dsat_score` stands for."""
    return round(dsat.value * dsat.n) if dsat and dsat.value is not None else 0
