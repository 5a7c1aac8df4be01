"""A sheet of numbers: label, value, sparkline, change and the population each rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from layouts.components.context import Context
from layouts.components.live_time import until_now
from layouts.components.metric_info import MetricInfo, info_button
from layouts.components.svg import sparkline
from layouts.components.view_link import rows_link, view_link
from layouts.elements import Element, html
from layouts.formats import NBSP
from layouts.icons import icon
from metrics.model.catalog import Metric
from metrics.model.summary import Summary
from metrics.query.usual import Judgement, Verdict


@dataclass(frozen=True)
class Kpi:
    """One number of a sheet.

    Attributes:
        missing_label: The label of the settings by which it counts, where nothing carries it.
        before: The number of the previous period; None where that reaches before the history.
        until: The clock time up to which that was counted; None where its last day is whole.
        running: The place of today among the days.
        unknown: How many of the first days are not loaded.
        judgement: Where the period lies against the weeks before, or why nobody can say.
    """

    metric: Metric
    now: Summary
    before: Summary | None
    daily: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    judgement: Judgement | None
    info: MetricInfo
    late: bool = False
    missing_label: str | None = None
    compared: bool = True
    until: time | None = None
    running: int | None = None
    unknown: int = 0

    @property
    def verdict(self) -> Verdict | None:
        return self.judgement.verdict if self.judgement else None


def kpi_sheet(page: str, kpis: Sequence[Kpi], context: Context) -> Element:
    """One part of its page: where one number changes, most do."""
    cells = [kpi_cell(page, kpi, context) for kpi in kpis]
    return html.Div(cells, id=f"{page}--kpis", className="kpis")


def kpi_cell(page: str, kpi: Kpi, context: Context) -> Element:
    """One number; an empty population is said in words, never drawn as zero."""
    text = context.text
    metric, now = kpi.metric, kpi.now
    label = text(f"metrics.{metric.key}.label")
    line = sparkline(
        kpi.daily,
        context.palette,
        kpi.low,
        kpi.high,
        running=kpi.running,
        unknown=kpi.unknown,
    )
    if now.value is None:
        value = html.P(text("states.no_data"), className="kpi-value kpi-empty")
    else:
        number = _parts(now.value, metric.unit, context)
        shown = rows_link(number, context, metric.key) if now.n else number
        value = html.P(shown, className="kpi-value")
    lines = [
        html.Div([html.H3(label), info_button(page, kpi.info, context)], className="kpi-label"),
        html.Div(
            [value, line] if line is not None and now.value is not None else [value],
            className="kpi-main",
        ),
        html.P(_change(kpi, context), className="kpi-change"),
        html.P([] if now.gap else _meta(kpi, context), className="kpi-meta"),
    ]
    if kpi.missing_label is not None:
        setting = metric.needs_label or ""
        words = text("states.label_missing", label=kpi.missing_label, setting=setting)
        lines.append(
            html.P([icon("exclamation-triangle-fill", "warn"), " ", words], className="kpi-missing")
        )
    classes = (
        "kpi" + (" doubtful" if kpi.late else "") + (" kpi-no-data" if now.value is None else "")
    )
    return html.Article(lines, id=f"{page}--{metric.key}", className=classes, **{"data-mark": ""})


def _parts(value: float, unit: str, context: Context) -> list[str | Element]:
    formats = context.formats
    if unit == "share":
        return [formats.decimal(value * 100), html.Small("%")]
    if unit == "seconds":
        inside: list[str | Element] = []
        for number, name in formats.duration_parts(value):
            inside += [NBSP, number] if inside else [number]
            inside += [html.Small(NBSP + name)] if name else []
        return inside
    return [formats.value(value, unit)]


def _change(kpi: Kpi, context: Context) -> list[Element | str]:
    text = context.text
    now, before = kpi.now.value, kpi.before.value if kpi.before else None
    if kpi.now.gap is not None:
        return [text(f"gaps.{kpi.now.gap}")]
    if not kpi.compared:
        return [*_judgement(kpi, 0, context)]
    if kpi.before is None:
        return [text("kpi.no_previous")]
    if now is None or before is None:
        return [text("kpi.nothing_before")]
    words = change_words(kpi.metric.unit, now, before, context)
    if words is None:
        return [text("kpi.same"), " ", *_judgement(kpi, 0, context)]
    rises = now > before
    worse = kpi.metric.better == ("lower" if rises else "higher")
    notable = kpi.verdict in ("above", "below") and worse
    arrow = icon("arrow-up" if rises else "arrow-down", "warn" if notable else "")
    if kpi.metric.unit == "seconds":
        words = text("kpi.longer" if rises else "kpi.shorter", span=words)
    change: list[Any] = [arrow, html.B(words), " ", *_judgement(kpi, now - before, context)]
    return [why_link(change, kpi.metric, context)] if context.lists_rows else change


def why_link(change: list[Any], metric: Metric, context: Context) -> Element:
    """The change, and the way to what carries it; nothing of that is worked out before."""
    label = context.text(f"metrics.{metric.key}.label")
    word = html.Span(context.text("why.link"), className="why-word")
    href = context.view(rows=metric.key, why="")
    title = context.text("why.open", label=label)
    return view_link([*change, " ", word], href, "why-link", title=title)


def change_words(unit: str, now: float, before: float, context: Context) -> str | None:
    """Without its sign; None where it did not move."""
    formats = context.formats
    if now == before or (unit == "seconds" and round(now - before) == 0):
        return None
    if unit == "share":
        return formats.points(now - before)
    if unit == "seconds":
        return formats.duration(abs(now - before))
    if unit == "points":
        return formats.decimal(abs(now - before), 2)
    if before == 0:
        return formats.count(now)
    return f"{formats.decimal(abs(now / before - 1) * 100)}%"


def verdict_words(verdict: Verdict, change: float, context: Context) -> str:
    """What rises and is below the usual all the same is still so."""
    is_still = change < 0 if verdict == "above" else verdict == "below" and change > 0
    return context.text(f"kpi.still_{verdict}" if is_still else f"kpi.{verdict}")


def _judgement(kpi: Kpi, change: float, context: Context) -> list[Element]:
    if kpi.verdict is None:
        return []
    title = None if kpi.verdict == "within" else context.text("kpi.usual_rule")
    return [html.Span(verdict_words(kpi.verdict, change, context), title=title)]


def _meta(kpi: Kpi, context: Context) -> list[str | Element]:
    words = population(kpi.metric, kpi.now, kpi.before, context)
    if kpi.metric.unit != "count" or kpi.until is None or not words:
        return [words]
    return [words, " ", until_now(kpi.until, context)]


def population(metric: Metric, now: Summary, before: Summary | None, context: Context) -> str:
    """n, mean, p90, interval or the value before."""
    text, formats = context.text, context.formats
    parts = []
    if metric.unit == "count":
        if before is not None and before.value is not None:
            parts.append(text("kpi.before", value=formats.count(before.value)))
    elif now.mean is not None:
        parts.append(text("kpi.mean", value=formats.duration(now.mean)))
        if now.p90 is not None:
            parts.append(text("kpi.p90", value=formats.duration(now.p90)))
    elif now.low is not None and now.high is not None:
        low, high = formats.decimal(now.low * 100), formats.decimal(now.high * 100)
        parts.append(text("kpi.interval", low=low, high=high))
    if metric.unit != "count":
        parts.append(text("units.n", n=formats.count(now.n)))
    return " · ".join(parts)
