"""What the filter bar shows and offers, and the same choice in words."""

import unicodedata
from collections.abc import Mapping, Sequence

import pandas as pd

from callbacks.reports.report_view import Q, ReportView
from layouts.components.context import Context
from layouts.components.filter_bar import Bar, Option, Value
from metrics.live.current import team_names
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import EMPTY, UNASSIGNED, Filters
from metrics.model.lines import MAIN, line_names
from metrics.model.periods import same_before
from metrics.model.schema import ATTRIBUTE_PREFIX
from metrics.model.selection import attribute_values, select

VALUES_SHOWN = 60


def build_bar(question: ReportView[Q], context: Context) -> Bar:
    tables, rules, query = question.tables, question.rules, question.query
    names = people.names(tables)
    teams = team_names(tables, rules)
    scope = {team: teams.get(team, team) for team in rules.team_ids} or teams
    scope |= {team: name_team(team, teams, context) for team in query.team}
    members = set(people.members(tables, rules)["id"]) | set(query.agent)
    agents = {agent: name_person(agent, names, context) for agent in members}
    return Bar(
        period=question.period,
        preset=query.name,
        today=question.today,
        before=query.before(question.today),
        same=same_before(question.period),
        compare=query.compare,
        teams=_build_options(scope, query.team),
        agents=_build_options(agents, query.agent),
        origin=query.origin,
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


def name_team(team: str, teams: Mapping[str, str], context: Context) -> str:
    return context.text("rows.no_team") if team == UNASSIGNED else teams.get(team, team)


def search_labels(question: ReportView[Q], wanted: str) -> list[tuple[str, int]]:
    """Each with how many rows have it filled; those that no row of the period has come last."""
    conversations = _select_rows(question, question.filters)
    prefix = len(ATTRIBUTE_PREFIX)
    labels = [str(c)[prefix:] for c in conversations.columns if str(c).startswith(ATTRIBUTE_PREFIX)]
    counted = [
        (label, int(attribute_values(conversations, label).notna().sum()))
        for label in labels
        if fold_text(wanted) in fold_text(label)
    ]
    return sorted(counted, key=lambda item: (not item[1], item[0].casefold()))


def search_values(question: ReportView[Q], label: str, wanted: str) -> tuple[list[Value], int]:
    """The values of an attribute that have the wanted words in them, and how many more there are.

    Rows are those of all the other filters, so that the counts say what ticking would add. Chosen
    values come first, and rows without a value last.
    """
    filters = question.filters
    others = {name: v for name, v in filters.attributes.items() if name != label}
    conversations = _select_rows(
        question, Filters(filters.teams, filters.agents, filters.origin, others)
    )
    column = attribute_values(conversations, label)
    counts = column.value_counts()
    chosen = {value.strip() for value in filters.attributes.get(label, ())}
    fitting = [
        Value(str(value), int(count), str(value) in chosen)
        for value, count in counts.items()
        if fold_text(wanted) in fold_text(str(value))
    ]
    known = {value.value for value in fitting}
    fitting += [Value(v, 0, chosen=True) for v in sorted(chosen - known) if v and not wanted]
    fitting.sort(key=lambda value: (not value.chosen, -value.count, value.value.casefold()))
    shown = fitting[:VALUES_SHOWN]
    if not wanted:
        shown.append(Value(EMPTY, int(column.isna().sum()), EMPTY in chosen))
    return shown, max(0, len(fitting) - VALUES_SHOWN)


def fold_text(words: str) -> str:
    """Words without accents and capitals, for searching."""
    if words.isascii():
        return words.lower()
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _select_rows(question: ReportView[Q], filters: Filters) -> pd.DataFrame:
    metric = CATALOG["conversations"]
    return select(metric, question.view.with_filters(filters)).rows


def _build_options(names: Mapping[str, str], chosen: Sequence[str]) -> list[Option]:
    ordered = sorted(names.items(), key=lambda item: item[1].casefold())
    return [Option(value, shown, value in chosen) for value, shown in ordered]
