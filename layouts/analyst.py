"""The analyst's own panel: the goal, what is still missing, what was done, own results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.interval import interval_bar, scale_floor
from layouts.components.panel import no_data, open_link, panel, pill, segmented
from layouts.components.passport import Passport, passport_button
from layouts.components.states import banner, empty, message
from layouts.context import Context
from layouts.icons import icon
from layouts.links import Choices, view
from layouts.shell import page_frame
from metrics.goals import Goal
from metrics.periods import Period
from metrics.summary import Summary

PAGE = "analyst"
PATH = "/analyst"
PERIODS = ("today", "week", "month", "28d")
# Above this many conversations, blocks would be too thin to count.
BLOCKS_MAXIMUM = 120


@dataclass(frozen=True)
class Person:
    """Somebody whose panel a manager may open."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class Closed:
    """One conversation of the lists.

    Attributes:
        id: Intercom's id.
        url: Where it opens.
        subject: Short and plain; empty when it has no words.
        team: Name of its team, or empty.
        created_at: UTC.
        closed_at: UTC; None when Intercom has no record of it.
        reason: What it was classified as; empty while it is pending.
        state: open, closed or snoozed.
        counts: Whether it counts for the goal.
    """

    id: str
    url: str
    subject: str
    team: str
    created_at: datetime
    closed_at: datetime | None
    reason: str
    state: str
    counts: bool = True


@dataclass(frozen=True)
class Call:
    """One call of the short list: when, which way, how long, whether it can be heard."""

    id: str
    started_at: datetime
    words: str
    talk_seconds: float | None
    has_recording: bool


@dataclass(frozen=True)
class Comparison:
    """An own number beside its own past and the team's."""

    key: str
    now: Summary
    before: Summary | None
    team: float | None
    passport: Passport


@dataclass(frozen=True)
class Panel:
    """Everything that the panel draws for one person and period.

    Attributes:
        choices: The address's parameters.
        people: Whom a manager may choose; empty for an analyst.
        name: Whose panel it is.
        own: Whether it is the reader's own.
        preset: Name of the period, or None.
        period: Its days.
        today: The present local day.
        goal: The whole period's.
        days: Goal of each day of the period, oldest first.
        excluded: What does not count: attribute label -> conversations.
        pending: Closed, counting, without a reason; oldest first.
        history: The rest of the period, newest first.
        total_history: How many there are, where the list is cut.
        csat: Own ratings of the period.
        csat_before: Own ratings of the previous period, None where it is incomplete.
        csat_minimum: Ratings under which no share is shown.
        csat_passport: What the share is made of.
        times: Own response and closing times.
        calls: Newest first.
        calls_answered: Answered calls of the period.
        voice: Whether there is telephony at all.
        reason_label: The attribute that classifies.
        notice: A banner above everything, or None.
        now: For ages.
    """

    choices: Choices
    people: Sequence[Person]
    name: str
    own: bool
    preset: str | None
    period: Period
    today: date
    goal: Goal
    days: Sequence[tuple[date, Goal]]
    excluded: Mapping[str, int]
    pending: Sequence[Closed]
    history: Sequence[Closed]
    total_history: int
    csat: Summary
    csat_before: Summary | None
    csat_minimum: int
    csat_passport: Passport
    times: Sequence[Comparison]
    calls: Sequence[Call]
    calls_answered: int
    voice: bool
    reason_label: str
    notice: Any
    now: datetime


def page(context: Context) -> html.Div:
    """The page's frame; what depends on person and period is filled by its callback."""
    title = context.text(f"analyst.title_{context.role}")
    content = html.Div(
        [
            html.Div(className="skeleton skeleton-hero"),
            html.Div(className="skeleton skeleton-panel"),
        ],
        id=ids.panel(PAGE, "content"),
        className="analyst",
    )
    version = dcc.Store(id=ids.panel(PAGE, "version"))
    return page_frame(context, title, [version, content])


def content(own: Panel, context: Context) -> list[Any]:
    """What is drawn for the present person and period."""
    parts = [
        _choices(own, context),
        own.notice,
        _hero(own, context),
        html.Div(
            [
                html.Div(
                    [_pending(own, context), _history(own, context)], className="analyst-lists"
                ),
                html.Div(
                    [_ratings(own, context), _times(own, context), _calls(own, context)],
                    className="analyst-results",
                ),
            ],
            className="analyst-columns",
        ),
    ]
    return [part for part in parts if part is not None]


def nobody(context: Context) -> html.Div:
    """An account that is no person in Intercom."""
    text = context.text
    return message("empty", context, text("analyst.nobody"), text("analyst.nobody_words"))


def _choices(own: Panel, context: Context) -> html.Div:
    text = context.text
    periods = segmented(
        [
            (
                text(f"analyst.period.{name}"),
                view(PATH, own.choices, period=name, from_=None, to=None),
                name == own.preset,
            )
            for name in PERIODS
        ],
        text("analyst.period.label"),
    )
    span = context.formats.span(own.period.first_day, own.period.last_day)
    if own.period.days == 1:
        span = context.formats.weekday(own.period.first_day)
    parts: list[Any] = [periods, html.Span(span, className="quieter")]
    if own.people:
        options = [{"label": person.name, "value": person.id} for person in own.people]
        chosen = next((person.id for person in own.people if person.chosen), None)
        parts.insert(
            0,
            dcc.Dropdown(
                id=ids.panel(PAGE, "person"),
                options=options,
                value=chosen,
                clearable=False,
                className="person-choice",
                labels={"search": text("analyst.search")},
            ),
        )
    if not own.own:
        parts.append(pill(text("analyst.looking_at", name=own.name), "information", "eye"))
    return html.Div(parts, className="filters")


def _hero(own: Panel, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    goal = own.goal
    share = formats.share(goal.share, 0)
    if not goal.eligible:
        headline, words = text("analyst.goal.nothing"), text("analyst.goal.nothing_words")
    elif goal.reached:
        headline, words = (
            text("analyst.goal.reached"),
            text("analyst.goal.reached_words", share=share),
        )
    else:
        headline = text.plural("analyst.goal.missing", goal.missing, n=formats.count(goal.missing))
        words = text("analyst.goal.missing_words", share=share)
    left = html.Div([html.P(headline, className="goal-headline"), html.P(words, className="quiet")])
    rate = [] if goal.rate is None else [html.B(formats.share(goal.rate)), " "]
    about = [*rate, html.Span(_population(own, context), className="quieter")]
    middle = html.Div(
        [goal_bar(goal, context), html.P(about, className="goal-about")], className="goal-middle"
    )
    return html.Section(
        [left, middle, _days(own, context)],
        id=ids.panel(PAGE, "goal"),
        className="panel goal-hero" + (" goal-done" if goal.reached else ""),
    )


def goal_bar(goal: Goal, context: Context) -> html.Div:
    """One block per conversation up to 120, then continuous; missing ones are outlined."""
    text, formats = context.text, context.formats
    at = goal.needed / goal.eligible * 100 if goal.eligible else goal.share * 100
    if not goal.eligible:
        bar: Any = html.Div(className="goal-continuous")
    elif goal.eligible > BLOCKS_MAXIMUM:
        style = {"--share": f"{goal.classified / goal.eligible * 100:.2f}%", "--goal": f"{at:.2f}%"}
        bar = html.Div(
            [html.Span(className="goal-done-part"), html.Span(className="goal-missing-part")],
            className="goal-continuous",
            style=style,
        )
    else:
        kinds = ["block-done"] * goal.classified
        kinds += ["block-missing"] * goal.missing
        kinds += ["block-rest"] * (goal.eligible - len(kinds))
        bar = html.Div([html.Span(className=kind) for kind in kinds], className="goal-blocks")
    label = text.plural(
        "analyst.goal.classified", goal.classified, n=formats.count(goal.classified)
    )
    target = text("analyst.goal.target", n=formats.count(goal.needed))
    return html.Div(
        [
            html.Div(
                [bar, html.Span(className="goal-at") if goal.eligible else None],
                className="goal-track",
            ),
            html.Div(
                [
                    html.Span(label, className="quieter"),
                    html.Span(target, className="goal-at-words"),
                ],
                className="goal-words",
            )
            if goal.eligible
            else None,
        ],
        className="goal-bar",
        style={"--goal": f"{at:.2f}%", "--blocks": str(goal.eligible)},
        role="img",
        **{"aria-label": f"{label}, {target}"},
    )


def _population(own: Panel, context: Context) -> str:
    text, formats = context.text, context.formats
    words = text.plural(
        "analyst.goal.closed", own.goal.eligible, n=formats.count(own.goal.eligible)
    )
    out = sum(own.excluded.values())
    if not out:
        return words
    kinds = ", ".join(f"{label}: {formats.count(n)}" for label, n in own.excluded.items())
    return words + "; " + text("analyst.goal.excluded", n=formats.count(out), kinds=kinds)


def _days(own: Panel, context: Context) -> html.Div | None:
    if len(own.days) < 2 or len(own.days) > 7:
        return None
    return html.Div(
        [_day(day, goal, own, context) for day, goal in own.days], className="goal-days"
    )


def _day(day: date, goal: Goal, own: Panel, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    name = " ".join(formats.weekday(day).split()[:2])
    parts: list[Any] = [html.Span(name)]
    if goal.rate is not None:
        tick = [" ", icon("check-lg", "good", text("analyst.goal.reached"))] if goal.reached else []
        parts.append(html.B([formats.share(goal.rate, 0), *tick]))
        parts.append(html.Small(text("analyst.goal.of", n=goal.classified, total=goal.eligible)))
    return html.Div(parts, className="goal-day goal-today" if day == own.today else "goal-day")


def _pending(own: Panel, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    if not own.pending:
        words = "analyst.pending.done" if own.goal.eligible else "analyst.pending.nothing"
        body: Any = message("calm", context, text(words), text(f"{words}_words"))
    else:
        heads = [
            (text("analyst.columns.subject"), "left"),
            (text("analyst.columns.team"), "left wide"),
            (text("analyst.columns.closed_ago"), ""),
            ("", ""),
        ]
        rows = [
            html.Tr(
                [
                    html.Td(_subject(row, context), className="left subject"),
                    html.Td(row.team, className="left quiet wide"),
                    html.Td(_ago(row, own, context), className="quiet"),
                    html.Td(open_link(row.url, text("states.open"), button=True)),
                ]
            )
            for row in own.pending
        ]
        body = _table(heads, rows, "pending-table")
    return panel(
        text("analyst.pending.title"),
        body,
        population=text("analyst.pending.about", n=formats.count(len(own.pending)))
        if own.pending
        else "",
        footnote=text("analyst.pending.note", label=own.reason_label),
        id=ids.panel(PAGE, "pending"),
    )


def _history(own: Panel, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    if not own.history:
        body: Any = empty(context, text("analyst.history.nothing"))
    else:
        heads = [
            (text("analyst.columns.created"), "left"),
            (text("analyst.columns.subject"), "left"),
            (text("analyst.columns.reason"), "left wide"),
            (text("analyst.columns.state"), "left"),
            ("", ""),
        ]
        rows = [
            html.Tr(
                [
                    html.Td(formats.moment(row.created_at), className="left quiet"),
                    html.Td(_subject(row, context), className="left subject"),
                    html.Td(row.reason or _uncounted(row, context), className="left wide"),
                    html.Td(text(f"analyst.state.{row.state}"), className="left quiet"),
                    html.Td(open_link(row.url, text("states.open"))),
                ]
            )
            for row in own.history
        ]
        body = _table(heads, rows, "history-table")
    shown = len(own.history)
    note = None
    if own.total_history > shown:
        note = text("analyst.history.cut", shown=shown, n=formats.count(own.total_history))
    return panel(
        text("analyst.history.title"),
        body,
        population=text("units.n", n=formats.count(own.total_history)) if shown else "",
        footnote=note,
        id=ids.panel(PAGE, "history"),
    )


def _table(heads: Sequence[tuple[str, str]], rows: Sequence[html.Tr], name: str) -> html.Div:
    head = html.Thead(html.Tr([html.Th(words, className=side) for words, side in heads]))
    table = html.Table([head, html.Tbody(list(rows))], className=f"grid-table {name}")
    return html.Div(table, className="table-frame")


def _subject(row: Closed, context: Context) -> html.Span:
    words = row.subject or context.text("analyst.no_subject")
    return html.Span(words, title=words, className="bidi" if row.subject else "quieter")


def _uncounted(row: Closed, context: Context) -> Any:
    if row.counts:
        return html.Span(context.text("analyst.unclassified"), className="quieter")
    return html.Span(context.text("analyst.uncounted"), className="quieter")


def _ago(row: Closed, own: Panel, context: Context) -> Any:
    if row.closed_at is None:
        return no_data(context)
    seconds = max(0.0, (own.now - row.closed_at).total_seconds())
    return html.Span(
        context.formats.duration(seconds), title=context.formats.full_moment(row.closed_at)
    )


def _whose(own: Panel) -> str:
    return "own" if own.own else "other"


def _ratings(own: Panel, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    csat = own.csat
    if csat.value is None or csat.low is None or csat.high is None:
        body: Any = html.P(text("analyst.ratings.none"), className="result-none")
    elif csat.n < own.csat_minimum:
        body = html.P(text.plural("analyst.ratings.few", csat.n, n=csat.n), className="result-none")
    else:
        floor = scale_floor([csat])
        marks = f"{floor * 100:.0f}", f"{(floor + 1) * 50:.0f}", "100%"
        between = text(
            "analyst.ratings.between",
            low=formats.decimal(csat.low * 100),
            high=formats.decimal(csat.high * 100),
            n=formats.count(csat.n),
        )
        body = html.Div(
            [
                html.P(
                    [formats.decimal(csat.value * 100), html.Small("%"), html.Span(between)],
                    className="result-value",
                ),
                interval_bar(csat, None, floor, context),
                html.Div([html.Span(mark) for mark in marks], className="result-scale"),
                html.P(_before_ratings(own, context), className="quieter"),
            ],
            className="result",
        )
    return panel(
        text(f"analyst.ratings.title_{_whose(own)}"),
        body,
        tools=[passport_button(PAGE, own.csat_passport, context)],
        id=ids.panel(PAGE, "csat_score"),
    )


def _before_ratings(own: Panel, context: Context) -> str:
    before = own.csat_before
    if before is None or before.value is None:
        return context.text("analyst.ratings.no_before")
    formats = context.formats
    return context.text(
        "analyst.ratings.before", value=formats.share(before.value), n=formats.count(before.n)
    )


def _times(own: Panel, context: Context) -> html.Section:
    rows = [_time(one, context) for one in own.times]
    return panel(
        context.text(f"analyst.times.title_{_whose(own)}"),
        html.Div(rows, className="result-lines"),
        population=context.text("analyst.times.median"),
        id=ids.panel(PAGE, "times"),
    )


def _time(one: Comparison, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    value = no_data(context) if one.now.value is None else formats.duration(one.now.value)
    past = []
    if one.before is not None and one.before.value is not None:
        past.append(text("kpi.before", value=formats.duration(one.before.value)))
    if one.team is not None:
        past.append(text("analyst.times.team", value=formats.duration(one.team)))
    return html.Div(
        [
            html.Div(
                [
                    html.Span(text(f"metrics.{one.key}.label")),
                    passport_button(PAGE, one.passport, context),
                    html.B(value),
                ],
                className="result-line",
            ),
            html.Div(
                [html.Span(" · ".join(past), className="quieter"), _moved(one, context)],
                className="result-line",
            ),
        ]
    )


def _moved(one: Comparison, context: Context) -> html.Span | None:
    if one.now.value is None or one.before is None or one.before.value is None:
        return None
    difference = one.now.value - one.before.value
    if round(difference) == 0:
        return html.Span(context.text("kpi.same"), className="quieter")
    words = context.text(
        f"analyst.times.{'slower' if difference > 0 else 'faster'}",
        value=context.formats.rough(abs(difference)),
    )
    arrow = icon("arrow-up" if difference > 0 else "arrow-down")
    return html.Span([arrow, words], className="good" if difference < 0 else "quiet")


def _calls(own: Panel, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    title = text(f"analyst.calls.title_{_whose(own)}")
    if not own.voice:
        return panel(
            title,
            html.P(text("analyst.calls.off"), className="result-none"),
            id=ids.panel(PAGE, "calls"),
        )
    lines = [
        html.Div(
            [
                html.Span(
                    [
                        f"{formats.moment(call.started_at)} ",
                        html.Span(call.words, className="quiet"),
                    ]
                ),
                html.Span(
                    [
                        html.Span(formats.talk(call.talk_seconds), className="quiet")
                        if call.talk_seconds is not None
                        else None,
                        html.A(
                            text("states.listen"),
                            href=f"/calls/{call.id}/recording",
                            target="_blank",
                            rel="noopener noreferrer",
                            className="link",
                        )
                        if call.has_recording
                        else None,
                    ],
                    className="call-end",
                ),
            ],
            className="result-line call-line",
        )
        for call in own.calls
    ]
    body = (
        html.Div(lines, className="result-lines")
        if lines
        else html.P(text("analyst.calls.none"), className="result-none")
    )
    return panel(
        title,
        body,
        population=text.plural(
            "analyst.calls.answered", own.calls_answered, n=formats.count(own.calls_answered)
        ),
        id=ids.panel(PAGE, "calls"),
    )


def unusable(reason: str, context: Context) -> html.Div:
    """A banner for an address that asks for something impossible."""
    text = context.text
    return banner(
        "attention", text("filters.unusable"), text("analyst.unusable_words", reason=reason)
    )
