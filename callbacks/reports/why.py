"""Why a number of a page moved: worked out when somebody asks, for the panel and its file."""

from typing import Any

from callbacks.reports import row_lines
from callbacks.reports.query import ParameterError
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.why_panel import Line, Why
from metrics.model.catalog import CATALOG
from metrics.model.periods import Period
from metrics.query.decomposition import Decomposition, Part, shorten
from metrics.query.drilldown import Cell, besides
from services.files.workbook import Column, Sheet


def build_why(key: str, by: str, question: ReportView[Any], context: Context) -> Why | None:
    """None: there is nothing to compare with. Raises ParameterError for what no page has."""
    found = find_change(key, question)
    if found is None or question.previous is None:
        return None
    if by and by not in found.parts:
        by = ""
    shown = by or next(iter(found.parts), None)
    metric = found.metric
    spans = {
        "before": _name_days(question.previous, context),
        "now": _name_days(question.period, context),
    }
    crumbs = [context.text(f"metrics.{key}.label"), context.text("why.span", **spans)]
    lines = []
    if shown is not None:
        before = question.view.with_period(question.previous)
        parts = shorten(found, shown, before, question.view)
        alone = [part.keys[0] for part in parts if len(part.keys) == 1]
        lines = [_build_line(part, shown, alone, metric.key, question, context) for part in parts]
    ways = [(way, row_lines.name_group(way, context)) for way in found.parts]
    return Why(found, crumbs, ways, shown, lines, f"/exports{context.path}/rows.xlsx")


def find_change(key: str, question: ReportView[Any]) -> Decomposition | None:
    """Raises ParameterError where there is no such number."""
    metric = CATALOG.get(key)
    if metric is None:
        raise ParameterError("why", "no such metric")
    memory_key = ("why", key, question.today, question.query.key)
    return question.snapshot.memory.get(memory_key, lambda: question.explain(metric))


def build_why_sheet(key: str, question: ReportView[Any], context: Context) -> Sheet:
    """Every group of every way, one a line, with parts that add up to the change."""
    text, metric = context.text, CATALOG[key]
    found = find_change(key, question)
    unit = {"count": "number", "share": "share", "seconds": "seconds", "points": "number"}[
        metric.unit
    ]

    def title(name: str) -> str:
        words = text(f"why.file.{name}")
        signed = metric.unit == "seconds" and name in ("mix", "rate", "total")
        return text("why.file_seconds", name=words) if signed else words

    # No spreadsheet writes a negative duration: parts of one are seconds.
    part_kind = "number" if unit == "seconds" else unit
    kinds = {"way": "text", "group": "text", "before": unit, "now": unit}
    kinds |= dict.fromkeys(("mix", "rate", "total"), part_kind)
    names = ("way", "group", "before_n", "n", "before", "now", "mix", "rate", "total")
    columns = [
        Column(title(name), kinds.get(name, "number"), 34 if name == "group" else 14)  # type: ignore[arg-type]
        for name in names
    ]
    lines = [
        (
            row_lines.name_group(way, context),
            _name_part(part, way, key, question, context),
            part.before.rows,
            part.now.rows,
            part.before.value,
            part.now.value,
            None if metric.kind == "count" else part.mix,
            None if metric.kind == "count" else part.rate,
            part.total,
        )
        for way, parts in (found.parts if found else {}).items()
        for part in parts
    ]
    return Sheet(text("why.sheet"), columns, lines)


def _name_days(period: Period, context: Context) -> str:
    span = context.formats.span(period.first_day, period.last_day)
    clock = period.until and f"{period.until:%H:%M}"
    return context.text("why.until", span=span, clock=clock) if clock else span


def _build_line(
    part: Part,
    by: str,
    alone: list[str],
    key: str,
    question: ReportView[Any],
    context: Context,
) -> Line:
    cell = besides(by, alone) if len(part.keys) > 1 else Cell(by, part.keys[0])
    return Line(_name_part(part, by, key, question, context), str(cell), part)


def _name_part(part: Part, by: str, key: str, question: ReportView[Any], context: Context) -> str:
    if len(part.keys) > 1:
        return context.text.plural("why.others", len(part.keys), n=len(part.keys))
    return row_lines.name_cell(Cell(by, part.keys[0]), CATALOG[key], question, context)
