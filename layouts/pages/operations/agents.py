"""The table of agents: presence, what each carries, and what each did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from layouts.components.context import Context
from layouts.components.states import message
from layouts.icons import icon
from layouts.pages.operations.agent_data import Agent, Crew
from layouts.pages.operations.presence import text_chip, voice_chip

# Blocks beyond the limit that are still drawn one by one; of more, the first stands for them.
BEYOND = 2
# Letters from which on a name is set narrower.
NARROW = ((22, " crew-narrowest"), (18, " crew-narrow"))


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
