"""Everything that waits, in one line: its first on the lamp, all of it on a desk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from layouts import ids
from layouts.components.context import Context
from layouts.components.live_time import lasting, timer
from layouts.components.panel import open_link, panel, segmented
from layouts.elements import Element, html
from layouts.icons import channel_icon, icon
from layouts.links import Choices, view
from layouts.pages.operations import PAGE, PATH
from layouts.pages.operations.agents import AgentsPanel, Candidate, tell_load
from metrics.live.line import BY_PHONE, KINDS, Hand, LineRow

# So many stand on the lamp, and at most so many on a desk.
FIRST, SHOWN = 5, 100
ICONS = {"ringing": "telephone-inbound", "callback": "telephone-outbound", "ticket": "list-ul"}
# Longer ids are told by their end.
ID_SHOWN = 6
# The customer's last message is answered freely for a day: a fourth of it is soon.
WINDOW_NEAR_SECONDS = 6 * 3600


class Waiting(NamedTuple):
    """`about` is who it is and of what; None where the reader may not see it."""

    row: LineRow
    url: str | None = None
    about: str | None = None


@dataclass(frozen=True)
class Line:
    """Everything that waits, what will be late first.

    Attributes:
        late_at: When conversations were last read, if that is too long ago.
        with_calls: False where calls are not known, or too old.
        chosen: Kinds that the reader wants to see; none = all.
    """

    rows: Sequence[Waiting] = ()
    late_at: datetime | None = None
    with_calls: bool = True
    chosen: Sequence[str] = ()


def first_in_line(line: Line, kiosk: bool, at: datetime, context: Context) -> Element | None:
    if not line.rows:
        return None
    text, formats = context.text, context.formats
    rest = len(line.rows) - FIRST
    more: Any = text.plural("operations.more", rest, n=formats.count(rest)) if rest > 0 else ""
    if not kiosk:
        see_all = text("operations.see_all", n=formats.count(len(line.rows)))
        more = html.A(see_all, href=f"#{ids.panel(PAGE, 'line')}", className="queue-all")
    rows = [_first(waiting, line, at, context) for waiting in line.rows[:FIRST]]
    return html.Div(
        [
            html.Ol(rows, className="queue", **{"aria-label": text("operations.line.title")}),
            html.P(more, className="queue-note") if more else None,
        ],
        className="lines",
    )


def _first(waiting: Waiting, line: Line, at: datetime, context: Context) -> Element:
    row = waiting.row
    hand = _name_hand(row, context)
    return html.Li(
        [
            html.B(_waited(row, line, at, context), className="queue-wait"),
            html.Span(_title(row, context), className="queue-team bidi"),
            _mark(waiting, context),
            html.Small(
                [
                    html.Span([icon("arrow-right"), hand], className="bidi") if hand else None,
                    *_warnings(row, at, context),
                ],
                className="queue-hand",
            ),
        ],
        className="queue-customer" if row.due_at is None else "",
        **_clock(row, line, at),
    )


def _clock(row: LineRow, line: Line, at: datetime) -> dict[str, Any]:
    """How much of its time has gone, and what the browser needs to go on by itself."""
    if row.since is None or row.due_at is None:
        return {}
    late_at = _find_late(row, line)
    limit = (row.due_at - row.since).total_seconds()
    share = min(1.0, ((late_at or at) - row.since).total_seconds() / max(1.0, limit))
    told: dict[str, Any] = {"style": {"--share": f"{share * 100:.1f}%"}}
    if late_at is None:
        told |= {"data-since": f"{row.since.timestamp():.0f}", "data-limit": f"{limit:.0f}"}
    return told


def _find_late(row: LineRow, line: Line) -> datetime | None:
    return None if row.kind in BY_PHONE else line.late_at


def _waited(row: LineRow, line: Line, at: datetime, context: Context) -> Any:
    if row.since is None:
        return context.text("operations.awaits")
    late_at = _find_late(row, line)
    if late_at is None:
        return timer(row.since, at, context)
    return context.formats.timer((late_at - row.since).total_seconds())


def _title(row: LineRow, context: Context) -> str:
    text = context.text
    unnamed = text("operations.crew.unnamed", id=row.holder_id or "")
    names = {
        "chat": row.team or text("operations.no_team"),
        "unrouted": text("operations.no_team"),
        "orphaned": text("operations.line.orphaned", agent=row.holder or unnamed),
        "ringing": text("operations.line.ringing", line=row.phone_line or ""),
        "callback": text("operations.line.callback", line=row.phone_line or ""),
        "ticket": text("operations.line.ticket", id=row.id),
    }
    return names[row.kind].strip(" ,:")


def _mark(waiting: Waiting, context: Context) -> Element:
    row, told = waiting.row, waiting.row.id
    shown = told if len(told) <= ID_SHOWN else "…" + told[-ID_SHOWN + 1 :]
    mark: list[Any] = [_row_icon(row), html.Span("" if row.kind in BY_PHONE else shown)]
    if not waiting.url:
        return html.Span(mark, className="queue-id", title=told)
    label = context.text("operations.open_this", id=told)
    return html.A(
        [*mark, icon("box-arrow-up-right")],
        href=waiting.url,
        target="_blank",
        rel="noopener noreferrer",
        className="queue-id",
        title=label,
        **{"aria-label": label},
    )


def _row_icon(row: LineRow) -> Element:
    return icon(ICONS[row.kind]) if row.kind in ICONS else channel_icon(row.channel)


def _name_hand(row: LineRow, context: Context) -> str:
    text = context.text
    if row.hand is None:
        return text("operations.line.nobody") if row.due_at is not None else ""
    name = row.hand.load.name
    if row.hand.has_it:
        return text(f"operations.line.has_{row.kind}", agent=name)
    return name


def _warnings(row: LineRow, at: datetime, context: Context) -> list[Element]:
    """What else presses."""
    text, found = context.text, []
    if row.window_until is not None:
        left = (row.window_until - at).total_seconds()
        if left <= 0:
            found.append(text("operations.line.window_over"))
        elif left <= WINDOW_NEAR_SECONDS:
            until = context.formats.clock(row.window_until)
            found.append(text("operations.line.window", at=until))
    return [html.Strong(words, className="queue-warning") for words in found]


def line_panel(
    line: Line, agents_panel: AgentsPanel, choices: Choices, at: datetime, context: Context
) -> Element:
    """All of it, of the kinds that are chosen."""
    text, formats = context.text, context.formats
    rows = [w for w in line.rows if not line.chosen or w.row.kind in line.chosen]
    lines = [_line(waiting, line, agents_panel, at, context) for waiting in rows[:SHOWN]]
    body: list[Any] = [html.Ol(lines, className="line")]
    if not rows:
        body = [
            html.P(text("operations.line.nothing"), className="wall-nothing wall-nothing-panel")
        ]
    notes = [] if line.with_calls else [text("operations.line.no_calls")]
    if len(rows) > SHOWN:
        rest = len(rows) - SHOWN
        notes.append(text.plural("operations.more", rest, n=formats.count(rest)))
    return panel(
        text("operations.line.title"),
        body,
        tools=[_choose_kinds(line, choices, context)],
        footnote=" ".join(notes),
        class_name="line-panel",
        id=ids.panel(PAGE, "line"),
    )


def _choose_kinds(line: Line, choices: Choices, context: Context) -> Element:
    text, formats = context.text, context.formats
    counts = Counter(waiting.row.kind for waiting in line.rows)
    every = f"{text('operations.line.all')} {formats.count(len(line.rows))}"
    shown = [kind for kind in KINDS if counts[kind] or kind in line.chosen]
    links = [
        (
            f"{text(f'operations.line.kind.{kind}')} {formats.count(counts[kind])}",
            view(PATH, choices, kind=kind),
            list(line.chosen) == [kind],
        )
        for kind in shown
    ]
    links.insert(0, (every, view(PATH, choices, kind=None), not line.chosen))
    return segmented(links, text("operations.line.kinds"), "line-kinds")


def _line(
    waiting: Waiting, line: Line, agents_panel: AgentsPanel, at: datetime, context: Context
) -> Element:
    text, row = context.text, waiting.row
    about = [waiting.about] if waiting.about else []
    if row.missed > 1:
        about.append(text("operations.line.missed", n=context.formats.count(row.missed)))
    hand = _name_hand(row, context)
    why = [] if row.hand is None else [_tell_why(row.hand, agents_panel, context)]
    return html.Li(
        [
            _row_icon(row),
            html.Div(
                [
                    html.B(_title(row, context), className="bidi"),
                    html.Small(", ".join(about), className="bidi line-about") if about else None,
                    *_warnings(row, at, context),
                ],
                className="line-what",
            ),
            html.Div(
                [html.B(_waited(row, line, at, context)), _tell_due(row, line, at, context)],
                className="line-when",
            ),
            html.Div(
                [html.Span(hand, className="bidi"), *(html.Small(words) for words in why)],
                className="line-hand",
            ),
            open_link(waiting.url, text("states.open")) if waiting.url else html.Span(),
        ],
        className="queue-customer" if row.due_at is None else "",
    )


def _tell_due(row: LineRow, line: Line, at: datetime, context: Context) -> Element | None:
    text, formats = context.text, context.formats
    if row.due_at is None:
        return None
    if row.due_at <= at and _find_late(row, line) is None:
        words = text("operations.line.late", span="{span}")
        return html.Small(lasting(row.due_at, at, context, words), className="line-late")
    is_today = row.due_at.astimezone(formats.zone).date() == at.astimezone(formats.zone).date()
    due = formats.clock(row.due_at) if is_today else formats.moment(row.due_at)
    return html.Small(text("operations.line.due", at=due))


def _tell_why(hand: Hand, agents_panel: AgentsPanel, context: Context) -> str:
    load = hand.load
    candidate = Candidate(load.name, load.open, load.voice_free, load.tier < 2)
    told = tell_load(candidate, agents_panel, context)
    return told if hand.in_team else f"{told}, {context.text('operations.line.other_team')}"
