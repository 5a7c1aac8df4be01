"""What goes on now: the worst problem in full, the next ones smaller, all others a line each."""

from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from layouts.components import states
from layouts.components.context import Context
from layouts.components.live_time import lasting
from layouts.components.panel import panel
from layouts.components.severity import ICONS, KINDS, running_severity, severity_pill
from layouts.components.svg import stairs
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.links import view
from layouts.pages.alerts.data import PAGE, AlertRow, Alerts
from layouts.pages.alerts.words import AlertText, place_of
from layouts.slack.mrkdwn import plain
from metrics.alerts.rules import RULES

CARDS, EVENTS, MINUTE = 3, 6, 60
Event = tuple[float, str, float]
# What makes no line of its own in the course of a problem.
SILENT = frozenset({"ended"})


def live(alerts: Alerts, context: Context) -> list[Any]:
    """Calm water where there are none."""
    if not alerts.live:
        return [_calm(alerts, context)]
    cards = [_card(row, place, alerts, context) for place, row in enumerate(alerts.live[:CARDS])]
    rest = alerts.live[CARDS:]
    return [*cards, _rest(rest, alerts, context)] if rest else cards


def _calm(alerts: Alerts, context: Context) -> Element:
    text = context.text
    if not alerts.robot.is_running:
        drawn = states.message(
            "fog", context, text("alerts.nobody_looks"), text("alerts.nobody_looks_words")
        )
    else:
        words = text("alerts.calm_words") if alerts.ever else text("alerts.never_words")
        drawn = states.message("calm", context, text("alerts.calm"), words)
    return html.Section(drawn, className="panel")


def _card(row: AlertRow, place: int, alerts: Alerts, context: Context) -> Element:
    words = AlertText(row, alerts, context)
    severity = row.notice.problem.severity
    # Solid red is for one thing on a screen: the worst.
    solid = " problem-solid" if severity == "critical" and place == 0 else ""
    advice = [words.advice(), " ", *words.tickets()]
    return html.Article(
        [
            html.Div(
                [
                    _since(row, alerts, context),
                    html.H2(words.headline(), className="bidi"),
                    html.P(advice, className="problem-advice bidi"),
                    html.Div(_buttons(row, context), className="problem-tools"),
                ],
                className="problem-said",
            ),
            html.Div(
                [_stairs(row, alerts, context, bool(solid)), _course(row, context)],
                className="problem-course",
            )
            if row.events
            else None,
        ],
        className=f"problem problem-{KINDS[severity]}{solid}",
        **_attributes(row),
    )


def _attributes(row: AlertRow) -> dict[str, str]:
    """A severity that rises with the wait asks for the page when it has."""
    problem = row.notice.problem
    told = {"data-life": row.id}
    if problem.limit_seconds is None or problem.since is None:
        return told
    since = datetime.fromtimestamp(problem.since, UTC)
    return told | running_severity(problem.severity, since, problem.limit_seconds)


def _since(row: AlertRow, alerts: Alerts, context: Context) -> Element:
    notice, text = row.notice, context.text
    began = datetime.fromtimestamp(notice.fired_at, UTC)
    severity = notice.problem.severity
    words = text(f"alerts.since.{severity}", span="{span}")
    return html.P(
        [
            icon(ICONS[severity]),
            html.B(lasting(began, alerts.at, context, words)),
            html.Span(_who(row, alerts, context), className="bidi"),
        ],
        className="problem-since",
    )


def _who(row: AlertRow, alerts: Alerts, context: Context) -> str:
    notice, text = row.notice, context.text
    if notice.acknowledged_by and notice.acknowledged_at is not None:
        at = context.formats.clock(datetime.fromtimestamp(notice.acknowledged_at, UTC))
        return text("alerts.taken", by=plain(notice.acknowledged_by), at=at)
    if row.muted_until is not None and row.muted_until > alerts.at.timestamp():
        until = context.formats.clock(datetime.fromtimestamp(row.muted_until, UTC))
        return text("alerts.muted", at=until)
    return text("alerts.nobody")


def _buttons(row: AlertRow, context: Context) -> list[Any]:
    text, problem = context.text, row.notice.problem
    shown: list[Any] = []
    if row.notice.acknowledged_by is None:
        shown.append(_act("acknowledge", "hand-index", row, context, " button-primary"))
    if not RULES[problem.rule].sources:
        shown.append(_way("/status", "hdd-network", text("alerts.see_status")))
    elif problem.agent_id:
        href = view("/operations", {}, agent=problem.agent_id)
        shown.append(_way(href, "person", text("alerts.see_person")))
    else:
        known = problem.team_id if problem.team else None
        href = view("/operations", {}, team=known)
        shown.append(_way(href, "list-ul", text("alerts.see_queue")))
    if row.muted_until is None and row.notice.acknowledged_by is None:
        shown.append(_act("mute", "bell-slash", row, context))
    return shown


def _act(what: str, name_of_icon: str, row: AlertRow, context: Context, more: str = "") -> Element:
    return html.Button(
        [icon(name_of_icon), context.text(f"alerts.{what}")],
        className=f"button{more}",
        **{"data-act": f"{PAGE}.{what}", "data-life": row.id},
    )


def _way(href: str, name_of_icon: str, words: str) -> Element:
    return dcc.Link([icon(name_of_icon), words], href=href, className="button")


def _stairs(row: AlertRow, alerts: Alerts, context: Context, solid: bool) -> Any:
    if row.notice.problem.unit != "count":
        return None
    points = [(at, value) for at, _, value in row.events]
    points.append((alerts.at.timestamp(), row.notice.problem.value))
    colour = context.palette["crit-on" if solid else "ink2"]
    return stairs(points, colour, context.text("alerts.stairs"))


def _course(row: AlertRow, context: Context) -> Element:
    text, formats = context.text, context.formats
    events = [
        event
        for event, following in zip_longest(row.events, row.events[1:])
        if event[1] not in SILENT and not _is_same_moment(event, following)
    ]
    if len(events) > EVENTS:
        events = [events[0], *events[-(EVENTS - 1) :]]
    is_count = row.notice.problem.unit == "count"
    lines = []
    for at, what, value in events:
        key = f"alerts.event.{_as_it_arrived(row, at, what)}"
        words = text(f"{key}_n" if is_count and text.has(f"{key}_n") else key, n=f"{value:g}")
        clock = formats.clock(datetime.fromtimestamp(at, UTC))
        lines.append(html.Li([html.Span(clock, className="course-at"), html.Span(words)]))
    return html.Ol(lines, className="course")


def _as_it_arrived(row: AlertRow, at: float, what: str) -> str:
    """What was decided and has not arrived was not told."""
    is_message = what in ("told", "repeated")
    return "untold" if is_message and any(a <= at <= b for a, b in row.undelivered) else what


def _is_same_moment(event: Event, following: Event | None) -> bool:
    """Whether a problem was told as it was found: one line says both."""
    at, what, _ = event
    if following is None or what != "fired":
        return False
    return following[1] == "told" and following[0] - at < MINUTE


def _rest(rest: Any, alerts: Alerts, context: Context) -> Element:
    text = context.text
    rows = [_row(row, alerts, context) for row in rest]
    title = text.plural("alerts.more", len(rest), n=context.formats.count(len(rest)))
    return panel(title, html.Ul(rows, className="problem-rows"))


def _row(row: AlertRow, alerts: Alerts, context: Context) -> Element:
    words = AlertText(row, alerts, context)
    began = datetime.fromtimestamp(row.notice.fired_at, UTC)
    is_taken = row.notice.acknowledged_by is not None
    return html.Li(
        [
            severity_pill(row.notice.problem.severity, context),
            html.Span(words.headline(), className="problem-fact bidi"),
            html.Span(place_of(row.notice.problem, context), className="unseen"),
            html.Span(lasting(began, alerts.at, context), className="problem-age"),
            html.Span(_who(row, alerts, context), className="problem-who bidi")
            if is_taken
            else _act("acknowledge", "hand-index", row, context),
        ],
        **_attributes(row),
    )
