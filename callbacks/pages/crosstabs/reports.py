"""The ready reports: reason and second reason; categories and registrations."""

from datetime import datetime
from typing import Any

from callbacks.pages.crosstabs.cross import COUNTED, shown_axis, tops
from callbacks.pages.crosstabs.query import LINES_AT_MOST, TOPS, CrosstabsQuery
from callbacks.pages.crosstabs.sides import groups, side
from callbacks.reports.kpis import kpis
from callbacks.reports.metric_info import figure_info
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.components.share_bars import BarLine, StackedLine
from layouts.links import view
from layouts.pages.crosstabs.data import CONVERSATIONS, Categories, Pairs, Side, Spread
from layouts.pages.crosstabs.table import part_names, stacked_lines
from metrics.model.catalog import CATALOG
from metrics.model.schema import attribute
from metrics.query.crosstab import Axis, Crosstab, crosstab

Asked = ReportView[CrosstabsQuery]
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
