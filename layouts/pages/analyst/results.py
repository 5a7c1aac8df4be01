"""Own results of the analyst's panel: ratings, times and calls, each beside its own past."""

from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.interval import interval_bar, scale_floor
from layouts.components.live_time import timer
from layouts.components.metric_info import info_button
from layouts.components.panel import no_data, panel
from layouts.components.view_link import view_link
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.data import PAGE, PATH, Call, Comment, Comparison, Panel
from metrics.model.summary import Summary


def ratings_panel(own: Panel, context: Context) -> Element:
    text, quality = context.text, own.quality
    parts: list[Any] = []
    if quality.score.value is None:
        parts.append(html.P(text("analyst.ratings.none"), className="result-none"))
    elif quality.score.n < quality.minimum:
        n = quality.score.n
        label = text.plural("analyst.ratings.few", n, n=n, minimum=quality.minimum)
        parts.append(html.P(label, className="result-none"))
    else:
        parts.append(_score(own, context))
    return panel(
        text(f"analyst.ratings.title_{_whose(own)}"),
        parts,
        population=_days(own, context),
        tools=[info_button(PAGE, quality.infos[0], context)],
        id=ids.panel(PAGE, "csat_score"),
    )


def _score(own: Panel, context: Context) -> Element:
    formats, quality = context.formats, own.quality
    score = quality.score
    floor = scale_floor([score])
    marks = f"{floor * 100:.0f}", f"{(floor + 1) * 50:.0f}", "100%"
    assert score.value is not None
    return html.Div(
        [
            html.P(
                [
                    formats.decimal(score.value * 100),
                    html.Small("%"),
                    html.Span(_between(score, context)),
                ],
                className="result-value",
            ),
            interval_bar(score, quality.team, floor, context),
            html.Div([html.Span(mark) for mark in marks], className="result-scale"),
            html.P(_past(own, context), className="quieter"),
            _adjusted(own, context),
        ],
        className="result",
    )


def _between(score: Summary, context: Context) -> str:
    formats = context.formats
    assert score.low is not None
    assert score.high is not None
    low, high = formats.decimal(score.low * 100), formats.decimal(score.high * 100)
    return context.text("analyst.ratings.between", low=low, high=high, n=formats.count(score.n))


def _past(own: Panel, context: Context) -> str:
    text, formats, before = context.text, context.formats, own.quality.before
    n = own.window.days
    if before is None or before.value is None:
        label = text("analyst.ratings.no_before")
    elif before.n < own.quality.minimum:
        label = text.plural("analyst.ratings.few_before", before.n, n=before.n, days=n)
    else:
        key = f"analyst.ratings.before_{_whose(own)}"
        value = formats.share(before.value)
        label = text(key, days=n, value=value, n=formats.count(before.n))
    if own.quality.team is None:
        return label
    return f"{label} · {text('analyst.times.team', value=formats.share(own.quality.team))}"


def _adjusted(own: Panel, context: Context) -> Element:
    text, adjusted = context.text, own.quality.adjusted
    if adjusted.value is None or adjusted.n < own.quality.minimum:
        value: Any = no_data(context)
        between = ""
    else:
        value, between = context.formats.share(adjusted.value), _between(adjusted, context)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(text("metrics.csat_adjusted.label")),
                    info_button(PAGE, own.quality.infos[1], context),
                    html.B(value),
                ],
                className="result-line",
            ),
            html.P(between, className="quieter result-small") if between else None,
        ],
        className="result-adjusted",
    )


def comments_panel(own: Panel, context: Context) -> Element | None:
    text, formats, quality = context.text, context.formats, own.quality
    if not quality.comments:
        return None
    parts: list[Any] = [
        html.Ul(
            [_comment(comment, context) for comment in quality.comments], className="own-comments"
        )
    ]
    n = formats.count(quality.total_comments)
    if quality.total_comments > len(quality.comments):
        parts.append(_all_link(own, text("analyst.comments.all", n=n), comments="all"))
    return panel(
        text("analyst.comments.title"),
        html.Div(parts, className="comments"),
        population=text("analyst.comments.about", days=_days(own, context), n=n),
        id=ids.panel(PAGE, "comments"),
    )


def _comment(comment: Comment, context: Context) -> Element:
    text, formats = context.text, context.formats
    band = "positive" if comment.rating >= 4 else "neutral" if comment.rating == 3 else "negative"
    head = [
        html.B(text("analyst.comments.rating", n=comment.rating), className=f"rating-{band}"),
        html.Span(formats.day(comment.at.astimezone(formats.zone).date()), className="quieter"),
    ]
    if comment.url:
        head.append(
            html.A(
                text("states.open"),
                href=comment.url,
                target="_blank",
                rel="noopener noreferrer",
                className="link",
            )
        )
    return html.Li(
        [
            html.Div(head, className="comment-head"),
            html.P(comment.words, className="bidi own-words", title=comment.words),
        ]
    )


def times_panel(own: Panel, context: Context) -> Element:
    """Medians beside the period before, and the team's where they may be told."""
    text = context.text
    rows = [_compared(comparison, context) for comparison in own.times]
    return panel(
        text(f"analyst.times.title_{_whose(own)}"),
        html.Div(rows, className="result-lines"),
        population=text("analyst.times.about", days=_days(own, context)),
        id=ids.panel(PAGE, "times"),
    )


def _compared(comparison: Comparison, context: Context) -> Element:
    text, formats = context.text, context.formats
    past = []
    if comparison.before is not None and comparison.before.value is not None:
        past.append(
            text("kpi.before", value=formats.value(comparison.before.value, comparison.now.unit))
        )
    if comparison.team is not None:
        past.append(
            text("analyst.times.team", value=formats.value(comparison.team, comparison.now.unit))
        )
    if comparison.now.unit != "count" and comparison.now.n:
        past.append(text("units.n", n=formats.count(comparison.now.n)))
    value = (
        no_data(context)
        if comparison.now.value is None
        else formats.value(comparison.now.value, comparison.now.unit)
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Span(text(f"metrics.{comparison.key}.label")),
                    info_button(PAGE, comparison.info, context),
                    html.B(value),
                ],
                className="result-line",
            ),
            html.Div(
                [html.Span(" · ".join(past), className="quieter"), _moved(comparison, context)],
                className="result-line",
            )
            if past
            else None,
        ]
    )


def _moved(comparison: Comparison, context: Context) -> Element | None:
    """Words where the change is news, grey where it is usual."""
    if comparison.now.value is None or comparison.before is None or comparison.before.value is None:
        return None
    text, formats = context.text, context.formats
    difference = comparison.now.value - comparison.before.value
    if round(difference) == 0:
        return None
    arrow = icon("arrow-up" if difference > 0 else "arrow-down")
    if comparison.verdict == "within":
        return html.Span([arrow, text("kpi.within")], className="moved quiet")
    if comparison.now.unit == "count":
        label = text(
            f"analyst.times.{'more' if difference > 0 else 'fewer'}",
            value=formats.count(abs(difference)),
        )
        return html.Span([arrow, label], className="moved quiet")
    value = formats.duration(abs(difference))
    if comparison.better is None:
        label = text(f"analyst.times.{'longer' if difference > 0 else 'shorter'}", value=value)
        return html.Span([arrow, label], className="moved quiet")
    good = (difference < 0) == (comparison.better == "lower")
    label = text(f"analyst.times.{'faster' if good else 'slower'}", value=value)
    return html.Span([arrow, label], className="moved good" if good else "moved quiet")


def calls_panel(own: Panel, context: Context) -> Element:
    text, formats, calls = context.text, context.formats, own.calls
    title = text(f"analyst.calls.title_{_whose(own)}")
    place = ids.panel(PAGE, "calls")
    if not calls.connected:
        off = html.P(text("analyst.calls.not_connected"), className="result-none")
        return panel(title, off, id=place)
    lines = [_call(call, own, context) for call in calls.rows]
    if not lines:
        lines = [html.P(text("analyst.calls.none"), className="quiet")]
    if calls.total > len(calls.rows):
        lines.append(
            _all_link(own, text("analyst.calls.all", n=formats.count(calls.total)), calls="all")
        )
    numbers = [_compared(comparison, context) for comparison in calls.numbers]
    heading = html.H3(_days(own, context), className="result-title")
    return panel(
        title,
        [
            html.Div(lines, className="result-lines call-lines"),
            html.Div([heading, *numbers], className="result-lines call-numbers"),
        ],
        population=_answered(own, context),
        id=place,
    )


def _answered(own: Panel, context: Context) -> str:
    text, n = context.text, own.calls.answered
    known = own.head.preset in ("today", "week", "month")
    when = text(f"analyst.calls.when.{own.head.preset if known else 'other'}")
    return text.plural("analyst.calls.answered", n, n=context.formats.count(n), when=when)


def _call(call: Call, own: Panel, context: Context) -> Element:
    text, formats = context.text, context.formats
    local = call.started_at.astimezone(formats.zone).date()
    when = (
        formats.clock(call.started_at)
        if local == own.head.today
        else formats.moment(call.started_at)
    )
    label = text(f"analyst.calls.{call.key}", name=call.other)
    if call.talk_seconds is not None:
        label += f", {formats.duration(call.talk_seconds)}"
    end: Any = None
    if call.key.startswith("running"):
        end = html.B(timer(call.answered_at or call.started_at, own.now, context, "accent"))
    elif call.has_recording:
        end = html.A(
            text("states.listen"),
            href=f"/calls/{call.id}/recording",
            target="_blank",
            rel="noopener noreferrer",
            className="link",
            title=text("analyst.calls.listen_title"),
        )
    return html.Div(
        [html.Span([f"{when} ", html.Span(label, className="bidi")], className="cut"), end],
        className="result-line call-line",
    )


def _all_link(own: Panel, words: str, **choice: str) -> Element:
    return view_link(words, view(PATH, own.head.choices, **choice), "link list-all", mode="replace")


def _days(own: Panel, context: Context) -> str:
    return context.text.plural("analyst.days", own.window.days, n=own.window.days)


def _whose(own: Panel) -> str:
    return "own" if own.own else "other"
