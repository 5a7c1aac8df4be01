"""Which reason an unclassified conversation probably has, by the words of its subject.

Learnt from the subjects that the team itself has classified, with multinomial naive Bayes over
normalised words; nothing leaves the house. It would rather be silent than wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.measures.workload import conversations
from metrics.model.definitions import Rules
from metrics.model.filters import EMPTY
from metrics.model.periods import Period
from metrics.model.schema import SEPARATOR, attribute
from metrics.model.selection import select_conversations
from metrics.model.tables import Tables
from metrics.model.view import View, view_of_today
from metrics.query.report import breakdown

# A reason with fewer classified subjects teaches nothing, and one word seen less often neither.
EXAMPLES_MINIMUM = 5
WORD_MINIMUM = 3
# How sure the whole subject must be, and how much of a word's use must fall on the reason.
CONFIDENCE, WORD_SHARE = 0.7, 0.5
VOCABULARY_MAXIMUM, REASONS_MAXIMUM = 5000, 200
# Subjects are short by contract; whatever comes, the work stays small.
CHARACTERS, WORDS = 300, 40
SMOOTHING = 0.5

# Reasons that say nothing; the first word of the last part of their name decides.
CATCH_ALL = frozenset(
    {
        *("outro", "outra", "outros", "outras", "other", "others", "geral", "general"),
        *("diverso", "diversos", "diversa", "diversas", "misc", "miscellaneous"),
        *("indefinido", "undefined"),
    }
)
# A catch-all grows when it gains this share, in two periods with enough reasons, beyond chance.
GROWTH, GROWTH_MINIMUM, GROWTH_Z = 0.05, 20, 1.96

WORD, NUMBER = r"[\p{L}\p{N}]{3,30}", r"^\p{N}+$"
# Accents, once they are parted from their letters.
MARKS = "[\u0300-\u036f]+"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Suggestion:
    reason: str
    confidence: float


@dataclass(frozen=True, eq=False)
class Model:
    """What the classified subjects teach.

    Attributes:
        reasons: Those with enough examples; a catch-all takes part and is never suggested.
        words: Word -> its row in the counts.
        counts: Subjects with that word, per word and reason.
        likelihoods: Logarithm of each word's share within each reason; priors of each reason's.
    """

    reasons: tuple[str, ...]
    words: Mapping[str, int]
    counts: Floats
    priors: Floats
    likelihoods: Floats


@dataclass(frozen=True)
class Growth:
    """A catch-all that takes more room: its shares (0..1) of `n` and of `before_n` reasons."""

    reason: str
    share: float
    n: int
    before: float
    before_n: int


def words_of(subject: pl.Expr) -> pl.Expr:
    """The distinct words of each: no accents, no case, no numbers, at least three letters."""
    plain = subject.str.head(CHARACTERS).str.to_lowercase().str.normalize("NFKD")
    words = plain.str.replace_all(MARKS, "").str.extract_all(WORD)
    words = words.list.filter(~pl.element().str.contains(NUMBER))
    return words.list.unique(maintain_order=True).list.head(WORDS)


def find_catch_alls(reasons: Iterable[str]) -> set[str]:
    """Those that say nothing: «Outros», «Financeiro > Outros assuntos»."""
    reasons = list(reasons)
    last = pl.Series([reason.rpartition(">")[2] for reason in reasons], dtype=pl.String)
    first = pl.select(words_of(pl.lit(last)).list.first()).to_series()
    return {reason for reason, word in zip(reasons, first, strict=True) if word in CATCH_ALL}


def learn(examples: pl.LazyFrame) -> Model | None:
    """What `subject` and `reason` teach; None where there is nothing to tell apart."""
    # The same subject comes again and again; it is read once.
    lines = examples.drop_nulls().group_by("subject", "reason").agg(times=pl.len()).collect()
    reasons = pl.col("reason").cast(pl.String).str.split(SEPARATOR)
    lines = lines.with_columns(reasons).explode("reason")
    sizes = _most(lines, "reason", EXAMPLES_MINIMUM, REASONS_MAXIMUM)
    taught = lines.join(sizes.drop("times"), on="reason")
    uses = taught.select("reason_place", "times", word=words_of(pl.col("subject"))).explode("word")
    uses = uses.drop_nulls().group_by("word", "reason_place").agg(pl.col("times").sum())
    vocabulary = _most(uses, "word", WORD_MINIMUM, VOCABULARY_MAXIMUM)
    if len(sizes) < 2 or vocabulary.is_empty():
        return None
    counts = np.zeros((len(vocabulary), len(sizes)))
    cells = uses.join(vocabulary.drop("times"), on="word")
    counts[cells["word_place"], cells["reason_place"]] = cells["times"]
    examples_of_each = sizes["times"].to_numpy().astype("float64")
    smooth = counts + SMOOTHING
    return Model(
        reasons=tuple(sizes["reason"]),
        words=dict(vocabulary.select("word", "word_place").iter_rows()),
        counts=counts,
        priors=np.log(examples_of_each / examples_of_each.sum()),
        likelihoods=np.log(smooth / smooth.sum(axis=0)),
    )


def suggest(model: Model | None, subjects: pl.Series) -> list[Suggestion | None]:
    """For each subject its reason, where the words are sure; else None.

    Sure means: the reason has `CONFIDENCE` of the probability, and at least one of the words was
    seen `WORD_MINIMUM` times with it, which is `WORD_SHARE` of all its uses.
    """
    if model is None:
        return [None] * len(subjects)
    catch_alls = find_catch_alls(model.reasons)
    words = pl.select(words_of(pl.lit(subjects.fill_null("")))).to_series().to_list()
    found = (_suggestion(model, words_of_one) for words_of_one in words)
    return [None if one is None or one.reason in catch_alls else one for one in found]


def team_model(tables: Tables, rules: Rules) -> Model | None:
    rows = select_conversations(view_of_today(tables, rules))
    return learn(rows.select("subject", reason=pl.col(attribute(rules.labels.reason))))


def catch_all_growth(view: View, before: Period | None) -> Growth | None:
    """The catch-all reason that gained most; None where none gained beyond chance.

    A gain is told when it is at least `GROWTH` of all reasons, both periods have `GROWTH_MINIMUM`
    reasons, and a two-proportion test would find it by chance less than once in twenty times.
    """
    if before is None:
        return None
    now, then = (_reasons(view.with_period(days)) for days in (view.period, before))
    n, before_n = sum(now.values()), sum(then.values())
    if min(n, before_n) < GROWTH_MINIMUM:
        return None
    grown = []
    for reason in find_catch_alls(now):
        count, earlier = now[reason], then.get(reason, 0)
        share, past = count / n, earlier / before_n
        pooled = (count + earlier) / (n + before_n)
        error = (pooled * (1 - pooled) * (1 / n + 1 / before_n)) ** 0.5
        if share - past >= GROWTH and error and (share - past) / error >= GROWTH_Z:
            grown.append(Growth(reason, share, n, past, before_n))
    return max(
        grown, key=lambda growth: (growth.share - growth.before, growth.reason), default=None
    )


def _most(lines: pl.DataFrame, name: str, minimum: int, maximum: int) -> pl.DataFrame:
    """The most frequent ones, in order of their names, with how many `times` and their place."""
    counts = lines.group_by(name).agg(pl.col("times").sum())
    counts = counts.filter(pl.col("times") >= minimum)
    most = counts.sort("times", name, descending=[True, False]).head(maximum)
    return most.sort(name).with_row_index(f"{name}_place")


def _suggestion(model: Model, words: Iterable[str]) -> Suggestion | None:
    known = [model.words[word] for word in words if word in model.words]
    if not known:
        return None
    scores = model.priors + model.likelihoods[known].sum(axis=0)
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best = int(chances.argmax())
    uses = model.counts[known]
    telling = (uses[:, best] >= WORD_MINIMUM) & (uses[:, best] >= WORD_SHARE * uses.sum(axis=1))
    reason = model.reasons[best]
    if chances[best] < CONFIDENCE or not telling.any():
        return None
    return Suggestion(reason, float(chances[best]))


def _reasons(view: View) -> dict[str, int]:
    groups = breakdown(conversations, attribute(view.rules.labels.reason), view)
    return {group.key: group.summary.n for group in groups if group.key != EMPTY}
