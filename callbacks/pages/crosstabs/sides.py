"""Sides of a cross-tab in the reader's words, and the cells of the rows behind them."""

from collections.abc import Mapping
from typing import Any

from callbacks.reports.filter_choices import person_word, team_word
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.pages.crosstabs.data import Side
from metrics.live.current import team_names
from metrics.model import people
from metrics.model.schema import ATTRIBUTE_PREFIX, attribute
from metrics.query.crosstab import Axis, nothing
from metrics.query.drilldown import FILLED, OTHERS, Cell

PLAIN = ("state", "team", "agent", "channel", "origin")


def groups(question: ReportView[Any], context: Context) -> dict[str, str]:
    """Every group that may stand on a side, with its name: the settings' own attributes first."""
    labels = vars(question.rules.labels)
    own = [labels[name] for name in ("reason", "second_reason", "status", "kind", "expansion")]
    own += [labels[name] for name in ("system_category", "registrations", "area", "category")]
    columns = map(str, question.tables.conversations.columns)
    known = [name for name in columns if name.startswith(ATTRIBUTE_PREFIX)]
    first = [attribute(label) for label in own if attribute(label) in known]
    rest = sorted((name for name in known if name not in first), key=str.casefold)
    found = {name: name.removeprefix(ATTRIBUTE_PREFIX) for name in dict.fromkeys(first + rest)}
    return found | {by: context.text(f"crosstabs.groups.{by}") for by in PLAIN}


def side(by: str, question: ReportView[Any], context: Context, axis: Axis | None = None) -> Side:
    """One side; with its lines where the axis is known.

    A group that the workspace does not have is missing.
    """
    known = groups(question, context)
    name = known.get(by, by.removeprefix(ATTRIBUTE_PREFIX))
    if axis is None:
        return Side(by, name, missing=by not in known)
    lines = [_word(key, axis, question, context) for key in axis.lines]
    cells = [_cell(key, axis) for key in axis.lines]
    filled = "" if axis.with_empty else str(Cell(FILLED + by, "1"))
    return Side(by, name, False, lines, cells, axis.lines, filled)


def _cell(key: str | None, axis: Axis) -> str:
    if key is None:
        return str(Cell(OTHERS + axis.by, str(len(axis.keys))))
    return str(Cell(axis.by, key))


def _word(key: str | None, axis: Axis, question: ReportView[Any], context: Context) -> str:
    text = context.text
    if key is None:
        return text.plural("crosstabs.others", axis.folded, n=context.formats.count(axis.folded))
    if axis.by == "agent":
        return person_word(key, people.names(question.tables), context)
    if axis.by == "team":
        return team_word(key, team_names(question.tables, question.rules), context)
    if key == nothing(axis.by):
        automatic = axis.by == "origin"
        return text("overview.origin.unknown" if automatic else "filters.empty_value")
    return _translated(
        axis.by, key, text_of={"state": "rows.state", "origin": "overview.origin"}, context=context
    )


def _translated(by: str, key: str, text_of: Mapping[str, str], context: Context) -> str:
    name = f"{text_of.get(by, '')}.{key}"
    return context.text(name) if by in text_of and context.text.has(name) else key
