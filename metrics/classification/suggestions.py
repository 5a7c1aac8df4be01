"""Which reason an unclassified conversation probably has, by the words of its subject.

Learnt from the subjects that the team itself has classified, with multinomial naive Bayes over
normalised words; nothing leaves the house. It would rather be silent than wrong.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.periods import Period
from metrics.model.selection import attribute_values, select, select_conversations
from metrics.model.tables import Tables
from metrics.model.view import View, view_of_today

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

_WORD = re.compile(r"[^\W_]{3,30}")
# Accents, once they are parted from their letters.
_MARKS = re.compile(r"[\u0300-\u036f]+")
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


def words_of(subject: str) -> list[str]:
    """The distinct words of a subject: no accents, no case, no numbers, at least three letters."""
    plain = subject[:CHARACTERS].casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    words = (word for word in _WORD.findall(plain) if not word.isdigit())
    return list(dict.fromkeys(words))[:WORDS]


def is_catch_all(reason: str) -> bool:
    """Whether a reason says nothing: «Outros», «Financeiro > Outros assuntos»."""
    words = words_of(reason.rpartition(">")[2])
    return bool(words) and words[0] in CATCH_ALL


def learn(subjects: pd.Series, reasons: pd.Series) -> Model | None:
    """What subjects teach about their reasons; None where there is nothing to tell apart."""
    known = subjects.notna().to_numpy() & reasons.notna().to_numpy()
    lines = pd.DataFrame(
        {
            "subject": subjects[known].astype("str").to_numpy(),
            "reason": reasons[known].astype("str").to_numpy(),
        }
    )
    sizes = lines["reason"].value_counts()
    names = tuple(sorted(sizes[sizes >= EXAMPLES_MINIMUM].index[:REASONS_MAXIMUM]))
    if len(names) < 2:
        return None
    lines = lines[lines["reason"].isin(names)]
    # The same subject comes again and again; it is read once.
    lines = lines.value_counts().rename("times").reset_index()
    read = [words_of(subject) for subject in lines["subject"]]
    vocabulary = _vocabulary(read, lines["times"])
    if not vocabulary:
        return None
    counts = np.zeros((len(vocabulary), len(names)))
    places = pd.Categorical(lines["reason"], categories=names).codes
    for words, place, times in zip(read, places, lines["times"], strict=True):
        counts[[vocabulary[word] for word in words if word in vocabulary], place] += times
    examples = np.array([float(sizes[name]) for name in names])
    smooth = counts + SMOOTHING
    return Model(
        reasons=names,
        words=vocabulary,
        counts=counts,
        priors=np.log(examples / examples.sum()),
        likelihoods=np.log(smooth / smooth.sum(axis=0)),
    )


def suggest(model: Model | None, subjects: Iterable[str]) -> list[Suggestion | None]:
    """For each subject its reason, where the words are sure; else None.

    Sure means: the reason has `CONFIDENCE` of the probability, and at least one of the words was
    seen `WORD_MINIMUM` times with it, which is `WORD_SHARE` of all its uses.
    """
    return [None if model is None else _suggestion(model, subject) for subject in subjects]


def team_model(tables: Tables, rules: Rules) -> Model | None:
    rows = select_conversations(view_of_today(tables, rules))
    return learn(rows["subject"], attribute_values(rows, rules.labels.reason))


def catch_all_growth(view: View, before: Period | None) -> Growth | None:
    """The catch-all reason that gained most; None where none gained beyond chance.

    A gain is told when it is at least `GROWTH` of all reasons, both periods have `GROWTH_MINIMUM`
    reasons, and a two-proportion test would find it by chance less than once in twenty times.
    """
    if before is None:
        return None
    now, then = (_reasons(view.with_period(days)) for days in (view.period, before))
    n, before_n = int(now.sum()), int(then.sum())
    if min(n, before_n) < GROWTH_MINIMUM:
        return None
    grown = []
    for reason in filter(is_catch_all, map(str, now.index)):
        count, earlier = int(now[reason]), int(then.get(reason, 0))
        share, past = count / n, earlier / before_n
        pooled = (count + earlier) / (n + before_n)
        error = (pooled * (1 - pooled) * (1 / n + 1 / before_n)) ** 0.5
        if share - past >= GROWTH and error and (share - past) / error >= GROWTH_Z:
            grown.append(Growth(reason, share, n, past, before_n))
    return max(
        grown, key=lambda growth: (growth.share - growth.before, growth.reason), default=None
    )


def _vocabulary(read: Sequence[Sequence[str]], times: pd.Series) -> dict[str, int]:
    uses: Counter[str] = Counter()
    for words, count in zip(read, times, strict=True):
        for word in words:
            uses[word] += count
    frequent = [word for word, n in uses.most_common(VOCABULARY_MAXIMUM) if n >= WORD_MINIMUM]
    return {word: number for number, word in enumerate(sorted(frequent))}


def _suggestion(model: Model, subject: str) -> Suggestion | None:
    known = [model.words[word] for word in words_of(subject) if word in model.words]
    if not known:
        return None
    scores = model.priors + model.likelihoods[known].sum(axis=0)
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best = int(chances.argmax())
    uses = model.counts[known]
    telling = (uses[:, best] >= WORD_MINIMUM) & (uses[:, best] >= WORD_SHARE * uses.sum(axis=1))
    reason = model.reasons[best]
    if chances[best] < CONFIDENCE or not telling.any() or is_catch_all(reason):
        return None
    return Suggestion(reason, float(chances[best]))


def _reasons(view: View) -> pd.Series:
    rows = select(CATALOG["classification_rate"], view).rows
    counts: pd.Series = attribute_values(rows, view.rules.labels.reason).value_counts()
    return counts
