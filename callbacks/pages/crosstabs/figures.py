"""The cross-tabs: any attribute of conversations by any other, and the ready reports."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from callbacks.reports.filter_choices import name_person, name_team
from callbacks.reports.kpis import build_kpis
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from callbacks.reports.row_lines import name_group
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
    """What is counted by what, and how the table is shown.

    Attributes:
        report: None is any attribute by any.
        row: What stands down: a group of `metrics.query.crosstab`.
        top: How many values have a line of their own.
        show: None is stacked bars.
        measure: What the cells tell; None is the count.
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


def list_groups(question: ReportView[Any], context: Context) -> dict[str, str]:
    """Every group that may stand on a side, with its name: the settings' own attributes first."""
    labels = vars(question.rules.labels)
    own = [labels[name] for name in ("reason", "second_reason", "status", "kind", "expansion")]
    own += [labels[name] for name in ("system_category", "registrations", "area", "category")]
    columns = question.tables.conversations.columns
    known = [name for name in columns if name.startswith(ATTRIBUTE_PREFIX)]
    first = [attribute(label) for label in own if attribute(label) in known]
    rest = sorted((name for name in known if name not in first), key=str.casefold)
    names = {name: name.removeprefix(ATTRIBUTE_PREFIX) for name in dict.fromkeys(first + rest)}
    return names | {by: name_group(by, context) for by in PLAIN}


def build_side(
    by: str, question: ReportView[Any], context: Context, axis: Axis | None = None
) -> Side:
    """A group that the workspace does not have is missing; lines come with the axis."""
    known = list_groups(question, context)
    name = known.get(by, by.removeprefix(ATTRIBUTE_PREFIX))
    if axis is None:
        return Side(by, name, missing=by not in known)
    lines = [_name_value(key, axis, question, context) for key in axis.lines]
    cells = [_build_cell(key, axis) for key in axis.lines]
    filled = "" if axis.with_empty else str(Cell(FILLED + by, "1"))
    return Side(by, name, False, lines, cells, axis.lines, filled)


def _build_cell(key: str | None, axis: Axis) -> str:
    if key is None:
        return str(Cell(OTHERS + axis.by, str(len(axis.keys))))
    return str(Cell(axis.by, key))


def _name_value(key: str | None, axis: Axis, question: ReportView[Any], context: Context) -> str:
    text = context.text
    if key is None:
        return text.plural("crosstabs.others", axis.folded, n=context.formats.count(axis.folded))
    if axis.by == "agent":
        return name_person(key, people.names(question.tables), context)
    if axis.by == "team":
        return name_team(key, team_names(question.tables, question.rules), context)
    if key == nothing(axis.by):
        return text("filters.empty_value")
    return _translate(
        axis.by, key, text_of={"state": "rows.state", "origin": "filters.origin"}, context=context
    )


def _translate(by: str, key: str, text_of: Mapping[str, str], context: Context) -> str:
    name = f"{text_of.get(by, '')}.{key}"
    return context.text(name) if by in text_of and context.text.has(name) else key


CrosstabsView = ReportView[CrosstabsQuery]
COUNTED = CATALOG["conversations"]
MEASURED = {"time": CATALOG["time_to_close"], "csat": CATALOG["csat_score"]}
# (name, down, across) of the usual tables: fields of the settings' labels.
READY = (
    ("status_by_reason", "reason", "status"),
    ("kind_by_reason", "reason", "kind"),
    ("status_by_kind", "kind", "status"),
    ("expansion_by_reason", "reason", "expansion"),
)


def resolve_sides(question: CrosstabsView) -> tuple[str, str]:
    """What stands down and across; the first of the usual tables where nothing is asked."""
    labels, query = question.rules.labels, question.query
    return query.row or attribute(labels.reason), query.column or attribute(labels.status)


def build_cross(question: CrosstabsView, at: datetime, context: Context) -> Cross:
    query = question.query
    down_by, across_by = resolve_sides(question)
    chosen = question.view
    down, across = build_side(down_by, question, context), build_side(across_by, question, context)
    table = measured = None
    if not (down.missing or across.missing or down_by == across_by):
        axes = [
            axis(COUNTED, by, chosen, count, with_empty=query.empty == "show")
            for by, count in (
                (down_by, min(TOPS[query.top], LINES_AT_MOST)),
                (across_by, _limit_width(query)),
            )
        ]
        table = crosstab(COUNTED, axes[0], axes[1], chosen)
        if query.measure in MEASURED:
            measured = crosstab(MEASURED[query.measure], axes[0], axes[1], chosen)
        down, across = (
            build_side(side_axis.by, question, context, side_axis) for side_axis in axes
        )
    known = list_groups(question, context)
    n = table.total.n if table else 0
    info = figure_info(
        "crosstab", n, question, at, context, timed=query.measure == "time", listed=None
    )
    return Cross(
        ready=_list_ready(question, context),
        down=down,
        across=across,
        downs=_build_side_choices(known, "row", down_by, context),
        acrosses=_build_side_choices(known, "column", across_by, context),
        swapped=context.view(row=across_by, column=down_by),
        tops=build_top_choices(query.top, context),
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


def _limit_width(query: CrosstabsQuery) -> int:
    """Bars have eight colours that can be told apart, and grey for the others."""
    width = COLUMNS[query.columns]
    return min(width, 8) if query.show is None else width


def build_top_choices(chosen: str | None, context: Context, *, without_all: bool = True) -> Choices:
    return [
        (
            context.text("crosstabs.every") if key == "all" else str(count),
            context.view(top=key),
            key == chosen,
        )
        for key, count in TOPS.items()
        if key != "all" or not without_all
    ]


def _build_side_choices(
    known: Mapping[str, str], name: str, chosen: str, context: Context
) -> Choices:
    return [(words, context.view(**{name: by}), by == chosen) for by, words in known.items()]


def _list_ready(question: CrosstabsView, context: Context) -> list[tuple[str, str, bool]]:
    labels, sides = vars(question.rules.labels), resolve_sides(question)
    links = []
    for name, down, across in READY:
        wanted = attribute(labels[down]), attribute(labels[across])
        href = context.view(row=wanted[0], column=wanted[1])
        links.append((context.text(f"crosstabs.ready.{name}"), href, wanted == sides))
    return links


def build_axis(by: str, question: ReportView[Any], top: int, with_empty: bool) -> Axis:
    return axis(COUNTED, by, question.view, top, with_empty=with_empty)


PARTS = 7
KPIS = ("conversations", "conversations_resolved", "complex_conversations", "time_to_close")
OWN = ("of", "report", "top", "row", "column", "columns", "show", "measure", "empty", "direction")


def build_pairs(question: CrosstabsView, at: datetime, context: Context) -> Pairs:
    """From a value of one reason to all of the other, over conversations that have both."""
    query, labels = question.query, question.rules.labels
    both = [attribute(labels.reason), attribute(labels.second_reason)]
    first_by, second_by = both[::-1] if query.direction == "back" else both
    first, second = (
        build_side(first_by, question, context),
        build_side(second_by, question, context),
    )
    table = None
    if not (first.missing or second.missing):
        top = min(TOPS[query.top], LINES_AT_MOST)
        axes = [
            build_axis(by, question, size, False)
            for by, size in ((first_by, top), (second_by, top))
        ]
        wanted = query.value
        if wanted and wanted not in axes[0].keys:
            axes[0] = Axis(first_by, (*axes[0].keys, wanted), axes[0].folded)
        table = crosstab(COUNTED, axes[0], axes[1], question.view)
        first, second = (
            build_side(side_axis.by, question, context, side_axis) for side_axis in axes
        )
    n = table.total.n if table else 0
    left, right, values, chosen = _build_pair_lines(table, first, second, query.value, context)
    return Pairs(
        first=first,
        second=second,
        values=values,
        left=left,
        right=right,
        chosen=chosen,
        n=n,
        back=query.direction == "back",
        tops=build_top_choices(query.top, context),
        infos=_build_infos(question, at, context, {"reason_pairs": n}),
    )


def _build_pair_lines(
    table: Crosstab | None, first: Side, second: Side, wanted: str | None, context: Context
) -> tuple[list[BarLine], list[BarLine], list[tuple[str, str, bool]], str]:
    if table is None or not table.total.n:
        return [], [], [], ""
    counts = [number.n for number in table.down_totals]
    order = sorted(range(len(table.down.keys)), key=lambda place: -counts[place])
    order = [place for place in order if counts[place] or table.down.keys[place] == wanted]
    chosen = next((p for p in order if table.down.keys[p] == wanted), order[0] if order else 0)
    left = [
        BarLine(
            first.lines[p],
            counts[p],
            counts[p] / table.total.n,
            CONVERSATIONS,
            (first.cells[p], second.filled),
        )
        for p in order
    ]
    values = [(first.lines[p], context.view(value=table.down.keys[p]), p == chosen) for p in order]
    rest = [p for p, key in enumerate(table.down.lines) if key is None and counts[p]]
    for p in rest:
        share = counts[p] / table.total.n
        cells = (first.cells[p], second.filled)
        left.append(BarLine(first.lines[p], counts[p], share, CONVERSATIONS, cells, "bar-other"))
    whole = counts[chosen] or 1
    right = [
        BarLine(
            second.lines[c],
            table.n(chosen, c),
            table.n(chosen, c) / whole,
            CONVERSATIONS,
            (first.cells[chosen], second.cells[c]),
            "bar-other" if table.across.lines[c] is None else "",
        )
        for c in range(len(table.across.lines))
        if table.n(chosen, c)
    ]
    right.sort(key=lambda line: (line.kind != "", -line.n))
    return left, right, values, first.lines[chosen]


def build_spread(by: str, question: ReportView[Any], top: int, context: Context) -> Spread:
    """Conversations by the values of a group; shares are of all, also of those without a value."""
    side = build_side(by, question, context)
    n = question.number(COUNTED).n
    if side.missing:
        return Spread(side, (), n, 0)
    shown = build_axis(by, question, top, True)
    side = build_side(by, question, context, shown)
    # Against nothing else: the table of a group by itself has its totals on both sides.
    totals = crosstab(COUNTED, shown, shown, question.view).down_totals
    lines = [
        BarLine(
            side.lines[place],
            number.n,
            number.n / n if n else 0,
            CONVERSATIONS,
            (side.cells[place],),
            "" if place < len(shown.keys) else "bar-other",
        )
        for place, number in enumerate(totals)
    ]
    return Spread(side, lines, n, len(shown.keys) + shown.folded)


def build_categories(question: CrosstabsView, at: datetime, context: Context) -> Categories:
    query, labels = question.query, question.rules.labels
    category_by, registrations_by = (
        attribute(labels.system_category),
        attribute(labels.registrations),
    )
    by = query.of or category_by
    top = TOPS[query.top]
    spread = build_spread(by, question, top, context)
    area = _add_times(
        build_spread(attribute(labels.area), question, TOPS[None] * 2, context), question, context
    )
    category, registrations, stacked, parts, both = _build_stacked(
        category_by, registrations_by, question, min(top, LINES_AT_MOST), context
    )
    leading = [
        ("crosstabs.main_category", _find_leading(build_spread(category_by, question, 1, context))),
        ("crosstabs.main_area", _find_leading(area)),
    ]
    known = list_groups(question, context)
    choices = {k: v for k, v in context.choices.items() if k not in OWN and k != "value"}
    return Categories(
        kpis=build_kpis(question, KPIS, at, context),
        leading=leading,
        spread=spread,
        ofs=[(words, context.view(of=group), group == by) for group, words in known.items()],
        tops=build_top_choices(query.top, context, without_all=False),
        category=category,
        registrations=registrations,
        stacked=stacked,
        parts=parts,
        both=both,
        area=area,
        details=view("/details", choices),
        infos=_build_infos(
            question, at, context, {"distribution": spread.n, "crosstab": both, "areas": area.n}
        ),
    )


def _find_leading(spread: Spread) -> tuple[str, int] | None:
    named = [line for line in spread.lines if not line.kind and line.n]
    return (named[0].name, named[0].n) if named else None


def _add_times(spread: Spread, question: CrosstabsView, context: Context) -> Spread:
    if spread.side.missing:
        return spread
    times = question.groups(CATALOG["time_to_close"], spread.side.by)
    lines = []
    for line, key in zip(spread.lines, spread.side.keys, strict=True):
        number = None if key is None else times.get(key)
        words = ""
        if number is not None and number.value is not None:
            count = context.text("units.n", n=context.formats.count(number.n))
            words = f"{context.formats.duration(number.value)} · {count}"
        more = number.value if number else None
        lines.append(replace(line, words=words, more=more))
    return Spread(spread.side, lines, spread.n, spread.values)


def _build_stacked(
    down_by: str, across_by: str, question: CrosstabsView, top: int, context: Context
) -> tuple[Side, Side, list[StackedLine] | None, list[tuple[int, str]], int]:
    down, across = build_side(down_by, question, context), build_side(across_by, question, context)
    if down.missing or across.missing:
        return down, across, None, [], 0
    axes = build_axis(down_by, question, top, False), build_axis(across_by, question, PARTS, False)
    table = crosstab(COUNTED, *axes, question.view)
    down, across = (build_side(side_axis.by, question, context, side_axis) for side_axis in axes)
    lines = stacked_lines(table, down, across)
    return down, across, lines, part_names(table, across), table.total.n


def _build_infos(
    question: CrosstabsView, at: datetime, context: Context, counts: dict[str, int]
) -> dict[str, MetricInfo]:
    return {
        key: figure_info(key, n, question, at, context, timed=key == "areas", listed=None)
        for key, n in counts.items()
    }
