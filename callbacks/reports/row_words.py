"""How a mark of a figure is called: the title of the list behind it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from callbacks.reports.filter_choices import person_word, team_word
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from metrics.live.current import team_names
from metrics.measures.tickets import CREATOR, TICKET_WORDS
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.filters import UNASSIGNED
from metrics.model.lines import line_names
from metrics.model.schema import ATTRIBUTE_PREFIX
from metrics.query.drilldown import FILLED, OTHER_REASONS, OTHERS, PART, VALUE, Cell


def title(
    metric: Metric, cells: Sequence[Cell], question: ReportView[Any], context: Context
) -> tuple[str, list[str]]:
    """The title of a list, and what stands before it: the number and its period."""
    label = context.text(f"metrics.{metric.key}.label")
    period = question.period
    span = context.formats.span(period.first_day, period.last_day)
    when = context.text("passport.now") if metric.dated_by is None else span
    named = [
        cell_words(cell, metric, question, context)
        for cell in cells
        if cell.by != VALUE or metric.kind != "share"
    ]
    return (" · ".join(named), [label, when]) if named else (label, [when])


def side(metric: Metric, key: str | None, context: Context) -> str:
    """What the rows for (`1`) or against (`0`) a share are called."""
    text = context.text
    if key is None:
        return text("rows.side.all")
    own = f"rows.side.{metric.key}.{'yes' if key == '1' else 'no'}"
    return text(own if text.has(own) else f"rows.side.{'yes' if key == '1' else 'no'}")


def cell_words(cell: Cell, metric: Metric, question: ReportView[Any], context: Context) -> str:
    """One mark in words."""
    named = _NAMED.get(cell.by)
    if named is not None:
        return named(cell.key, metric, question, context)
    for prefix in (OTHERS, FILLED):
        if cell.by.startswith(prefix):
            by = cell.by.removeprefix(prefix)
            plain = f"crosstabs.groups.{by}"
            name = by.removeprefix(ATTRIBUTE_PREFIX)
            name = context.text(plain) if context.text.has(plain) else name
            return context.text(f"rows.{prefix.strip('.')}", name=name)
    if cell.by.startswith(ATTRIBUTE_PREFIX):
        label = cell.by.removeprefix(ATTRIBUTE_PREFIX)
        return f"{label}: {cell.key or context.text('filters.empty_value')}"
    return cell.key


def _day(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.formats.weekday(date.fromisoformat(key))


def _week(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    first = date.fromisoformat(key)
    return context.formats.span(first, first + timedelta(days=6))


def _hour(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text("rows.hour", first=key, last=int(key) + 1)


def _weekday(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text(f"rows.weekday.{key}")


def _weekday_hour(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    weekday, _, hour = key.partition("-")
    return f"{context.text(f'rows.weekday.{weekday}')}, {_hour(hour, metric, question, context)}"


def _agent(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return person_word(key, people.names(question.tables), context)


def _team(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return team_word(key, team_names(question.tables, question.rules), context)


def _reason(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return key or context.text("rows.no_reason")


def _others(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text("rows.other_reasons")


def _origin(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text(f"overview.origin.{key if key != 'none' else 'unknown'}")


def _part(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    name = f"metrics.parts.{key}"
    return context.text(name) if context.text.has(name) else key


def _value(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    """A range of values, such as a bar of a distribution."""
    text = context.text
    low, ranged, high = key.partition("..")
    said = {
        name: context.formats.value(float(end), metric.unit)
        for name, end in (("low", low), ("high", high))
        if end
    }
    if not ranged:
        return said["low"]
    if len(said) == 2:
        return text("rows.between", **said)
    return text("rows.from", **said) if "low" in said else text("rows.under", **said)


def _state(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    name = f"rows.state.{key}"
    return context.text(name) if context.text.has(name) else key


def _line(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    names = line_names(question.tables.calls)
    return names.get(key) or context.text("telephony.no_line")


def _caller(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    """The number itself: an address names only one of its calls."""
    calls = question.tables.calls
    digits = calls.loc[calls["id"].eq(key), "digits"].dropna()
    return str(digits.iloc[0]) if len(digits) else context.text("rows.no_number")


def _giver(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text("rows.passed_by", name=_agent(key, metric, question, context))


def _taker(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    if key == UNASSIGNED:
        return context.text("telephony.unknown_taker")
    return context.text("rows.passed_to", name=_agent(key, metric, question, context))


def _standing(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return context.text(f"rows.standing.{key}")


def _creator(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    name = _agent(key, metric, question, context)
    return context.text("rows.created_by", name=name)


def _ticket_word(key: str, metric: Metric, question: ReportView[Any], context: Context) -> str:
    return key or context.text("filters.empty_value")


_NAMED = {
    **dict.fromkeys(TICKET_WORDS, _ticket_word),
    "standing": _standing,
    CREATOR: _creator,
    "state": _state,
    "line": _line,
    "caller": _caller,
    "transferred_by": _giver,
    "transferred_to": _taker,
    "day": _day,
    "week": _week,
    "hour": _hour,
    "weekday": _weekday,
    "weekday_hour": _weekday_hour,
    "agent": _agent,
    "user": _agent,
    "team": _team,
    "reason": _reason,
    OTHER_REASONS: _others,
    "origin": _origin,
    PART: _part,
    VALUE: _value,
}
