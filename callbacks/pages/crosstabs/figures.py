"""The cross-tabs: any attribute of conversations by any other, and the ready reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from callbacks.reports.filter_choices import person_word, team_word
from callbacks.reports.kpis import kpis
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.components.share_bars import BarLine, StackedLine
from layouts.links import view
from layouts.pages.crosstabs.data import (
    CONVERSATIONS,
    Categories,
    Choices,
    Cross,
    Pairs,
    Side,
    Spread,
)
from layouts.pages.crosstabs.table import part_names, stacked_lines
from metrics.live.current import team_names
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.schema import ATTRIBUTE_PREFIX, attribute
from metrics.query.crosstab import Axis, Crosstab, axis, crosstab, nothing
from metrics.query.drilldown import FILLED, OTHERS, Cell

# Lines of a table, and how many values of an attribute are listed, by the name in the address.
TOPS = {"5": 5, None: 10, "20": 20, "50": 50, "all": 500}
LINES_AT_MOST = 100
COLUMNS = {None: 5, "8": 8, "12": 12, "20": 20}


class CrosstabsQuery(PageQuery):
    """The filters, and which report is shown of what.

    Attributes:
        report: The second reason, or categories and registrations; None is any by any.
        row: What stands down: a group of `metrics.query.crosstab`.
        column: What stands across.
        top: How many values have a line of their own.
        columns: How many have a column.
        show: Heat map or table; None is stacked bars.
        measure: What the cells tell; None is the count.
        empty: Whether conversations without a value are shown.
        direction: `back` goes from the second reason to the first.
        value: The reason that is looked into.
        of: The group whose distribution is shown.
    """

    report: Literal["reasons", "categories"] | None = None
    row: str | None = Field(default=None, max_length=400)
    column: str | None = Field(default=None, max_length=400)
    top: Literal["5", "20", "50", "all"] | None = None
    columns: Literal["8", "12", "20"] | None = None
    show: Literal["heat", "table"] | None = None
    measure: Literal["row", "column", "all", "time", "csat"] | None = None
    empty: Literal["show"] | None = None
    direction: Literal["back"] | None = None
    value: str | None = Field(default=None, max_length=1000)
    of: str | None = Field(default=None, max_length=400)


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


Asked = ReportView[CrosstabsQuery]
COUNTED = CATALOG["conversations"]
MEASURED = {"time": CATALOG["time_to_close"], "csat": CATALOG["csat_score"]}
# (name, down, across) of the usual tables: fields of the settings' labels.
READY = (
    ("status_by_reason", "reason", "status"),
    ("kind_by_reason", "reason", "kind"),
    ("status_by_kind", "kind", "status"),
    ("expansion_by_reason", "reason", "expansion"),
)


def sides_asked(question: Asked) -> tuple[str, str]:
    """What stands down and across; the first of the usual tables where nothing is asked."""
    labels, query = question.rules.labels, question.query
    return query.row or attribute(labels.reason), query.column or attribute(labels.status)


def cross(question: Asked, at: datetime, context: Context) -> Cross:
    """The table that the address asks for."""
    query = question.query
    down_by, across_by = sides_asked(question)
    chosen = question.view
    down, across = side(down_by, question, context), side(across_by, question, context)
    table = measured = None
    if not (down.missing or across.missing or down_by == across_by):
        axes = [
            axis(COUNTED, by, chosen, count, with_empty=query.empty == "show")
            for by, count in (
                (down_by, min(TOPS[query.top], LINES_AT_MOST)),
                (across_by, _width(query)),
            )
        ]
        table = crosstab(COUNTED, axes[0], axes[1], chosen)
        if query.measure in MEASURED:
            measured = crosstab(MEASURED[query.measure], axes[0], axes[1], chosen)
        down, across = (side(one.by, question, context, one) for one in axes)
    known = groups(question, context)
    n = table.total.n if table else 0
    info = figure_info(
        "crosstab", n, question, at, context, timed=query.measure == "time", listed=None
    )
    return Cross(
        ready=_ready(question, context),
        down=down,
        across=across,
        downs=_sides(known, "row", down_by, context),
        acrosses=_sides(known, "column", across_by, context),
        swapped=context.view(row=across_by, column=down_by),
        tops=tops(query.top, context),
        widths=[
            (str(count), context.view(columns=key), key == query.columns)
            for key, count in COLUMNS.items()
        ],
        empties=[
            (
                context.text(f"crosstabs.empty.{key or 'hidden'}"),
                context.view(empty=key),
                key == query.empty,
            )
            for key in (None, "show")
        ],
        table=table,
        measured=measured,
        show=query.show,
        measure=query.measure,
        csat_minimum=question.rules.csat_minimum,
        infos={info.key: info},
    )


def _width(query: CrosstabsQuery) -> int:
    """Bars have eight colours that can be told apart, and grey for the others."""
    asked = COLUMNS[query.columns]
    return min(asked, 8) if query.show is None else asked


def tops(chosen: str | None, context: Context, *, without_all: bool = True) -> Choices:
    """How many lines may be asked for."""
    return [
        (
            context.text("crosstabs.every") if key == "all" else str(count),
            context.view(top=key),
            key == chosen,
        )
        for key, count in TOPS.items()
        if key != "all" or not without_all
    ]


def _sides(known: Mapping[str, str], name: str, chosen: str, context: Context) -> Choices:
    return [(words, context.view(**{name: by}), by == chosen) for by, words in known.items()]


def _ready(question: Asked, context: Context) -> list[tuple[str, str, bool]]:
    labels, asked = vars(question.rules.labels), sides_asked(question)
    found = []
    for name, down, across in READY:
        wanted = attribute(labels[down]), attribute(labels[across])
        href = context.view(row=wanted[0], column=wanted[1])
        found.append((context.text(f"crosstabs.ready.{name}"), href, wanted == asked))
    return found


def shown_axis(by: str, question: ReportView[Any], top: int, with_empty: bool) -> Axis:
    """The axis of conversations by one group."""
    return axis(COUNTED, by, question.view, top, with_empty=with_empty)


PARTS = 7
KPIS = ("conversations", "conversations_resolved", "complex_conversations", "time_to_close")
OWN = ("of", "report", "top", "row", "column", "columns", "show", "measure", "empty", "direction")


def pairs(question: Asked, at: datetime, context: Context) -> Pairs:
    """From a value of one reason to all of the other, over conversations that have both."""
    query, labels = question.query, question.rules.labels
    both = [attribute(labels.reason), attribute(labels.second_reason)]
    first_by, second_by = both[::-1] if query.direction == "back" else both
    first, second = side(first_by, question, context), side(second_by, question, context)
    told = None
    if not (first.missing or second.missing):
        top = min(TOPS[query.top], LINES_AT_MOST)
        axes = [
            shown_axis(by, question, size, False)
            for by, size in ((first_by, top), (second_by, top))
        ]
        wanted = query.value
        if wanted and wanted not in axes[0].keys:
            axes[0] = Axis(first_by, (*axes[0].keys, wanted), axes[0].folded)
        told = crosstab(COUNTED, axes[0], axes[1], question.view)
        first, second = (side(one.by, question, context, one) for one in axes)
    n = told.total.n if told else 0
    left, right, values, chosen = _pair_lines(told, first, second, query.value, context)
    return Pairs(
        first=first,
        second=second,
        values=values,
        left=left,
        right=right,
        chosen=chosen,
        n=n,
        back=query.direction == "back",
        tops=tops(query.top, context),
        infos=_infos(question, at, context, {"reason_pairs": n}),
    )


def _pair_lines(
    told: Crosstab | None, first: Side, second: Side, wanted: str | None, context: Context
) -> tuple[list[BarLine], list[BarLine], list[tuple[str, str, bool]], str]:
    if told is None or not told.total.n:
        return [], [], [], ""
    counts = [number.n for number in told.down_totals]
    order = sorted(range(len(told.down.keys)), key=lambda place: -counts[place])
    order = [place for place in order if counts[place] or told.down.keys[place] == wanted]
    chosen = next((p for p in order if told.down.keys[p] == wanted), order[0] if order else 0)
    left = [
        BarLine(
            first.lines[p],
            counts[p],
            counts[p] / told.total.n,
            CONVERSATIONS,
            (first.cells[p], second.filled),
        )
        for p in order
    ]
    values = [(first.lines[p], context.view(value=told.down.keys[p]), p == chosen) for p in order]
    rest = [p for p, key in enumerate(told.down.lines) if key is None and counts[p]]
    for p in rest:
        share = counts[p] / told.total.n
        cells = (first.cells[p], second.filled)
        left.append(BarLine(first.lines[p], counts[p], share, CONVERSATIONS, cells, "bar-other"))
    whole = counts[chosen] or 1
    right = [
        BarLine(
            second.lines[c],
            told.n(chosen, c),
            told.n(chosen, c) / whole,
            CONVERSATIONS,
            (first.cells[chosen], second.cells[c]),
            "bar-other" if told.across.lines[c] is None else "",
        )
        for c in range(len(told.across.lines))
        if told.n(chosen, c)
    ]
    right.sort(key=lambda line: (line.kind != "", -line.n))
    return left, right, values, first.lines[chosen]


def spread(by: str, question: ReportView[Any], top: int, context: Context) -> Spread:
    """Conversations by the values of a group; shares are of all, also of those without a value."""
    one = side(by, question, context)
    n = question.number(COUNTED).n
    if one.missing:
        return Spread(one, (), n, 0)
    shown = shown_axis(by, question, top, True)
    one = side(by, question, context, shown)
    # Against nothing else: the table of a group by itself has its totals on both sides.
    told = crosstab(COUNTED, shown, shown, question.view).down_totals
    lines = [
        BarLine(
            one.lines[place],
            number.n,
            number.n / n if n else 0,
            CONVERSATIONS,
            (one.cells[place],),
            "" if place < len(shown.keys) else "bar-other",
        )
        for place, number in enumerate(told)
    ]
    return Spread(one, lines, n, len(shown.keys) + shown.folded)


def categories(question: Asked, at: datetime, context: Context) -> Categories:
    """What the operation registers: categories, registrations, areas."""
    query, labels = question.query, question.rules.labels
    category_by, registrations_by = (
        attribute(labels.system_category),
        attribute(labels.registrations),
    )
    of = query.of or category_by
    top = TOPS[query.top]
    told = spread(of, question, top, context)
    area = _with_times(
        spread(attribute(labels.area), question, TOPS[None] * 2, context), question, context
    )
    category, registrations, stacked, parts, both = _stacked(
        category_by, registrations_by, question, min(top, LINES_AT_MOST), context
    )
    leading = [
        ("crosstabs.main_category", _first(spread(category_by, question, 1, context))),
        ("crosstabs.main_area", _first(area)),
    ]
    known = groups(question, context)
    kept = {k: v for k, v in context.choices.items() if k not in OWN and k != "value"}
    return Categories(
        kpis=kpis(question, KPIS, at, context),
        leading=leading,
        spread=told,
        ofs=[(words, context.view(of=by), by == of) for by, words in known.items()],
        tops=tops(query.top, context, without_all=False),
        category=category,
        registrations=registrations,
        stacked=stacked,
        parts=parts,
        both=both,
        area=area,
        details=view("/details", kept),
        infos=_infos(
            question, at, context, {"distribution": told.n, "crosstab": both, "areas": area.n}
        ),
    )


def _first(told: Spread) -> tuple[str, int] | None:
    named = [line for line in told.lines if not line.kind and line.n]
    return (named[0].name, named[0].n) if named else None


def _with_times(told: Spread, question: Asked, context: Context) -> Spread:
    """The median time to close beside each line."""
    if told.side.missing:
        return told
    times = question.groups(CATALOG["time_to_close"], told.side.by)
    lines = []
    for line, key in zip(told.lines, told.side.keys, strict=True):
        number = None if key is None else times.get(key)
        words = ""
        if number is not None and number.value is not None:
            count = context.text("units.n", n=context.formats.count(number.n))
            words = f"{context.formats.duration(number.value)} · {count}"
        lines.append(BarLine(line.name, line.n, line.share, line.key, line.cells, line.kind, words))
    return Spread(told.side, lines, told.n, told.values)


def _stacked(
    down_by: str, across_by: str, question: Asked, top: int, context: Context
) -> tuple[Side, Side, list[StackedLine] | None, list[tuple[int, str]], int]:
    down, across = side(down_by, question, context), side(across_by, question, context)
    if down.missing or across.missing:
        return down, across, None, [], 0
    axes = shown_axis(down_by, question, top, False), shown_axis(across_by, question, PARTS, False)
    told = crosstab(COUNTED, *axes, question.view)
    down, across = (side(one.by, question, context, one) for one in axes)
    lines = stacked_lines(told, down, across)
    return down, across, lines, part_names(told, across), told.total.n


def _infos(
    question: Asked, at: datetime, context: Context, counts: dict[str, int]
) -> dict[str, MetricInfo]:
    return {
        key: figure_info(key, n, question, at, context, timed=key == "areas", listed=None)
        for key, n in counts.items()
    }
