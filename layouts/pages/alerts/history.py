"""What was: the list of problems by rule, place and period, and the drawing of the last week."""

from datetime import UTC, datetime
from typing import Any

from layouts.components import states
from layouts.components.context import Context
from layouts.components.data_table import plain_table
from layouts.components.panel import figure_panel, panel
from layouts.components.popover import chooser
from layouts.components.view_link import view_link
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.links import view
from layouts.pages.alerts.data import PAGE, PATH, AlertRow, Alerts, OutgoingMessage, Week, WeekMark
from layouts.pages.alerts.words import AlertText
from layouts.slack.delivery_errors import reason_words
from layouts.slack.mrkdwn import plain
from metrics.alerts.model import Rule
from metrics.alerts.rules import RULES

DAYS = (7, 14, 28, 90)
MORE = 50
COLUMNS = ("began", "rule_name", "where", "lasted", "peak", "ending", "delivery")
NUMBERS = frozenset({"lasted", "peak"})


def history(alerts: Alerts, context: Context) -> Element:
    text, formats, filter = context.text, context.formats, alerts.filter
    population = text(
        "alerts.history_n",
        shown=formats.count(len(alerts.history)),
        n=formats.count(alerts.match_count),
        days=filter.days,
    )
    if not alerts.history:
        filtered = filter.rule is not None or filter.who is not None
        words = text("alerts.nothing_words") if filtered else text("alerts.never_words")
        title = text("states.nothing_here") if filtered else text("alerts.never")
        clear = view_link(text("alerts.clear"), PATH, "link") if filtered else None
        content: Any = states.message("empty" if filtered else "calm", context, title, words, clear)
    else:
        content = [html.Div(_table(alerts, context), className="table-frame"), _more(alerts, text)]
    return panel(
        text("alerts.history"),
        content,
        population=population,
        tools=_filters(alerts, context),
        id=f"{PAGE}--past",
    )


def began_words(row: AlertRow, alerts: Alerts, context: Context) -> str:
    """hoje 11:24."""
    moment = datetime.fromtimestamp(row.notice.fired_at, UTC)
    formats, zone = context.formats, context.formats.zone
    days_ago = (alerts.at.astimezone(zone).date() - moment.astimezone(zone).date()).days
    if days_ago in (0, 1):
        return context.text(f"alerts.day.{days_ago}", at=formats.clock(moment))
    return formats.moment(moment)


def lasted_words(row: AlertRow, alerts: Alerts, context: Context) -> str:
    notice = row.notice
    if notice.ended_at is None:
        return context.text("alerts.goes_on")
    return context.formats.rough(max(0.0, notice.ended_at - notice.fired_at))


def outgoing(alerts: Alerts, context: Context) -> Element:
    text = context.text
    parts: list[Any] = []
    if alerts.waiting:
        parts.append(html.H3(text("alerts.waiting", n=len(alerts.waiting))))
        parts.append(_sent(alerts.waiting, "alerts.waiting_since", context))
    if alerts.given_up:
        parts.append(html.H3(text("alerts.given_up", n=len(alerts.given_up))))
        parts.append(_sent(alerts.given_up, "alerts.given_up_at", context))
    if not parts:
        key = "alerts.all_arrived" if alerts.robot.slack != "off" else "alerts.slack_off_short"
        ok = icon("check2", "good") if alerts.robot.slack != "off" else icon("info-circle")
        parts.append(html.P([ok, " ", text(key)], className="quiet outgoing-calm"))
    return panel(text("alerts.deliveries"), parts, class_name="outgoing")


def _sent(messages: Any, key: str, context: Context) -> Element:
    return html.Ul(
        [_message(message, key, context) for message in messages], className="plain-list"
    )


def _message(message: OutgoingMessage, key: str, context: Context) -> Element:
    text, formats = context.text, context.formats
    count = text.plural("alerts.problems", message.problems, n=message.problems)
    what = text(f"alerts.message.{message.kind}") + (f" ({count})" if message.problems else "")
    tried = text.plural("alerts.attempts", message.attempts, n=message.attempts)
    parts = [html.B(what), text(key, at=formats.moment(message.at)), tried]
    if message.reason:
        parts.append(reason_words(message.reason, context))
    return html.Li([html.Span(part) for part in parts])


def _filters(alerts: Alerts, context: Context) -> list[Any]:
    text, filter = context.text, alerts.filter
    every = text("alerts.every")

    def to(**changes: str | None) -> str:
        return view(PATH, filter.choices, lines=None, **changes)

    rules = [(every, to(rule=None), filter.rule is None)]
    rules += [(text(f"alerts.rule.{r}"), to(rule=r), filter.rule == r) for r in RULES]
    people = [(every, to(who=None), filter.who is None)]
    people += [(words, to(who=value), filter.who == value) for value, words in filter.people]
    days = [(text("alerts.last_days", n=n), to(days=str(n)), filter.days == n) for n in DAYS]
    listed = {"rule": rules, "who": people, "days": days}
    return [
        chooser(f"{PAGE}--{key}", text(f"alerts.filter.{key}"), _on(choices, every), choices)
        for key, choices in listed.items()
    ]


def _on(choices: list[tuple[str, str, bool]], every: str) -> str:
    return next((words for words, _, on in choices if on), every)


def _table(alerts: Alerts, context: Context) -> Element:
    text = context.text

    sides = ["" if column in NUMBERS else "left" for column in COLUMNS]
    heads = [
        html.Th(text(f"alerts.head.{column}"), className=side, scope="col")
        for column, side in zip(COLUMNS, sides, strict=True)
    ]
    body = [
        html.Tr(
            [
                html.Td(cell, className=side)
                for side, cell in zip(sides, _cells(row, alerts, context), strict=True)
            ]
        )
        for row in alerts.history
    ]
    return html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(body)], className="grid-table alerts-history"
    )


def _cells(row: AlertRow, alerts: Alerts, context: Context) -> list[Any]:
    text, notice = context.text, row.notice
    words = AlertText(row, alerts, context)
    is_count = notice.problem.unit == "count"
    return [
        began_words(row, alerts, context),
        text(f"alerts.rule.{notice.problem.rule}"),
        html.Span(words.where(), className="bidi cell-words", title=words.plain()),
        lasted_words(row, alerts, context),
        context.formats.count(notice.peak) if is_count else "",
        html.Span(_ending(row, context), className="bidi cell-words"),
        html.Span(_delivery(row, alerts, context), className="cell-words"),
    ]


def _ending(row: AlertRow, context: Context) -> str:
    notice, text = row.notice, context.text
    if notice.acknowledged_by:
        return text("alerts.taken_by", by=plain(notice.acknowledged_by))
    if notice.ended_at is None:
        return text("alerts.nobody")
    return text(f"alerts.ending.{notice.ending or 'resolved'}")


def _delivery(row: AlertRow, alerts: Alerts, context: Context) -> str:
    text, n = context.text, row.notice.notification_count
    if row.given_up:
        return text("alerts.not_arrived", reason=reason_words(row.given_up, context))
    if row.is_waiting:
        return text("alerts.waits_for_slack")
    if not n:
        return text("alerts.untold")
    return text.plural("alerts.tellings", n, n=n)


def _more(alerts: Alerts, text: Any) -> Element | None:
    rest = alerts.match_count - len(alerts.history)
    if rest <= 0:
        return None
    href = view(PATH, alerts.filter.choices, lines=str(alerts.filter.shown + MORE))
    link = view_link(text("alerts.show_more", n=min(rest, MORE)), href, "link", mode="replace")
    return html.Div(link, className="panel-foot")


def week(alerts: Alerts, context: Context) -> Element:
    text, formats, drawn = context.text, context.formats, alerts.week
    population = text.plural("alerts.week_n", drawn.count, n=formats.count(drawn.count))
    if drawn.mean_seconds is not None:
        population += text("alerts.week_mean", mean=formats.rough(drawn.mean_seconds))
    population += text("alerts.week_bands")
    return figure_panel(
        PAGE,
        "week",
        text("alerts.week"),
        html.Div(_week_chart(drawn, context), className="week-frame"),
        _week_table(alerts, context),
        context,
        population=population,
    )


def _week_chart(drawn: Week, context: Context) -> Element:
    bands = [
        html.Span(className="week-open", style={"--start": _share(at), "--width": _share(width)})
        for at, width in drawn.open
    ]
    now = html.Span(
        html.B(context.text("alerts.now")),
        className="week-now",
        style={"--start": _share(drawn.now)},
    )
    lines = [_week_line(rule, drawn, context) for rule in RULES]
    days = [
        html.Span(
            [context.formats.weekday(day).split()[0], html.Span(f" {day.day}")],
            className="week-day week-today" if place == len(drawn.days) - 1 else "week-day",
            style={"--start": _share(at)},
        )
        for place, (day, at) in enumerate(drawn.days)
    ]
    label = context.text.plural("alerts.week_n", drawn.count, n=str(drawn.count))
    return html.Div(
        [
            html.Div([*bands, now], className="week-ground"),
            *lines,
            html.Div(html.Div(days, className="week-track"), className="week-days"),
        ],
        className="week",
        role="img",
        **{"aria-label": label},
    )


def _week_line(rule: Rule, drawn: Week, context: Context) -> Element:
    marks = [_week_mark(mark, rule) for mark in drawn.marks.get(rule, ())]
    return html.Div(
        [
            html.Span(context.text(f"alerts.rule.{rule}"), className="week-rule"),
            html.Div(marks, className="week-track"),
        ],
        className="week-line",
    )


def _week_mark(mark: WeekMark, rule: Rule) -> Element:
    texture = "" if RULES[rule].sources else " week-doubt"
    return html.Span(
        className=f"week-mark week-{mark.severity}{texture}",
        title=mark.words,
        style={"--start": _share(mark.start), "--width": _share(mark.width)},
    )


def _week_table(alerts: Alerts, context: Context) -> Element:
    text = context.text
    names = ("began", "rule_name", "where", "lasted")
    rows = [
        [
            began_words(row, alerts, context),
            text(f"alerts.rule.{row.notice.problem.rule}"),
            html.Span(AlertText(row, alerts, context).where(), className="bidi"),
            lasted_words(row, alerts, context),
        ]
        for row in alerts.recent
    ]
    return plain_table([text(f"alerts.head.{name}") for name in names], rows, words=3)


def _share(value: float) -> str:
    return f"{value * 100:.3f}%"
