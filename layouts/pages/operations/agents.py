"""The agents on the wall: presence, what each carries and did, and who could take the next case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from layouts.components.context import Context
from layouts.components.live_time import lasting, timer
from layouts.components.states import message
from layouts.elements import Element, dcc, html
from layouts.icons import icon

# State in the chat -> kind and icon.
TEXT_CHIPS = {
    "active": ("on", "chat-left-fill"),
    "explained": ("away", "chat-left"),
    "unknown": ("away", "question-circle"),
}
VOICE_ICONS = {
    "available": "telephone-fill",
    "in_call": "telephone-inbound-fill",
    "ringing": "telephone-inbound-fill",
    "after_call_work": "pencil-square",
    "do_not_disturb": "telephone-minus",
}
BUSY = ("in_call", "after_call_work", "ringing")
# Blocks beyond the limit that are still drawn one by one; of more, the first stands for them.
BEYOND = 2
# Letters from which on a name is set narrower.
NARROW = ((22, " crew-narrowest"), (18, " crew-narrow"))
# A name longer than this is written smaller.
LONG_NAME = 17


@dataclass(frozen=True)
class Agent:
    """One line of the table.

    Attributes:
        text: active, away or unknown.
        text_reason: Why away, in the person's own words.
        explained: Away, but because of a call.
        voice: The vendor's word; None without a telephone.
        clash: Active in one and unavailable in the other.
        ours: Open conversations that wait for us.
        customers: Open conversations that wait for the customer.
        recent: Conversations of the last 30 minutes.
        spike: Whether many came in a short time.
    """

    id: str
    name: str
    text: str
    text_reason: str | None
    text_since: datetime | None
    explained: bool
    voice: str | None
    voice_since: datetime | None
    clash: bool
    ours: int
    customers: int
    snoozed: int
    recent: int
    conversations: int
    calls: int
    overloaded: bool = False
    spike: bool = False
    href: str | None = None

    @property
    def open(self) -> int:
        return self.ours + self.customers


@dataclass(frozen=True)
class Candidate:
    name: str
    open: int
    voice_free: bool
    text_free: bool = True


@dataclass(frozen=True)
class AgentsPanel:
    """Everybody in scope.

    Attributes:
        busy: Why the others cannot: on_call, after_call, overloaded, away -> people.
        period: today or 48h.
    """

    agents: Sequence[Agent]
    candidates: Sequence[Candidate]
    busy: Mapping[str, int] = field(default_factory=dict)
    limit: int = 10
    period: str = "today"
    voice: bool = True
    voice_read: bool = True
    text_late: bool = False
    voice_late: bool = False


def _chip(kind: str, icon_name: str, words: list[Any], title: str, doubt: bool) -> Element:
    late = " chip-late" if doubt else ""
    return html.Span(
        [icon(icon_name), html.Span(words, className="presence-words")],
        className=f"presence presence-{kind}{late}",
        title=title,
    )


def text_chip(agent: Agent, agents_panel: AgentsPanel, at: datetime, context: Context) -> Element:
    """A call explains being away."""
    text = context.text
    state = "explained" if agent.explained and agent.text != "active" else agent.text
    if state in TEXT_CHIPS:
        label = text(f"operations.text.{state}")
        return _chip(*TEXT_CHIPS[state], [label], label, agents_panel.text_late)
    reason = agent.text_reason or text("operations.text.away")
    parts: list[Any] = [html.Span(reason, className="bidi presence-reason")]
    if agent.text_since is not None:
        parts += [" ", lasting(agent.text_since, at, context)]
    return _chip("away", "chat-left", parts, reason, agents_panel.text_late)


def voice_chip(agent: Agent, agents_panel: AgentsPanel, at: datetime, context: Context) -> Element:
    """Amber where it contradicts the chat."""
    text = context.text
    if not agents_panel.voice_read:
        label = text("operations.voice.unread")
        return _chip("away", "telephone-x", [label], label, False)
    if agent.voice is None:
        label = text("operations.voice.none")
        return _chip("none", "telephone-x", [label], label, agents_panel.voice_late)
    key = f"operations.voice.{agent.voice}"
    label = text(key) if text.has(key) else agent.voice.replace("_", " ")
    since = None if agents_panel.voice_late else agent.voice_since
    if agent.clash:
        parts: list[Any] = [label, *([" ", lasting(since, at, context)] if since else [])]
        title = f"{label}: {text('operations.clash')}"
        return _chip("clash", "exclamation-diamond-fill", parts, title, agents_panel.voice_late)
    parts = [html.Span(label, className="bidi")]
    if agent.voice in BUSY and since is not None:
        parts += [" ", timer(since, at, context)]
    kind = "busy" if agent.voice in BUSY else "on" if agent.voice == "available" else "away"
    return _chip(
        kind, VOICE_ICONS.get(agent.voice, "telephone-x"), parts, label, agents_panel.voice_late
    )


def agents_table(
    agents_panel: AgentsPanel, shown: int | None, at: datetime, context: Context
) -> Element:
    """Beyond `shown` (None: all) the rest is told in one line."""
    text = context.text
    if not agents_panel.agents:
        title, label = text("operations.crew.nobody"), text("operations.crew.nobody_words")
        return html.Div(message("empty", context, title, label), className="crew-empty")
    cut = shown is not None and len(agents_panel.agents) > shown
    visible = agents_panel.agents[: shown - 1] if cut and shown else agents_panel.agents
    rows = [html.Tr(_cells(agent, agents_panel, at, context), **_row(agent)) for agent in visible]
    if cut:
        rows.append(_rest(agents_panel.agents[len(visible) :], agents_panel, context))
    table = html.Table(
        [_columns(agents_panel), html.Thead(_heads(agents_panel, context)), html.Tbody(rows)],
        className=" ".join(_table_classes(agents_panel)),
    )
    return html.Div(table, className=f"crew-frame crew-{_density(len(rows))}")


def _table_classes(agents_panel: AgentsPanel) -> list[str]:
    late = ["crew-late"] if agents_panel.text_late else []
    return ["crew", *late] if agents_panel.voice else ["crew", "crew-no-voice", *late]


def _density(rows: int) -> str:
    return "airy" if rows <= 8 else "tight"


def _row(agent: Agent) -> dict[str, Any]:
    away = agent.text != "active" and not agent.explained
    names = ["crew-away"] if away else []
    names += ["crew-open"] if agent.href else []
    return {"className": " ".join(names), "data-agent": agent.id}


def _columns(agents_panel: AgentsPanel) -> Element:
    keys = ["agent", "text", *(["voice"] if agents_panel.voice else []), "load"]
    keys += ["snoozed", "recent", "conversations", *(["calls"] if agents_panel.voice_read else [])]
    return html.Colgroup([html.Col(className=f"crew-col-{key}") for key in keys])


def _heads(agents_panel: AgentsPanel, context: Context) -> Element:
    text = context.text
    load = [
        html.Span(text("operations.crew.load"), className="load-word"),
        html.Span(
            [html.Span(className="block block-ours"), text("operations.crew.ours")], className="key"
        ),
        html.Span(
            [html.Span(className="block"), text("operations.crew.customers")], className="key"
        ),
    ]
    period = text(f"operations.crew.{agents_panel.period}")
    cells = [
        html.Th(text("operations.crew.agent")),
        html.Th(text("operations.crew.text"), className="cell-text"),
        html.Th(text("operations.crew.voice"), className="cell-voice")
        if agents_panel.voice
        else None,
        html.Th(load, className="cell-load"),
        _head("snoozed", text("operations.crew.snoozed"), context),
        _head("recent", text("operations.crew.recent"), context),
        _head("conversations", period, context),
        _head("calls", text("operations.crew.calls"), context) if agents_panel.voice_read else None,
    ]
    return html.Tr([cell for cell in cells if cell is not None])


def _head(key: str, words: str, context: Context) -> Element:
    return html.Th(words, className="number", title=context.text(f"operations.crew.{key}_full"))


def _cells(
    agent: Agent, agents_panel: AgentsPanel, at: datetime, context: Context
) -> list[Element]:
    formats = context.formats
    numbers = "number quieter" if agents_panel.text_late else "number"
    cells = [
        html.Td(_name(agent, context), className="cell-name"),
        html.Td(text_chip(agent, agents_panel, at, context), className="cell-text"),
        html.Td(voice_chip(agent, agents_panel, at, context), className="cell-voice")
        if agents_panel.voice
        else None,
        html.Td(_load(agent, agents_panel, context), className="cell-load"),
        html.Td(formats.count(agent.snoozed), className=f"{numbers} quiet"),
        html.Td(_recent(agent, context), className=numbers),
        html.Td(formats.count(agent.conversations), className=numbers),
    ]
    if agents_panel.voice_read:
        doubt = " quieter" if agents_panel.voice_late else ""
        cells.append(html.Td(formats.count(agent.calls), className=f"number{doubt}"))
    return [cell for cell in cells if cell is not None]


def _name(agent: Agent, context: Context) -> Any:
    label = agent.name or context.text("operations.crew.unnamed", id=agent.id)
    marks = []
    if agent.overloaded:
        title = context.text("operations.crew.overloaded")
        marks = [icon("exclamation-triangle-fill", "warn for-phone", title)]
    name = html.Span(label, className=f"bidi crew-name{_width_class(label)}", title=label)
    if agent.href is None:
        return html.Span([name, *marks])
    title = context.text("operations.crew.see", name=label)
    return html.Span([dcc.Link(name, href=agent.href, title=title), *marks])


def _width_class(name: str) -> str:
    """Long names get narrower letters before they are cut."""
    return next((kind for least, kind in NARROW if len(name) >= least), "")


def _load(agent: Agent, agents_panel: AgentsPanel, context: Context) -> Element:
    formats = context.formats
    count: list[Any] = [formats.count(agent.open)]
    if agent.overloaded:
        title = context.text("operations.crew.overloaded")
        count.insert(0, icon("exclamation-triangle-fill", "", title))
    kind = " load-over" if agent.overloaded else ""
    label = context.text(
        "operations.crew.load_words",
        n=formats.count(agent.open),
        ours=formats.count(agent.ours),
        customers=formats.count(agent.customers),
        limit=agents_panel.limit,
    )
    return html.Div(
        [html.B(count), _blocks(agent, agents_panel, context)], className=f"load{kind}", title=label
    )


def _blocks(agent: Agent, agents_panel: AgentsPanel, context: Context) -> Element:
    """A block for each open conversation: ours filled, the customer's hollow, the limit dashed."""
    beyond = agent.open - agents_panel.limit
    drawn = agent.open if beyond <= BEYOND else agents_panel.limit + 1
    marks = []
    for place in range(drawn):
        kind = "block-ours" if place < agent.ours else ""
        over = "block-over" if place >= agents_panel.limit else ""
        marks.append(html.Span(className=f"block {kind} {over}".strip()))
    marks += [html.Span(className="block-free")] * max(0, -beyond)
    marks.insert(agents_panel.limit, html.Span(className="load-limit"))
    if beyond > BEYOND:
        marks.append(html.Small(f"+{context.formats.count(beyond - 1)}"))
    return html.Span(marks, className="blocks", style={"--limit": str(agents_panel.limit)})


def _recent(agent: Agent, context: Context) -> Any:
    label = context.formats.count(agent.recent)
    if not agent.spike:
        return label
    mark = icon("lightning-fill", "", context.text("operations.crew.spike"))
    return html.Span([mark, label], className="crew-spike")


def _rest(rest: Sequence[Agent], agents_panel: AgentsPanel, context: Context) -> Element:
    """For whom there is no room, and what is remarkable about them."""
    text, formats = context.text, context.formats
    counted = {
        "overloaded": sum(row.overloaded for row in rest),
        "clash": sum(row.clash for row in rest) if agents_panel.voice else 0,
        "away": sum(row.text != "active" and not row.explained for row in rest),
    }
    parts = [
        html.Span(
            text.plural(f"operations.crew.more_{key}", n, n=formats.count(n)),
            className="" if key == "away" else "warn",
        )
        for key, n in counted.items()
        if n
    ]
    first = html.B(text.plural("operations.crew.more", len(rest), n=formats.count(len(rest))))
    return html.Tr(html.Td([first, *parts], colSpan=8), className="crew-rest")


def next_agent(agents_panel: AgentsPanel, context: Context) -> Element:
    text = context.text
    title = html.P(text("operations.next.title"), className="next-title")
    late = " doubtful" if agents_panel.text_late else ""
    if not agents_panel.candidates:
        why = [
            text.plural(f"operations.next.why.{key}", n, n=context.formats.count(n))
            for key, n in agents_panel.busy.items()
            if n
        ]
        key = "operations.next.nobody" if agents_panel.agents else "operations.next.nobody_here"
        parts = [html.B(text(key), className="next-nobody"), html.Span(", ".join(why))]
        return html.Div(html.Div([title, html.P(parts, className="next-name")]), className="next")
    first, *others = agents_panel.candidates[:3]
    lines = []
    for place, candidate in enumerate(others):
        before = [text("operations.next.then"), " "] if place == 0 else []
        is_voice_known = agents_panel.voice_read and not agents_panel.voice_late
        label = _open_count(candidate, context)
        if agents_panel.voice and is_voice_known and not candidate.voice_free:
            label += f", {text('operations.next.text')}"
        lines.append(html.P([*before, html.B(candidate.name, className="bidi"), f", {label}"]))
    return html.Div(
        [
            html.Div(
                [
                    title,
                    html.P(
                        [
                            html.B(first.name, className="bidi", title=first.name),
                            html.Span(tell_load(first, agents_panel, context)),
                        ],
                        className="next-name"
                        + (" next-long" if len(first.name) > LONG_NAME else "")
                        + late,
                    ),
                ],
                className="next-first",
            ),
            html.Div(lines, className="next-then" + late),
        ],
        className="next",
    )


def tell_load(candidate: Candidate, agents_panel: AgentsPanel, context: Context) -> str:
    """What somebody holds, and where somebody is free."""
    availability = _availability(candidate, agents_panel, context)
    return f"{_open_count(candidate, context)}, {availability}"


def _open_count(candidate: Candidate, context: Context) -> str:
    return context.text.plural(
        "operations.next.open", candidate.open, n=context.formats.count(candidate.open)
    )


def _availability(candidate: Candidate, agents_panel: AgentsPanel, context: Context) -> str:
    if not agents_panel.voice:
        return context.text("operations.next.text_only")
    if agents_panel.voice_late or not agents_panel.voice_read:
        return context.text("operations.next.voice_unsure")
    if not candidate.text_free:
        return context.text(f"operations.next.{'voice_only' if candidate.voice_free else 'busy'}")
    return context.text(f"operations.next.{'both' if candidate.voice_free else 'text'}")
