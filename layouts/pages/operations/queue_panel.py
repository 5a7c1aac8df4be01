"""The lamp on the left of the wall: how many wait, for how long, and the first in line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.live_time import lasting, timer
from layouts.components.metric_info import MetricInfo, info_button
from layouts.components.panel import open_link, panel
from layouts.components.severity import severity_marks, work_severity
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.pages.operations import PAGE
from layouts.pages.operations.line import Line, first_in_line
from metrics.live.waiting import WaitingWork


@dataclass(frozen=True)
class Assignment:
    """`subject` is None where the reader may not see it, `url` where the reader may not open it."""

    at: datetime
    agent: str
    team: str | None
    state: str
    subject: str | None = None
    url: str | None = None


def assignments_table(latest: Sequence[Assignment], subjects: bool, context: Context) -> Element:
    """`latest` is newest first; without `subjects` the column is left out."""
    text = context.text
    columns = ["at", "agent", "team", *(["subject"] if subjects else []), "state"]
    heads = [html.Th(text(f"operations.assignments.{key}"), className="left") for key in columns]
    heads += [html.Th("")] if subjects else []
    rows = [html.Tr(_assignment_cells(assignment, subjects, context)) for assignment in latest]
    body: Any = html.P(
        text("operations.assignments.nothing"), className="wall-nothing wall-nothing-panel"
    )
    if rows:
        grid = html.Table(
            [html.Thead(html.Tr(heads)), html.Tbody(rows)], className="grid-table latest-table"
        )
        body = html.Div(grid, className="table-frame")
    return panel(text("operations.assignments.title"), body, id=ids.panel(PAGE, "last_assignments"))


def _assignment_cells(assignment: Assignment, subjects: bool, context: Context) -> list[Element]:
    text = context.text
    cells = [
        html.Td(context.formats.moment(assignment.at), className="left quiet"),
        html.Td(html.Span(assignment.agent, className="bidi"), className="left name"),
        html.Td(assignment.team or text("operations.no_team"), className="left"),
    ]
    if subjects:
        cells.append(html.Td(_assignment_subject(assignment, context), className="left subject"))
    cells.append(html.Td(text(f"operations.state.{assignment.state}"), className="left quiet"))
    if subjects:
        cells.append(
            html.Td(open_link(assignment.url, text("states.open")) if assignment.url else "")
        )
    return cells


def _assignment_subject(assignment: Assignment, context: Context) -> Element:
    text = context.text
    if assignment.subject is None:
        parts = [icon("lock-fill"), text("operations.assignments.hidden")]
        return html.Span(parts, className="quieter")
    subject = assignment.subject or text("operations.assignments.no_subject")
    return html.Span(subject, title=subject, className="bidi" if assignment.subject else "quieter")


def waiting_time(since: datetime, late_at: datetime | None, at: datetime, context: Context) -> Any:
    """Of an old queue, how long it had waited when it was read."""
    if late_at is None:
        return timer(since, at, context)
    return context.formats.timer((late_at - since).total_seconds())


@dataclass(frozen=True)
class QueuePanel:
    """What nobody has taken, and all that waits.

    Attributes:
        by_team: (team or None, how many), most first.
        longest_today: A wait that is over, and when it began.
    """

    work: WaitingWork
    line: Line
    by_team: Sequence[tuple[str | None, int]] = ()
    quiet_since: datetime | None = None
    longest_today: tuple[float, datetime] | None = None
    infos: Sequence[MetricInfo] = ()

    @property
    def count(self) -> int:
        return len(self.work.queue) + len(self.work.unrouted)

    @property
    def late_at(self) -> datetime | None:
        return self.line.late_at


def queue_panel(queue_panel: QueuePanel, kiosk: bool, at: datetime, context: Context) -> Element:
    """A `kiosk` on a wall has no links and does not scroll."""
    is_late = queue_panel.late_at is not None
    severity = work_severity(queue_panel.work, at, is_late=is_late)
    parts: list[Element | None] = [
        _head(queue_panel, severity, kiosk, context),
        _heading(queue_panel, kiosk, context),
    ]
    if queue_panel.count:
        parts += [_count(queue_panel, at, context), _longest(queue_panel, kiosk, at, context)]
    else:
        parts.append(_calm(queue_panel, at, context))
    parts.append(first_in_line(queue_panel.line, kiosk, at, context))
    return html.Section(
        [part for part in parts if part is not None],
        className="lamp" + ("" if queue_panel.count else " lamp-zero"),
        **{"aria-label": context.text("operations.wait_title")},
        **severity,
    )


def _lane_of_ai(queue_panel: QueuePanel, at: datetime, context: Context) -> list[Any]:
    """What waits for nobody of ours: how many, and the longest wait."""
    held = queue_panel.work.with_ai
    if not held:
        return []
    words = context.text("operations.with_ai", n=context.formats.count(len(held)))
    since = held[0].waiting_since
    if since is None:
        return [icon("sparkles"), words]
    longest = html.B(waiting_time(since, queue_panel.late_at, at, context))
    return [icon("sparkles"), f"{words}, ", longest]


def _head(
    queue_panel: QueuePanel, severity: Mapping[str, str], kiosk: bool, context: Context
) -> Element:
    text = context.text
    at = context.formats.clock(queue_panel.late_at) if queue_panel.late_at else ""
    mark = html.Span(className="lamp-mark")
    name = [mark, html.Span("Vigia", className="lamp-vigia")]
    brand = html.Span(name, className="lamp-brand")
    if kiosk and context.role != "wall":
        brand = html.A(
            name,
            href="/operations",
            className="lamp-brand",
            title=text("operations.kiosk_leave"),
        )
    page = html.Span([mark, html.Span(text("operations.title"))], className="lamp-page")
    return html.Div([brand, page, *severity_marks(severity, context, at)], className="lamp-head")


def _heading(queue_panel: QueuePanel, kiosk: bool, context: Context) -> Element:
    buttons = [] if kiosk else [info_button(PAGE, info, context) for info in queue_panel.infos[:1]]
    return html.H2([context.text("operations.wait_title"), *buttons], className="lamp-title")


def _count(queue_panel: QueuePanel, at: datetime, context: Context) -> Element:
    digits = context.formats.count(queue_panel.count)
    lines: list[Any] = [html.Li(words) for words in _split(queue_panel, context)]
    if lane := _lane_of_ai(queue_panel, at, context):
        lines.append(html.Li(lane, className="lamp-ai"))
    return html.Div(
        [
            html.P(digits, className=f"lamp-count lamp-count-{min(4, len(digits))}"),
            html.Ul(lines, className="lamp-split"),
        ],
        className="lamp-big",
    )


def _split(queue_panel: QueuePanel, context: Context) -> list[str]:
    """The largest three; what no team answers for is always among them."""
    text, formats = context.text, context.formats
    lines = [
        text("operations.split.none", n=formats.count(n))
        if team is None
        else text("operations.split.team", n=formats.count(n), team=team)
        for team, n in queue_panel.by_team[:3]
    ]
    rest = sum(n for _, n in queue_panel.by_team[3:])
    if rest:
        lines.append(text.plural("operations.split.rest", rest, n=formats.count(rest)))
    return lines


def _longest(queue_panel: QueuePanel, kiosk: bool, at: datetime, context: Context) -> Element:
    text, formats = context.text, context.formats
    limit = formats.timer(queue_panel.work.rules.queue_limit_seconds)
    if queue_panel.work.longest_since is None:
        customers = queue_panel.count
        label = text.plural(
            "operations.quiet_customers_words", customers, n=formats.count(customers)
        )
        return html.Div(
            [
                html.P(text("operations.quiet_customers"), className="lamp-quiet"),
                html.P(label, className="lamp-about"),
            ],
            className="lamp-longest",
        )
    buttons = [] if kiosk else [info_button(PAGE, info, context) for info in queue_panel.infos[1:2]]
    return html.Div(
        [
            html.P(
                [
                    html.Span(text("operations.longest", limit=limit), className="for-desk"),
                    html.Span(text("operations.longest_short", limit=limit), className="for-phone"),
                    *buttons,
                ],
                className="lamp-about",
            ),
            html.P(
                waiting_time(queue_panel.work.longest_since, queue_panel.late_at, at, context),
                className="lamp-time",
            ),
        ],
        className="lamp-longest",
    )


def _calm(queue_panel: QueuePanel, at: datetime, context: Context) -> Element:
    text, formats = context.text, context.formats
    quiet: Any = text("operations.quiet")
    held = sum(len(row.rows) for row in queue_panel.work.orphaned)
    if held:
        quiet = text("frame.no_queue")
    elif queue_panel.quiet_since is not None and queue_panel.late_at is None:
        label = text("operations.quiet_since", span="{span}")
        quiet = lasting(queue_panel.quiet_since, at, context, label)
    lines = [html.P(quiet, className="lamp-quiet")]
    if held:
        label = text.plural("operations.orphaned", held, n=formats.count(held))
        lines.append(html.P(label, className="lamp-about"))
    if queue_panel.longest_today is not None:
        seconds, since = queue_panel.longest_today
        label = text(
            "operations.longest_today", span=formats.timer(seconds), at=formats.clock(since)
        )
        lines.append(html.P(label, className="lamp-about"))
    if lane := _lane_of_ai(queue_panel, at, context):
        lines.append(html.P(lane, className="lamp-about lamp-ai"))
    return html.Div(
        [
            html.Div(
                [html.Span(className="lamp-water"), html.P("0", className="lamp-none")],
                className="lamp-porthole",
            ),
            html.Div(lines, className="lamp-calm-words"),
        ],
        className="lamp-calm-body",
    )
