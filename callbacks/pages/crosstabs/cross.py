"""Any attribute by any attribute, for one choice of conversations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from callbacks.pages.crosstabs.query import COLUMNS, LINES_AT_MOST, TOPS, CrosstabsQuery
from callbacks.pages.crosstabs.sides import groups, side
from callbacks.reports.metric_info import figure_info
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.pages.crosstabs.data import Choices, Cross
from metrics.model.catalog import CATALOG
from metrics.model.schema import attribute
from metrics.query.crosstab import Axis, axis, crosstab

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
