"""The agents on the wall: presence, what each carries and did, and who could take the next case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dash import dcc, html

from layouts.components.context import Context
from layouts.components.live_time import lasting, timer
from layouts.components.states import message
from layouts.icons import icon

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
        id: Intercom admin id.
        name: As Intercom has it.
        text: active, away or unknown.
        text_reason: Why away, in the person's own words.
        text_since: Since when.
        explained: Away, but because of a call.
        voice: The vendor's word; None without a telephone.
        voice_since: Since when.
        clash: Active in one and unavailable in the other.
        ours: Open conversations that wait for us.
        customers: Open conversations that wait for the customer.
        snoozed: Snoozed conversations.
        recent: Conversations of the last 30 minutes.
        conversations: Of the period.
        calls: Answered in the period.
        overloaded: Whether the limit of open conversations is reached.
        spike: Whether many came in a short time.
        href: Where the person's rows open, for who may see them.
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
        """All open conversations."""
        return self.ours + self.customers


@dataclass(frozen=True)
class Hand:
    """Somebody who could take the next case."""

    name: str
    open: int
    voice_free: bool


@dataclass(frozen=True)
class Crew:
    """Everybody in scope.

    Attributes:
        agents: Who can take the next case first.
        hands: Who could take the next case, best first.
        busy: Why the others cannot: on_call, after_call, overloaded, away -> people.
        limit: Open conversations from which on somebody has too many.
        period: today or 48h.
        voice: Whether there is telephony at all.
        voice_read: Whether it has ever answered.
        text_late: Whether Intercom's answers are too old.
        voice_late: Whether Aircall's are.
    """

    agents: Sequence[Agent]
    hands: Sequence[Hand]
    busy: Mapping[str, int] = field(default_factory=dict)
    limit: int = 10
    period: str = "today"
    voice: bool = True
    voice_read: bool = True
    text_late: bool = False
    voice_late: bool = False


def _chip(kind: str, icon_name: str, words: list[Any], title: str, doubt: bool) -> html.Span:
    late = " chip-late" if doubt else ""
    return html.Span(
        [icon(icon_name), html.Span(words, className="presence-words")],
        className=f"presence presence-{kind}{late}",
        title=title,
    )


def text_chip(one: Agent, crew: Crew, at: datetime, context: Context) -> html.Span:
    """Active, or away with the reason and since when; a call explains being away."""
    text = context.text
    if one.text == "active":
        words = text("operations.text.active")
        return _chip("on", "chat-left-fill", [words], words, crew.text_late)
    if one.explained:
        words = text("operations.text.explained")
        return _chip("away", "chat-left", [words], words, crew.text_late)
    if one.text == "unknown":
        words = text("operations.text.unknown")
        return _chip("away", "question-circle", [words], words, crew.text_late)
    reason = one.text_reason or text("operations.text.away")
    said: list[Any] = [html.Span(reason, className="bidi presence-reason")]
    if one.text_since is not None:
        said += [" ", lasting(one.text_since, at, context)]
    return _chip("away", "chat-left", said, reason, crew.text_late)


def voice_chip(one: Agent, crew: Crew, at: datetime, context: Context) -> html.Span:
    """The vendor's word in the reader's, amber where it contradicts the chat."""
    text = context.text
    if not crew.voice_read:
        words = text("operations.voice.unread")
        return _chip("away", "telephone-x", [words], words, False)
    if one.voice is None:
        words = text("operations.voice.none")
        return _chip("none", "telephone-x", [words], words, crew.voice_late)
    key = f"operations.voice.{one.voice}"
    words = text(key) if text.has(key) else one.voice.replace("_", " ")
    since = None if crew.voice_late else one.voice_since
    if one.clash:
        said: list[Any] = [words, *([" ", lasting(since, at, context)] if since else [])]
        return _chip(
            "clash",
            "exclamation-diamond-fill",
            said,
            f"{words}: {text('operations.clash')}",
            crew.voice_late,
        )
    said = [html.Span(words, className="bidi")]
    if one.voice in BUSY and since is not None:
        said += [" ", timer(since, at, context)]
    kind = "busy" if one.voice in BUSY else "on" if one.voice == "available" else "away"
    return _chip(kind, VOICE_ICONS.get(one.voice, "telephone-x"), said, words, crew.voice_late)


def agents_table(crew: Crew, shown: int | None, at: datetime, context: Context) -> html.Div:
    """One line per agent; beyond `shown` the rest is told in one line.

    Args:
        crew: Everybody.
        shown: How many lines there is room for; None = all.
        at: The server's present instant.
        context: The reader.
    """
    text = context.text
    if not crew.agents:
        title, words = text("operations.crew.nobody"), text("operations.crew.nobody_words")
        return html.Div(message("empty", context, title, words), className="crew-empty")
    cut = shown is not None and len(crew.agents) > shown
    visible = crew.agents[: shown - 1] if cut and shown else crew.agents
    rows = [html.Tr(_cells(one, crew, at, context), **_row(one)) for one in visible]
    if cut:
        rows.append(_rest(crew.agents[len(visible) :], crew, context))
    table = html.Table(
        [_columns(crew), html.Thead(_heads(crew, context)), html.Tbody(rows)],
        className=" ".join(_kinds(crew)),
    )
    return html.Div(table, className=f"crew-frame crew-{_density(len(rows))}")


def _kinds(crew: Crew) -> list[str]:
    late = ["crew-late"] if crew.text_late else []
    return ["crew", *late] if crew.voice else ["crew", "crew-no-voice", *late]


def _density(rows: int) -> str:
    return "airy" if rows <= 8 else "tight"


def _row(one: Agent) -> dict[str, Any]:
    away = one.text != "active" and not one.explained
    names = ["crew-away"] if away else []
    names += ["crew-open"] if one.href else []
    return {"className": " ".join(names), "data-agent": one.id}


def _columns(crew: Crew) -> html.Colgroup:
    keys = ["agent", "text", *(["voice"] if crew.voice else []), "load"]
    keys += ["snoozed", "recent", "conversations", *(["calls"] if crew.voice_read else [])]
    return html.Colgroup([html.Col(className=f"crew-col-{key}") for key in keys])


def _heads(crew: Crew, context: Context) -> html.Tr:
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
    period = text(f"operations.crew.{crew.period}")
    cells = [
        html.Th(text("operations.crew.agent")),
        html.Th(text("operations.crew.text"), className="cell-text"),
        html.Th(text("operations.crew.voice"), className="cell-voice") if crew.voice else None,
        html.Th(load, className="cell-load"),
        _head("snoozed", text("operations.crew.snoozed"), context),
        _head("recent", text("operations.crew.recent"), context),
        _head("conversations", period, context),
        _head("calls", text("operations.crew.calls"), context) if crew.voice_read else None,
    ]
    return html.Tr([cell for cell in cells if cell is not None])


def _head(key: str, words: str, context: Context) -> html.Th:
    return html.Th(words, className="number", title=context.text(f"operations.crew.{key}_full"))


def _cells(one: Agent, crew: Crew, at: datetime, context: Context) -> list[html.Td]:
    formats = context.formats
    numbers = "number quieter" if crew.text_late else "number"
    cells = [
        html.Td(_name(one, context), className="cell-name"),
        html.Td(text_chip(one, crew, at, context), className="cell-text"),
        html.Td(voice_chip(one, crew, at, context), className="cell-voice") if crew.voice else None,
        html.Td(_load(one, crew, context), className="cell-load"),
        html.Td(formats.count(one.snoozed), className=f"{numbers} quiet"),
        html.Td(_recent(one, context), className=numbers),
        html.Td(formats.count(one.conversations), className=numbers),
    ]
    if crew.voice_read:
        doubt = " quieter" if crew.voice_late else ""
        cells.append(html.Td(formats.count(one.calls), className=f"number{doubt}"))
    return [cell for cell in cells if cell is not None]


def _name(one: Agent, context: Context) -> Any:
    words = one.name or context.text("operations.crew.unnamed", id=one.id)
    marks = []
    if one.overloaded:
        title = context.text("operations.crew.overloaded")
        marks = [icon("exclamation-triangle-fill", "warn for-phone", title)]
    name = html.Span(words, className=f"bidi crew-name{_narrow(words)}", title=words)
    if one.href is None:
        return html.Span([name, *marks])
    title = context.text("operations.crew.see", name=words)
    link = dcc.Link(name, href=one.href, title=title)
    return html.Span([link, *marks])


def _narrow(name: str) -> str:
    """Long names get narrower letters before they are cut."""
    letters = len(name)
    return next((kind for least, kind in NARROW if letters >= least), "")


def _load(one: Agent, crew: Crew, context: Context) -> html.Div:
    formats = context.formats
    count: list[Any] = [formats.count(one.open)]
    if one.overloaded:
        title = context.text("operations.crew.overloaded")
        count.insert(0, icon("exclamation-triangle-fill", "", title))
    kind = " load-over" if one.overloaded else ""
    words = context.text(
        "operations.crew.load_words",
        n=formats.count(one.open),
        ours=formats.count(one.ours),
        customers=formats.count(one.customers),
        limit=crew.limit,
    )
    return html.Div(
        [html.B(count), _blocks(one, crew, context)], className=f"load{kind}", title=words
    )


def _blocks(one: Agent, crew: Crew, context: Context) -> html.Span:
    """A block for each open conversation: ours filled, the customer's hollow, the limit dashed."""
    beyond = one.open - crew.limit
    drawn = one.open if beyond <= BEYOND else crew.limit + 1
    marks = []
    for place in range(drawn):
        kind = "block-ours" if place < one.ours else ""
        over = "block-over" if place >= crew.limit else ""
        marks.append(html.Span(className=f"block {kind} {over}".strip()))
    marks += [html.Span(className="block-free")] * max(0, -beyond)
    marks.insert(crew.limit, html.Span(className="load-limit"))
    if beyond > BEYOND:
        marks.append(html.Small(f"+{context.formats.count(beyond - 1)}"))
    return html.Span(marks, className="blocks", style={"--limit": str(crew.limit)})


def _recent(one: Agent, context: Context) -> Any:
    words = context.formats.count(one.recent)
    if not one.spike:
        return words
    mark = icon("lightning-fill", "", context.text("operations.crew.spike"))
    return html.Span([mark, words], className="crew-spike")


def _rest(rest: Sequence[Agent], crew: Crew, context: Context) -> html.Tr:
    """The agents for whom there is no room, and what is remarkable about them."""
    text, formats = context.text, context.formats
    counted = {
        "overloaded": sum(one.overloaded for one in rest),
        "clash": sum(one.clash for one in rest) if crew.voice else 0,
        "away": sum(one.text != "active" and not one.explained for one in rest),
    }
    words = [
        html.Span(
            text.plural(f"operations.crew.more_{key}", n, n=formats.count(n)),
            className="" if key == "away" else "warn",
        )
        for key, n in counted.items()
        if n
    ]
    first = html.B(text.plural("operations.crew.more", len(rest), n=formats.count(len(rest))))
    return html.Tr(html.Td([first, *words], colSpan=8), className="crew-rest")


def next_hands(crew: Crew, context: Context) -> html.Div:
    """Who can take the next case and why, and who after."""
    text = context.text
    title = html.P(text("operations.next.title"), className="next-title")
    late = " doubtful" if crew.text_late else ""
    if not crew.hands:
        why = [
            text.plural(f"operations.next.why.{key}", n, n=context.formats.count(n))
            for key, n in crew.busy.items()
            if n
        ]
        key = "operations.next.nobody" if crew.agents else "operations.next.nobody_here"
        said = [html.B(text(key), className="next-nobody"), html.Span(", ".join(why))]
        return html.Div(html.Div([title, html.P(said, className="next-name")]), className="next")
    first, *others = crew.hands[:3]
    lines = []
    for place, one in enumerate(others):
        before = [text("operations.next.then"), " "] if place == 0 else []
        told = crew.voice_read and not crew.voice_late
        extra = "text" if crew.voice and told and not one.voice_free else ""
        words = ", ".join(
            part
            for part in (_open_words(one, context), extra and text(f"operations.next.{extra}"))
            if part
        )
        lines.append(html.P([*before, html.B(one.name, className="bidi"), f", {words}"]))
    return html.Div(
        [
            html.Div(
                [
                    title,
                    html.P(
                        [
                            html.B(first.name, className="bidi", title=first.name),
                            html.Span(
                                f"{_open_words(first, context)}, {_why(first, crew, context)}"
                            ),
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


def _open_words(one: Hand, context: Context) -> str:
    return context.text.plural("operations.next.open", one.open, n=context.formats.count(one.open))


def _why(one: Hand, crew: Crew, context: Context) -> str:
    if not crew.voice:
        return context.text("operations.next.text_only")
    if crew.voice_late or not crew.voice_read:
        return context.text("operations.next.voice_unsure")
    return context.text(f"operations.next.{'both' if one.voice_free else 'text'}")
