"""What the filter bar shows and offers, and the same choice in words."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time
from functools import cache
from typing import get_args

import polars as pl

from callbacks.reports.report_view import Q, ReportView
from layouts.components.context import Context
from layouts.components.filter_bar import Bar, Option, Value
from metrics.live.current import team_names
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.filters import AI_AGENT, EMPTY, UNASSIGNED, HandledBy
from metrics.model.letters import fold_letters
from metrics.model.lines import MAIN, line_names
from metrics.model.periods import same_before
from metrics.model.schema import ATTRIBUTE_PREFIX, attribute
from metrics.model.selection import select
from metrics.query import report

VALUES_SHOWN = 60


def build_bar(question: ReportView[Q], context: Context) -> Bar:
    tables, rules, query = question.tables, question.rules, question.query
    names = people.names(tables)
    teams = team_names(tables, rules)
    listed = {*(rules.team_ids or teams), *query.team}
    scope = {team: name_team(team, teams, context) for team in listed}
    members = set(people.members(tables, rules)["id"]) | set(query.agent)
    agents = {agent: name_person(agent, names, context) for agent in members}
    alone = question.groups(CATALOG["conversations"], "handled_by").get(AI_AGENT)
    return Bar(
        period=question.period,
        preset=query.name,
        today=question.today,
        until=question.previous.until if question.previous else None,
        same=same_before(question.period),
        compare=query.compare,
        teams=_build_options(scope, query.team),
        agents=_build_options(agents, query.agent),
        origin=query.origin,
        shifts=_build_options(
            {name: name_shift(name, rules, context) for name in rules.shifts}, query.shift
        ),
        handlers=[
            Option(key, context.text(f"filters.handlers.{key}"), key in query.handled_by)
            for key in get_args(HandledBy)
        ],
        ai_alone=alone.n if alone else 0,
        attributes=query.attributes,
        clock=query.clock,
        lines=_name_lines(question, context),
    )


def describe_filters(question: ReportView[Q], context: Context) -> list[str]:
    text, query = context.text, question.query
    names = people.names(question.tables)
    teams = team_names(question.tables, question.rules)
    parts = []
    if query.team:
        chosen = ", ".join(name_team(team, teams, context) for team in query.team)
        parts.append(f"{text('filters.team')}: {chosen}")
    if query.agent:
        chosen = ", ".join(name_person(agent, names, context) for agent in query.agent)
        parts.append(f"{text('filters.agent')}: {chosen}")
    if query.origin:
        parts.append(f"{text('filters.origin.label')}: {text(f'filters.origin.{query.origin}')}")
    if query.handled_by:
        chosen = ", ".join(text(f"filters.handlers.{key}") for key in query.handled_by)
        parts.append(f"{text('filters.handled_by')}: {chosen}")
    if query.shift:
        chosen = ", ".join(name_shift(name, question.rules, context) for name in query.shift)
        parts.append(f"{text('filters.shift')}: {chosen}")
    for label, values in query.attributes.items():
        chosen = ", ".join(value or text("filters.empty_value") for value in values)
        parts.append(f"{label}: {chosen}")
    if query.line:
        parts.append(f"{text('telephony.lines')}: {', '.join(_name_lines(question, context))}")
    return parts


def _name_lines(question: ReportView[Q], context: Context) -> list[str]:
    """The chosen telephone lines, the main ones as one."""
    if not question.query.line:
        return []
    names = line_names(question.tables.calls) | {MAIN: context.text("telephony.main_lines")}
    return [names.get(line, line) for line in question.query.line]


def name_person(agent: str, names: Mapping[str, tuple[str, str]], context: Context) -> str:
    """What a person is called; rows without one, and people nobody remembers, have words too."""
    if agent == UNASSIGNED:
        return context.text("rows.unassigned")
    return names.get(agent, ("", ""))[0] or context.text("rows.unknown_person", id=agent)


def name_shift(shift: str, rules: Rules, context: Context) -> str:
    """With its hours; the two that are there without settings have words."""
    words = f"filters.shifts.{shift}"
    start, end = rules.shifts[shift]
    until = "24:00" if end == time.max else f"{end:%H:%M}"
    name = context.text(words) if context.text.has(words) else shift
    return f"{name} ({start:%H:%M}–{until})"


def name_team(team: str, teams: Mapping[str, str], context: Context) -> str:
    """What a team is called, `teams` being those of the tables; never by its id alone."""
    if team == UNASSIGNED:
        return context.text("rows.no_team")
    known = teams.get(team)
    words = "rows.unknown_team" if known is None else "rows.deleted_team"
    return known or context.text(words, id=team)


def search_labels(question: ReportView[Q], wanted: str) -> list[tuple[str, int]]:
    """Each with how many rows have it filled; those that no row of the period has come last."""
    prefix, folded = len(ATTRIBUTE_PREFIX), fold_letters(wanted)
    labels = [
        column
        for column in question.tables.conversations.columns
        if column.startswith(ATTRIBUTE_PREFIX) and folded in fold_letters(column[prefix:])
    ]
    filled = select(CATALOG["conversations"], question.view).query.select(pl.col(labels).count())
    counts = filled.collect().to_dict(as_series=False)
    counted = [(column[prefix:], n) for column, [n] in counts.items()]
    return sorted(counted, key=lambda item: (not item[1], item[0].casefold()))


def search_values(question: ReportView[Q], label: str, wanted: str) -> tuple[list[Value], int]:
    """The values of an attribute that have the wanted words in them, and how many more there are.

    Rows are those of all the other filters, so that the counts say what ticking would add. Chosen
    values come first, and rows without a value last.
    """
    filters, folded = question.filters, fold_letters(wanted)
    others = {name: v for name, v in filters.attributes.items() if name != label}
    view = question.view.with_filters(replace(filters, attributes=others))
    groups = report.breakdown(CATALOG["conversations"], attribute(label), view)
    counts = {group.key: group.summary.n for group in groups}
    empty = counts.pop(EMPTY, 0)
    chosen = {value.strip() for value in filters.attributes.get(label, ())}
    fitting = [
        Value(value, count, value in chosen)
        for value, count in counts.items()
        if folded in fold_letters(value)
    ]
    fitting += [Value(v, 0, chosen=True) for v in sorted(chosen - set(counts)) if v and not wanted]
    fitting.sort(key=lambda value: (not value.chosen, -value.count, value.value.casefold()))
    shown = fitting[:VALUES_SHOWN]
    if not wanted:
        shown.append(Value(EMPTY, empty, EMPTY in chosen))
    return shown, max(0, len(fitting) - VALUES_SHOWN)


def fold_texts(words: pl.Expr) -> pl.Expr:
    """`fold_letters` of a column."""
    _, marks = _read_letters()
    return fold_case(words).str.normalize("NFKD").str.replace_all(f"[{marks}]", "")


def fold_case(words: pl.Expr) -> pl.Expr:
    """`str.casefold` of a column."""
    folded, _ = _read_letters()
    return words.str.to_lowercase().str.replace_many(folded)


@cache
def _read_letters() -> tuple[dict[str, str], str]:
    """What letters fold to whose small letter is another ("ß"), and the marks of accents."""
    # Ideographs follow: they have neither.
    letters = [chr(code) for code in range(0x20000)]
    folded = {x: small for x in letters if (small := x.casefold()) != x.lower()}
    return folded, "".join(filter(unicodedata.combining, letters))


def _build_options(names: Mapping[str, str], chosen: Sequence[str]) -> list[Option]:
    ordered = sorted(names.items(), key=lambda item: item[1].casefold())
    return [Option(value, shown, value in chosen) for value, shown in ordered]
