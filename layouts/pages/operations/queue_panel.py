"""The queue on the left of the wall: who waits and for how long, and the latest assignments."""

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
from layouts.icons import channel_icon, icon
from layouts.pages.operations import PAGE
from metrics.live.waiting import WaitingWork

# Rows that fit on a screen in the room; a desk shows the others when it is asked.
KIOSK_ROWS, DESK_ROWS = 7, 50
# Of those who hold what they do not answer, so many are told by name.
KIOSK_HOLDERS, HOLDERS = 2, 5
# Rows that a phone shows before it is asked for all.
FOLDED_ROWS = 3
# Longer ids are told by their end.
ID_SHOWN = 6
# With so few in the queue there is room for the latest assignments below.
ROOM_FOR_ASSIGNMENTS = 3


@dataclass(frozen=True)
class Assignment:
    """`subject` is None where the reader may not see it, `url` where the reader may not open it."""

    at: datetime
    agent: str
    team: str | None
    state: str
    subject: str | None = None
    url: str | None = None


def latest_assignments(
    latest: Sequence[Assignment], shown: int, context: Context
) -> Element | None:
    if not latest:
        return None
    rows = [
        html.Li(
            [
                html.Span(context.formats.clock(assignment.at)),
                html.Span(assignment.agent, className="bidi", title=assignment.agent),
            ]
        )
        for assignment in latest[:shown]
    ]
    return html.Div(
        [html.H3(context.text("operations.assignments.title")), html.Ul(rows)],
        className="lamp-latest",
    )


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


@dataclass(frozen=True)
class Waiting:
    """`since` is None when it is the customer's turn; `channel` is the vendor's word."""

    id: str
    team: str | None
    since: datetime | None
    channel: str | None
    url: str | None = None


@dataclass(frozen=True)
class Queue:
    """What nobody has taken, the longest wait first, the customer's turn last; `late_at` is when it
    was last read, if that is too long ago.
    """

    rows: Sequence[Waiting]
    work: WaitingWork
    late_at: datetime | None = None

    @property
    def limit_seconds(self) -> float:
        return self.work.rules.queue_limit_seconds

    @property
    def ours(self) -> int:
        return sum(1 for row in self.rows if row.since is not None)

    @property
    def oldest(self) -> datetime | None:
        return self.rows[0].since if self.rows else None


def queue_list(queue: Queue, kiosk: bool, at: datetime, context: Context) -> Element:
    text, formats = context.text, context.formats
    holders = min(len(queue.work.orphaned), KIOSK_HOLDERS)
    # Their heading has the height of two.
    room = KIOSK_ROWS - (2 + holders if holders else 0)
    shown = queue.rows[: room if kiosk else DESK_ROWS]
    rows = [_queue_row(waiting, queue, at, context) for waiting in shown]
    hidden = len(queue.rows) - len(shown)
    notes = []
    if hidden:
        notes.append(html.Li(_hidden_note(queue, hidden, context), className="queue-note"))
    see_all = text("operations.see_all", n=formats.count(len(queue.rows)))
    length = "queue-many" if len(queue.rows) > KIOSK_ROWS else ""
    fold = html.Button(
        [
            html.Span(see_all, className="queue-closed"),
            html.Span(text("operations.see_less"), className="queue-opened"),
        ],
        className=f"queue-fold {'queue-short' if len(queue.rows) <= FOLDED_ROWS else length}",
        **{"data-fold": ""},
    )
    return html.Div(
        [
            html.Ul(rows, className="queue"),
            html.Ul(notes),
            fold,
        ],
        className="lines",
    )


def _hidden_note(queue: Queue, hidden: int, context: Context) -> str:
    """Those of the customer's turn are the last, so they are among the hidden ones."""
    text, formats = context.text, context.formats
    label = text.plural("operations.more", hidden, n=formats.count(hidden))
    customers = min(hidden, len(queue.rows) - queue.ours)
    if not customers:
        return label
    extra = text.plural("operations.more_customer", customers, n=formats.count(customers))
    return f"{label}, {extra}"


def _queue_row(waiting: Waiting, queue: Queue, at: datetime, context: Context) -> Element:
    text = context.text
    shown = waiting.id if len(waiting.id) <= ID_SHOWN else "…" + waiting.id[-ID_SHOWN + 1 :]
    mark: Any = [channel_icon(waiting.channel), html.Span(shown)]
    if waiting.url:
        label = text("operations.open_this", id=waiting.id)
        mark = html.A(
            [*mark, icon("box-arrow-up-right")],
            href=waiting.url,
            target="_blank",
            rel="noopener noreferrer",
            className="queue-id",
            title=label,
            **{"aria-label": label},
        )
    else:
        mark = html.Span(mark, className="queue-id", title=waiting.id)
    team = html.Span(
        waiting.team or text("operations.no_team"), className="queue-team bidi", title=waiting.team
    )
    if waiting.since is None:
        word = html.B(
            text("operations.awaits"), className="queue-wait", title=text("operations.awaits_full")
        )
        return html.Li([word, team, mark], className="queue-customer")
    share = min(
        1.0, ((queue.late_at or at) - waiting.since).total_seconds() / max(1.0, queue.limit_seconds)
    )
    return html.Li(
        [
            html.B(waiting_time(waiting.since, queue, at, context), className="queue-wait"),
            team,
            mark,
        ],
        style={"--share": f"{share * 100:.1f}%"},
        **running_attributes(waiting.since, queue),
    )


def waiting_time(since: datetime, queue: Queue, at: datetime, context: Context) -> Any:
    """Of an old queue, how long it had waited when it was read."""
    if queue.late_at is None:
        return timer(since, at, context)
    return context.formats.timer((queue.late_at - since).total_seconds())


def running_attributes(since: datetime | None, queue: Queue) -> dict[str, str]:
    """What the browser needs to go on by itself; nothing where the queue is old."""
    if since is None or queue.late_at is not None:
        return {}
    return {
        "data-since": f"{since.timestamp():.0f}",
        "data-limit": f"{queue.limit_seconds:.0f}",
    }


def orphaned_list(queue: Queue, kiosk: bool, at: datetime, context: Context) -> Element:
    """What waits with those who are not there: who, how much, how long."""
    text, formats = context.text, context.formats
    held, shown = queue.work.orphaned, KIOSK_HOLDERS if kiosk else HOLDERS
    rows = [
        html.Li(
            [
                html.B(waiting_time(row.waiting_since, queue, at, context), className="queue-wait"),
                html.Span(
                    row.name or text("operations.crew.unnamed", id=row.agent_id),
                    className="queue-team bidi",
                ),
                html.Span(formats.count(len(row.ids))),
            ]
        )
        for row in held[:shown]
    ]
    rest = sum(len(row.ids) for row in held[shown:])
    if rest:
        rows.append(
            html.Li(
                text.plural("operations.orphaned_more", rest, n=formats.count(rest)),
                className="queue-note",
            )
        )
    count = sum(len(row.ids) for row in held)
    title = text.plural("operations.orphaned", count, n=formats.count(count))
    return html.Div([html.H3(title), html.Ul(rows)], className="lamp-orphaned")


@dataclass(frozen=True)
class QueuePanel:
    """`by_team` are (team or None, how many), most first; `longest_today` is a wait that is over,
    and when it began.
    """

    queue: Queue
    by_team: Sequence[tuple[str | None, int]]
    quiet_since: datetime | None = None
    longest_today: tuple[float, datetime] | None = None
    infos: Sequence[MetricInfo] = ()
    latest: Sequence[Assignment] = ()


def queue_panel(queue_panel: QueuePanel, kiosk: bool, at: datetime, context: Context) -> Element:
    """A `kiosk` on a wall has no links and does not scroll."""
    is_late = queue_panel.queue.late_at is not None
    severity = work_severity(queue_panel.queue.work, at, is_late=is_late)
    parts: list[Element | None] = [
        _head(queue_panel, severity, kiosk, context),
        _heading(queue_panel, kiosk, context),
    ]
    if queue_panel.queue.rows:
        parts += [_count(queue_panel, context), _longest(queue_panel, kiosk, at, context)]
        parts.append(queue_list(queue_panel.queue, kiosk, at, context))
    else:
        parts.append(_calm(queue_panel, at, context))
    orphaned = queue_panel.queue.work.orphaned
    if orphaned:
        parts.append(orphaned_list(queue_panel.queue, kiosk, at, context))
    elif len(queue_panel.queue.rows) <= ROOM_FOR_ASSIGNMENTS:
        parts.append(
            latest_assignments(queue_panel.latest, 3 if queue_panel.queue.rows else 4, context)
        )
    return html.Section(
        [part for part in parts if part is not None],
        className="lamp" + ("" if queue_panel.queue.rows else " lamp-zero"),
        **{"aria-label": context.text("operations.wait_title")},
        **severity,
    )


def _head(
    queue_panel: QueuePanel, severity: Mapping[str, str], kiosk: bool, context: Context
) -> Element:
    text = context.text
    at = context.formats.clock(queue_panel.queue.late_at) if queue_panel.queue.late_at else ""
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


def _count(queue_panel: QueuePanel, context: Context) -> Element:
    digits = context.formats.count(len(queue_panel.queue.rows))
    return html.Div(
        [
            html.P(digits, className=f"lamp-count lamp-count-{min(4, len(digits))}"),
            html.Ul(
                [html.Li(words) for words in _split(queue_panel, context)], className="lamp-split"
            ),
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
    limit = formats.timer(queue_panel.queue.limit_seconds)
    if queue_panel.queue.oldest is None:
        customers = len(queue_panel.queue.rows)
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
                waiting_time(queue_panel.queue.oldest, queue_panel.queue, at, context),
                className="lamp-time",
            ),
        ],
        className="lamp-longest",
    )


def _calm(queue_panel: QueuePanel, at: datetime, context: Context) -> Element:
    text, formats = context.text, context.formats
    quiet: Any = text("operations.quiet")
    if queue_panel.queue.work.orphaned:
        quiet = text("frame.no_queue")
    elif queue_panel.quiet_since is not None and queue_panel.queue.late_at is None:
        label = text("operations.quiet_since", span="{span}")
        quiet = lasting(queue_panel.quiet_since, at, context, label)
    lines = [html.P(quiet, className="lamp-quiet")]
    if queue_panel.longest_today is not None:
        seconds, since = queue_panel.longest_today
        label = text(
            "operations.longest_today", span=formats.timer(seconds), at=formats.clock(since)
        )
        lines.append(html.P(label, className="lamp-about"))
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
