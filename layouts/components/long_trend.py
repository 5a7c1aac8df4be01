"""One number by weeks or months beside the year before, with what it would take to see further."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import Figure, duration_ticks, figure, graph, line_up, scatter
from layouts.components.kpi import change_words
from layouts.components.panel import figure_panel, segmented
from layouts.components.states import empty
from layouts.components.typed_table import Column, Table
from layouts.elements import Element, dcc, html
from metrics.model.catalog import Metric
from metrics.model.periods import Period, Step
from metrics.model.summary import Summary

FEW_WEEKS = 26
# How the archive stands to the question.
Archived = Literal["off", "ok", "failed", "filters", "clock"]


@dataclass(frozen=True)
class Point:
    """A week or month; `before` is that of the year before. None = not every day is known."""

    stretch: Period
    now: Summary | None
    before: Summary | None
    is_archived: bool
    is_running: bool

    @property
    def value(self) -> float | None:
        return self.now.value if self.now else None

    @property
    def earlier(self) -> float | None:
        return self.before.value if self.before else None


@dataclass(frozen=True)
class Trend:
    """`first_day` is that of the history; `period` the whole days that the page is about, with its
    number `now`, and `then` that of the year before.
    """

    metric: Metric
    keys: Sequence[str]
    step: Step
    points: Sequence[Point]
    archived: Archived
    first_day: date
    period: Period | None
    before: Period | None
    now: Summary | None
    then: Summary | None


def place(name: str) -> list[Element]:
    """Filled by itself, below the page, so that no slow archive holds that up."""
    return [
        html.Div(id=ids.panel(name, "trend"), className="trend-place"),
        dcc.Store(id=ids.panel(name, "trend-shown")),
    ]


def long_trend(page: str, trend: Trend, context: Context) -> Element:
    text = context.text
    key = trend.metric.key
    metrics = segmented(
        [
            (
                text(f"metrics.{one}.label"),
                context.view(long=one, step=trend.step),
                one == key,
            )
            for one in trend.keys
        ],
        text("trend.metric"),
        "trend-metrics",
        mode="replace",
    )
    steps = segmented(
        [
            (text(f"trend.{step}"), context.view(long=key, step=step), step == trend.step)
            for step in ("week", "month")
        ],
        text("trend.step"),
        mode="replace",
    )
    label = text(f"metrics.{key}.label")
    if trend.points:
        drawn = graph(
            ids.panel(page, "trend-graph"), _draw(trend, context), text, text("trend.title")
        )
        table: Any = data_table(_list(trend, label, context), context)
    else:
        drawn, table = empty(context, text("trend.nothing")), None
    return figure_panel(
        page,
        "trend-panel",
        text("trend.title"),
        html.Div([metrics, html.P(_year_words(trend, context), className="trend-year"), drawn]),
        table,
        # Its table has no file: the page's own does not wait for the archive.
        replace(context, lists_rows=False),
        population=label,
        tools=[steps],
        footnote=_note(trend, context),
    )


def _year_words(trend: Trend, context: Context) -> list[Any]:
    """The period of the page beside the same days of the year before."""
    text, formats, unit = context.text, context.formats, trend.metric.unit
    if trend.period is None or trend.now is None or trend.now.value is None:
        return []
    span = formats.span(trend.period.first_day, trend.period.last_day)
    words: list[Any] = [f"{span}: ", html.B(formats.value(trend.now.value, unit)), " · "]
    if trend.before is None or trend.then is None or trend.then.value is None:
        return [*words, text("trend.no_year")]
    then = formats.span(trend.before.first_day, trend.before.last_day)
    change = change_words(unit, trend.now.value, trend.then.value, context)
    side = "same" if change is None else "more" if trend.now.value > trend.then.value else "less"
    told = text(f"trend.{side}", change=change or "")
    return [
        *words,
        text("trend.year", span=then),
        html.B(formats.value(trend.then.value, unit)),
        told,
    ]


def _note(trend: Trend, context: Context) -> str:
    text, day = context.text, context.formats.long_day(trend.first_day)
    is_sketch = trend.metric.kind == "duration" and trend.archived == "ok"
    words = text(f"trend.archive.{trend.archived}", day=day)
    return f"{words} {text('trend.sketch')}" if is_sketch else words


def _name(point: Point, step: Step, context: Context) -> str:
    first, formats = point.stretch.first_day, context.formats
    return formats.month(first) if step == "month" else formats.long_day(first)


def _list(trend: Trend, label: str, context: Context) -> Table:
    text = context.text
    kind: Any = {"seconds": "seconds", "share": "share", "points": "points"}.get(
        trend.metric.unit, "count"
    )
    columns = [
        Column(text(f"trend.{trend.step}_one"), "text"),
        Column(label, kind),
        Column("n"),
        Column(text("trend.before"), kind),
        Column(text("trend.from"), "text"),
    ]
    rows = [
        (
            _name(point, trend.step, context),
            point.value,
            point.now.n if point.now else None,
            point.earlier,
            text("trend.archived" if point.is_archived else "trend.history"),
        )
        for point in reversed(trend.points)
    ]
    return Table(text("trend.title"), columns, rows)


def _draw(trend: Trend, context: Context) -> Figure:
    colours, unit = context.palette, trend.metric.unit
    whole = [point for point in trend.points if not point.is_running]
    # The last whole one too, so that the running one hangs on the line.
    running = [*whole[-1:], *(point for point in trend.points if point.is_running)]
    plain, strong = {"mode": "lines"}, {"mode": "lines+markers"}
    first, grey = colours["cat-1"], colours["ink3"]
    before = _trace(trend.points, "earlier", trend, context) | plain
    before |= {"line": {"color": grey, "width": 1.4, "dash": "dot"}}
    now = _trace(whole, "value", trend, context) | strong
    now |= {"line": {"color": first, "width": 2.2}, "marker": {"size": 4, "color": first}}
    rest = _trace(running, "value", trend, context) | strong
    rest |= {"line": {"color": first, "width": 1, "dash": "dot"}}
    # Hollow is only what still runs.
    sizes = [5 if point.is_running else 0 for point in running]
    rest |= {
        "marker": {"size": sizes, "color": colours["s1"], "line": {"width": 1.4, "color": first}}
    }
    values = [v for point in trend.points for v in (point.value, point.earlier) if v is not None]
    axis: dict[str, Any] = {}
    if unit == "seconds":
        axis = duration_ticks(0, max(values, default=1) or 1, context.formats)
    elif unit == "share":
        axis = {"tickformat": ".0%"}
    edges = [p.stretch.first_day for p in trend.points if not p.is_archived][:1]
    is_cut = any(point.is_archived for point in trend.points) and edges
    line = {"color": colours["line2"], "width": 1}
    shapes = [{**line_up(0, line), "x0": edges[0], "x1": edges[0]}] if is_cut else []
    return figure(
        context.theme,
        [before, now, rest],
        xaxis={"tickformat": _tick_pattern(trend, context), "nticks": 6},
        yaxis=axis,
        shapes=shapes,
        hovermode="closest",
        height=240,
    )


def _tick_pattern(trend: Trend, context: Context) -> str:
    """Few weeks would have the same month several times."""
    is_short = trend.step == "week" and len(trend.points) <= FEW_WEEKS
    days = "%d/%m" if context.text.language == "pt-BR" else "%m/%d"
    return days if is_short else "%m/%Y"


def _trace(points: Sequence[Point], name: str, trend: Trend, context: Context) -> dict[str, Any]:
    formats, unit = context.formats, trend.metric.unit
    year = f" · {context.text('trend.before')}" if name == "earlier" else ""
    values = [getattr(point, name) for point in points]
    told = [
        f"{_name(point, trend.step, context)}{year}<br><b>{formats.value(value, unit)}</b>"
        for point, value in zip(points, values, strict=True)
    ]
    return scatter(
        x=[point.stretch.first_day for point in points],
        y=values,
        customdata=[[words] for words in told],
        hovertemplate="%{customdata[0]}<extra></extra>",
        connectgaps=False,
    )
