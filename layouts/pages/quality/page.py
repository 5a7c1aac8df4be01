"""The manager's quality page: the score and what it rests on, over time, by reason and person."""

from typing import Any

from dash import html

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import graph
from layouts.components.interval import scale_floor
from layouts.components.kpi import Kpi, change_words, population
from layouts.components.metric_info import passport_button
from layouts.components.panel import figure_panel, no_data, panel, segmented
from layouts.components.report_frame import skeleton
from layouts.components.states import empty
from layouts.components.view_link import rows_link
from layouts.pages.quality import ranks as quality_ranks
from layouts.pages.quality.data import PAGE, Quality
from layouts.pages.quality.trend_chart import score_trend

KEYS = ("csat_score", "csat_adjusted", "dsat_score", "csat_average", "csat_response_rate")
HIGHEST_FLOOR = 0.7


def content(quality: Quality, context: Context) -> list[Any]:
    """What is drawn for the present choice."""
    if not quality.kpis["csat_score"].now.n:
        return [_no_ratings(quality, context)]
    return [
        html.Div(
            [_score(quality, context), _trend(quality, context)], className="bi-row quality-1"
        ),
        quality_ranks.focus(quality, context),
        html.Div(
            [
                quality_ranks.ranks(quality, quality.reasons, context),
                quality_ranks.ranks(quality, quality.agents, context),
            ],
            className="bi-row quality-2",
        ),
        html.Div(skeleton()[1:2], id=ids.panel(PAGE, "comments")),
    ]


def _no_ratings(quality: Quality, context: Context) -> html.Section:
    text = context.text
    words = text.plural(
        "quality.no_ratings", quality.closed, n=context.formats.count(quality.closed)
    )
    longer = html.A(
        text("quality.look_longer"),
        href=context.view(period="90d", from_=None, to=None),
        className="link",
        **{"data-go": "push"},
    )
    return panel(text("metrics.csat_score.label"), empty(context, words, longer))


def _score(quality: Quality, context: Context) -> html.Section:
    """The number, its interval beside the period before, the ratings behind it, and its kin."""
    text, formats = context.text, context.formats
    kpi = quality.kpis["csat_score"]
    now = kpi.now
    assert now.value is not None
    number = [formats.decimal(now.value * 100), html.Small("%")]
    low, high = formats.decimal((now.low or 0) * 100), formats.decimal((now.high or 0) * 100)
    said = [html.P(text("quality.between", low=low, high=high)), html.P(_change(kpi, context))]
    body = [
        html.Div(
            [
                rows_link(number, context, "csat_score", class_name="score-number"),
                html.Div(said, className="score-words"),
            ],
            className="score-head",
        ),
        _scale(kpi, context),
        _notes(quality, context),
        html.Div([_kin(quality.kpis[key], context) for key in KEYS[1:]], className="score-kin"),
    ]
    return panel(
        text("metrics.csat_score.label"),
        html.Div(body, className="score"),
        population=text.plural("quality.ratings", now.n, n=formats.count(now.n)),
        tools=[passport_button(PAGE, kpi.passport, context, "panel-passport")],
        class_name="doubtful" if kpi.late else "",
        id=f"{PAGE}--csat_score",
    )


def _change(kpi: Kpi, context: Context) -> str:
    text = context.text
    now, before = kpi.now.value, kpi.before.value if kpi.before else None
    if not kpi.compared or now is None:
        return ""
    if before is None:
        return text("kpi.no_previous" if kpi.before is None else "kpi.nothing_before")
    words = change_words("share", now, before, context)
    if words is None:
        return text("kpi.same")
    side = text("quality.above" if now > before else "quality.below", change=words)
    if kpi.verdict is None:
        return side
    return f"{side}, {text('kpi.within' if kpi.verdict == 'within' else 'kpi.outside')}"


def _scale(kpi: Kpi, context: Context) -> html.Div:
    """The interval and the period before on one axis."""
    text, formats = context.text, context.formats
    now, before = kpi.now, kpi.before
    floor = min(HIGHEST_FLOOR, scale_floor([now]) if (now.low or 0) < HIGHEST_FLOOR else 1)
    if before is not None and before.value is not None and kpi.compared:
        floor = min(floor, int(before.value * 10) / 10)

    def place(share: float) -> str:
        return f"{(share - floor) / (1 - floor) * 100:.1f}%"

    style = {"--low": place(now.low or 0), "--high": place(now.high or 0)}
    style["--at"] = place(now.value or 0)
    marks: list[Any] = [html.Span(className="score-range"), html.Span(className="score-mark")]
    if before is not None and before.value is not None and kpi.compared:
        style["--before"] = place(before.value)
        value = formats.decimal(before.value * 100)
        words = html.Span(text("kpi.before", value=value))
        right = " score-before-left" if before.value > 0.8 + floor * 0.2 else ""
        marks.append(html.Span(words, className=f"score-before{right}"))
    step = 5 if floor >= 0.6 else 10 if floor >= 0.4 else 20
    shares = range(round(floor * 100), 101, step)
    ticks = [html.Span(str(share), style={"--at": place(share / 100)}) for share in shares]
    return html.Div(
        [html.Div(marks, className="score-line"), html.Div(ticks, className="score-ticks")],
        className="score-scale",
        style=style,
        **{"aria-hidden": "true"},
    )


def _notes(quality: Quality, context: Context) -> html.Div:
    """How often each rating was given, as pieces of one bar and in words."""
    text, formats = context.text, context.formats
    total = sum(quality.notes.values())
    pieces, words = [], []
    for note, count in quality.notes.items():
        share = f"{count / total * 100:.2f}%"
        cell = f"value:{note}"
        label = text("quality.note", note=note)
        if count:
            pieces.append(
                rows_link(
                    "",
                    context,
                    "csat_average",
                    cell,
                    class_name=f"note-piece note-{note}",
                    style={"--share": share},
                    tabIndex="-1",
                    **{"aria-hidden": "true"},
                )
            )
        number: Any = html.B(formats.count(count))
        if count:
            number = rows_link(number, context, "csat_average", cell)
        words.append(
            html.Span(
                [
                    html.Span(className=f"dot note-{note}"),
                    f"{note} ",
                    number,
                    html.Small(formats.share(count / total)),
                ],
                title=label,
            )
        )
    return html.Div(
        [html.Div(pieces, className="note-bar"), html.Div(words, className="note-words")],
        className="notes",
    )


def _kin(kpi: Kpi, context: Context) -> html.Div:
    """A number beside the score: value, name, what it rests on."""
    text, formats = context.text, context.formats
    key, now = kpi.metric.key, kpi.now
    value: Any = no_data(context)
    if now.value is not None:
        value = rows_link(formats.value(now.value, now.unit), context, key)
    name = html.Span(
        [text(f"quality.kin.{key}"), passport_button(PAGE, kpi.passport, context, "kin")]
    )
    parts = [html.Div(value, className="kin-value"), name]
    rests = population(kpi.metric, now, kpi.before, context).split(" · ")
    parts.append(html.Small([html.Span(f"{words} ") for words in rests]))
    return html.Div(parts, className="kin", id=f"{PAGE}--{key}", **{"data-mark": ""})


def _trend(quality: Quality, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    switch = segmented(
        [
            (text("quality.weeks"), context.view(trend=None), not quality.by_day),
            (text("quality.days"), context.view(trend="day"), quality.by_day),
        ],
        text("quality.cut"),
    )
    everyone = quality.kpis["csat_score"].now
    by = "day" if quality.by_day else "week"
    figure = score_trend(quality.trend, everyone, context)
    label = text("quality.trend_label", n=formats.count(everyone.n))
    drawn = graph(ids.panel(PAGE, "trend-graph"), figure, text, label, rows="csat_score", by=by)
    lines = []
    for stretch in quality.trend:
        n: Any = formats.count(stretch.csat.n)
        if stretch.inside and stretch.csat.n:
            n = rows_link(n, context, "csat_score", f"{by}:{stretch.first}")
        low, high = stretch.csat.low, stretch.csat.high
        interval: Any = no_data(context)
        if low is not None and high is not None:
            interval = f"{formats.decimal(low * 100)} – {formats.decimal(high * 100)}"
        score = formats.value(stretch.csat.value, "share")
        lines.append([formats.weekday(stretch.first), score, interval, n])
    heads = [text(f"quality.table.{key}") for key in (by, "csat", "interval", "n")]
    note = "quality.days_note" if quality.by_day else "quality.weeks_note"
    return figure_panel(
        PAGE,
        "csat_trend",
        text(f"quality.trend.{by}"),
        drawn,
        data_table(heads, lines),
        context,
        population=text("quality.trend_key"),
        tools=[switch],
        footnote=text(note),
        passport=quality.passports["csat_trend"],
    )
