"""What depends on a row and the definitions alone, as columns beside those that were read.

They are worked out once, when a part of a table is read, and stay with its rows from version to
version. Local days are dates, hours 0 to 23; the office's zone says which.
"""

from collections.abc import Callable, Collection, Mapping

import polars as pl

from metrics.model.definitions import Rules
from metrics.model.filters import AI_AGENT, AUTOMATED, BOTH
from metrics.model.lines import on_main_lines
from metrics.model.office_hours import is_open
from metrics.model.schema import (
    ATTRIBUTE_PREFIX,
    CALL_AGENTS,
    LABEL,
    attribute,
    fold_label,
)
from metrics.model.values import first_word, is_true

MERGED = "Merged"
# How the AI agent ends where people have to go on.
HANDED_OVER = ("escalated", "negative_feedback", "procedure_handoff")
# Instants that put rows into a period: each has a local `<name>_day` and `<name>_hour` beside it.
DATED: Mapping[str, tuple[str, ...]] = {
    "conversations": ("created_at", "rating_at", "last_close_at"),
    "calls": ("started_at",),
    "tickets": ("created_at", "resolved_at"),
}


def derive(
    frame: pl.DataFrame, table: str, rules: Rules, bots: Collection[str] = ()
) -> pl.DataFrame:
    """`bots` are the ids of the agents that are none."""
    columns = [
        column
        for instant in DATED.get(table, ())
        for column in _local_time(instant, rules.time_zone.key)
    ]
    if table == "conversations":
        frame = _trim_attributes(spell_attributes(frame, rules), rules)
        columns.append(_excluded_by(frame, rules).alias("excluded_by"))
        columns.append(pl.col("origin").fill_null(pl.lit(AUTOMATED, LABEL)))
        columns.append(_handled_by(bots).alias("handled_by"))
    if table == "calls":
        columns.append(_outcome(rules).alias("outcome"))
        columns.append(on_main_lines(frame, rules).alias("on_main_line"))
        if set(CALL_AGENTS) <= set(frame.columns):
            credited = pl.concat_list(list(CALL_AGENTS)).list.drop_nulls().list.unique()
            columns.append(credited.alias("credited"))
    return frame.with_columns(columns)


def bots_of(agents: pl.DataFrame) -> list[str]:
    return agents.filter(is_true("bot"))["id"].to_list()


def spell_attributes(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The labels as the settings spell them, others without superfluous blanks.

    Where two labels of the workspace become one, the first that has a value counts.
    """
    agreed = {fold_label(label): label for label in _list_labels(rules)}
    columns: dict[str, list[str]] = {}
    for column in frame.columns:
        name = column
        if column.startswith(ATTRIBUTE_PREFIX):
            label = column.removeprefix(ATTRIBUTE_PREFIX)
            name = attribute(agreed.get(fold_label(label), " ".join(label.split())))
        columns.setdefault(name, []).append(column)
    if list(columns) == frame.columns:
        return frame
    return frame.select(_join_columns(spelt).alias(name) for name, spelt in columns.items())


def _join_columns(columns: list[str]) -> pl.Expr:
    if len(columns) == 1:
        return pl.col(columns[0])
    filled = [pl.col(c).cast(pl.String).str.strip_chars() != "" for c in columns]
    return pl.coalesce(pl.when(f).then(pl.col(c)) for c, f in zip(columns, filled, strict=True))


def _list_labels(rules: Rules) -> tuple[str, ...]:
    return (*vars(rules.labels).values(), *rules.classification_exclude)


def day_of(instant: str) -> pl.Expr:
    return pl.col(f"{instant}_day")


def hour_of(instant: str) -> pl.Expr:
    return pl.col(f"{instant}_hour")


def _local_time(instant: str, zone: str) -> tuple[pl.Expr, pl.Expr]:
    local = pl.col(instant).dt.convert_time_zone(zone)
    return local.dt.date().alias(f"{instant}_day"), local.dt.hour().alias(f"{instant}_hour")


def _trim_attributes(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Blank is missing; the attributes of the definitions are there, whatever was read."""
    trimmed = []
    for column in frame.columns:
        if column.startswith(ATTRIBUTE_PREFIX):
            mapping = _map_words(frame, column, lambda word: word.strip() or None)
            if any(word != value for word, value in mapping.items()):
                words = pl.col(column).cast(pl.String).replace_strict(mapping, default=None)
                trimmed.append(words.cast(LABEL).alias(column))
    wanted = dict.fromkeys(attribute(label) for label in _list_labels(rules))
    absent = [pl.lit(None, LABEL).alias(name) for name in wanted if name not in frame]
    return frame.with_columns(*trimmed, *absent)


def _excluded_by(frame: pl.DataFrame, rules: Rules) -> pl.Expr:
    """Label of the first rule of `classification_exclude` that leaves each row out.

    Values compare without regard to case. Duplicates that no rule names are under `MERGED`.
    """
    label_of: pl.Expr = pl.when(is_true("is_merged")).then(pl.lit(merged_label(rules), LABEL))
    for label, values in reversed(list(rules.classification_exclude.items())):
        excluded = {value.strip().casefold() for value in values}
        known = _map_words(frame, attribute(label), str.casefold)
        hits = [word for word, folded in known.items() if folded in excluded]
        is_hit = pl.col(attribute(label)).is_in(hits)
        label_of = pl.when(is_hit).then(pl.lit(label, LABEL)).otherwise(label_of)
    return label_of


def merged_label(rules: Rules) -> str:
    """Under which label duplicates are told that a tag gave away, and no rule."""
    known = {label.strip().casefold(): label for label in rules.classification_exclude}
    return known.get(MERGED.casefold(), MERGED)


def _handled_by(bots: Collection[str]) -> pl.Expr:
    """Who dealt with each. People are in it from the moment when the AI agent hands it over.

    What it does not go on with and leaves open is theirs too: before 2.15 a customer who did not
    like its answer counts as one who left.
    """
    assignee = pl.col("agent_id")
    is_ours = (
        pl.col("first_admin_reply_at").is_not_null()
        | (assignee.is_not_null() & ~assignee.is_in(list(bots)))
        | pl.col("ai_state").is_in(HANDED_OVER)
        | ((pl.col("ai_state") == "abandoned") & (pl.col("state") != "closed"))
    ).fill_null(value=False)
    return first_word(
        {"people": ~is_true("ai_participated"), BOTH: is_ours, AI_AGENT: pl.lit(True)}
    )


def _outcome(rules: Rules) -> pl.Expr:
    """What became of each missed inbound call; null for all others.

    One that was answered is not missed, whatever reason it carries; one that has ended and carries
    neither was missed, nobody knows why. Out of hours is a break where our own office was open.
    """
    reason = pl.col("missed_call_reason")
    is_over = reason.is_not_null() | (pl.col("status") == "done")
    is_missed = (pl.col("direction") == "inbound") & pl.col("answered_at").is_null() & is_over
    is_closed = is_missed & (reason == "out_of_opening_hours")
    is_ours = is_open(pl.col("started_at"), rules)
    return first_word(
        {
            "out_of_hours": is_closed & ~is_ours,
            "break": is_closed & is_ours,
            "short_abandon": is_missed & (reason == "short_abandoned"),
            "voicemail": is_missed & is_true("has_voicemail"),
            "abandoned": is_missed & reason.is_in(["abandoned_in_ivr", "abandoned_in_classic"]),
            "not_answered": is_missed
            & reason.is_in(["agents_did_not_answer", "no_available_agent"]),
            "unknown": is_missed & reason.is_null(),
            "other": is_missed,
        }
    )


def _map_words(
    frame: pl.DataFrame, column: str, change: Callable[[str], str | None]
) -> dict[str, str | None]:
    if column not in frame:
        return {}
    words = frame[column].drop_nulls().unique().cast(pl.String)
    return {word: change(word) for word in words}
