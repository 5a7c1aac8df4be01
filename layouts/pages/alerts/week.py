"""The last seven days: when each rule had a problem, over the opening times."""

from dash import html

from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.panel import figure_panel
from layouts.pages.alerts.data import PAGE, Alerts, Week, WeekMark
from layouts.pages.alerts.history import began_words, lasted_words
from layouts.pages.alerts.words import Words
from metrics.alerts.model import RULES, Rule


def week(alerts: Alerts, context: Context) -> html.Section:
    """The drawing, and its table."""
    text, formats, drawn = context.text, context.formats, alerts.week
    population = text.plural("alerts.week_n", drawn.count, n=formats.count(drawn.count))
    if drawn.mean_seconds is not None:
        mean = formats.rough(drawn.mean_seconds)
        population += text("alerts.week_mean", mean=mean)
    population += text("alerts.week_bands")
    return figure_panel(
        PAGE,
        "week",
        text("alerts.week"),
        html.Div(_chart(drawn, context), className="week-frame"),
        _table(alerts, context),
        context,
        population=population,
    )


def _chart(drawn: Week, context: Context) -> html.Div:
    bands = [
        html.Span(className="week-open", style={"--start": _share(at), "--width": _share(width)})
        for at, width in drawn.open
    ]
    now = html.Span(
        html.B(context.text("alerts.now")),
        className="week-now",
        style={"--start": _share(drawn.now)},
    )
    lines = [_line(rule, drawn, context) for rule in RULES]
    days = [
        html.Span(
            [context.formats.weekday(day).split()[0], html.Span(f" {day.day}")],
            className="week-day week-today" if place == len(drawn.days) - 1 else "week-day",
            style={"--start": _share(at)},
        )
        for place, (day, at) in enumerate(drawn.days)
    ]
    said = context.text.plural("alerts.week_n", drawn.count, n=str(drawn.count))
    return html.Div(
        [
            html.Div([*bands, now], className="week-ground"),
            *lines,
            html.Div(html.Div(days, className="week-track"), className="week-days"),
        ],
        className="week",
        role="img",
        **{"aria-label": said},
    )


def _line(rule: Rule, drawn: Week, context: Context) -> html.Div:
    marks = [_mark(mark, rule) for mark in drawn.marks.get(rule, ())]
    return html.Div(
        [
            html.Span(context.text(f"alerts.rule.{rule}"), className="week-rule"),
            html.Div(marks, className="week-track"),
        ],
        className="week-line",
    )


def _mark(mark: WeekMark, rule: Rule) -> html.Span:
    texture = " week-doubt" if rule in ("stale", "wall_silent") else ""
    return html.Span(
        className=f"week-mark week-{mark.severity}{texture}",
        title=mark.words,
        style={"--start": _share(mark.start), "--width": _share(mark.width)},
    )


def _table(alerts: Alerts, context: Context) -> html.Table:
    text = context.text
    names = ("began", "rule_name", "where", "lasted")
    rows = [
        [
            began_words(row, alerts, context),
            text(f"alerts.rule.{row.notice.problem.rule}"),
            html.Span(Words(row, alerts, context).where(), className="bidi"),
            lasted_words(row, alerts, context),
        ]
        for row in alerts.recent
    ]
    return data_table([text(f"alerts.head.{name}") for name in names], rows, words=3)


def _share(value: float) -> str:
    return f"{value * 100:.3f}%"
