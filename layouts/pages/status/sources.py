"""The sources: how each is, since when, and what to do about it."""

from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.frame import NAMES
from layouts.components.live_time import age, lasting
from layouts.components.panel import panel, pill
from layouts.icons import icon
from layouts.pages.status.data import PAGE, SourceRow, Status
from layouts.slack.delivery_errors import reason_words

PILLS = {
    "ok": ("good", "check2"),
    "late": ("attention", "exclamation-triangle-fill"),
    "failed": ("attention", "plug-fill"),
    "starting": ("quiet", "clock"),
    "off": ("quiet", "pause-circle"),
}
COLUMNS = ("source", "state", "data", "since", "requests", "version", "todo")


def name_of(source: str) -> str:
    """A source as it calls itself."""
    own = {"tickets": "Intercom (tickets)", "slack": "Slack", "mongo": "MongoDB"}
    return {**NAMES, **own}.get(source, source)


def sources(status: Status, context: Context) -> html.Section:
    """The sheet of sources."""
    text = context.text
    heads = [
        html.Th(text(f"status.head.{column}"), className="left", scope="col") for column in COLUMNS
    ]
    body = [_row(row, status, context) for row in status.sources]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(body)], className="grid-table sources-table"
    )
    return panel(
        text("status.sources"),
        html.Div(table, className="table-frame"),
        population=text("status.sources_words"),
        id=f"{PAGE}--sheet",
    )


def _row(row: SourceRow, status: Status, context: Context) -> html.Tr:
    text = context.text
    kind, drawing = PILLS.get(row.state, PILLS["starting"])
    as_of = age(row.as_of, status.at, context) if row.as_of else _nothing(text("status.never"))
    since: Any = (
        lasting(row.since, status.at, context) if row.since and row.state != "off" else _nothing("")
    )
    cells = [
        html.B(name_of(row.key), className="name"),
        pill(text(f"status.state.{row.state}"), kind, drawing),
        as_of if row.state != "off" else _nothing(""),
        since,
        _requests(row, context),
        _version(row, context),
        html.Div(_todo(row, context), className="todo"),
    ]
    doubtful = row.state in ("late", "failed")
    return html.Tr(
        [html.Td(cell, className="left") for cell in cells],
        className="source-doubtful" if doubtful else "",
    )


def _requests(row: SourceRow, context: Context) -> Any:
    if row.requests is None or row.budget is None or row.state == "off":
        return _nothing("")
    formats = context.formats
    said = context.text(
        "status.requests", n=formats.count(row.requests), budget=formats.count(row.budget)
    )
    share = min(1.0, row.requests / max(1, row.budget))
    bar = html.Span(
        html.Span(), className="progress-line", style={"--share": f"{share * 100:.0f}%"}
    )
    return html.Div([html.Span(said), bar], className="budget")


def _version(row: SourceRow, context: Context) -> Any:
    text = context.text
    if row.asked is None:
        return _nothing("")
    answered = row.answered or text("status.no_version")
    if row.answered is None or row.answered == row.asked:
        return html.Span(text("status.version", asked=row.asked))
    return html.Span(
        [icon("info-circle-fill"), text("status.versions", asked=row.asked, answered=answered)],
        className="version-other",
    )


def _todo(row: SourceRow, context: Context) -> list[Any]:
    text, name = context.text, name_of(row.key)
    if row.state == "off" and text.has(f"status.off.{row.cause}"):
        return [html.Span(text(f"status.off.{row.cause}"), className="quieter")]
    if row.state == "off":
        return (
            [html.Span(text(f"status.off.{row.key}"), className="quieter")]
            if text.has(f"status.off.{row.key}")
            else [html.Span(text("status.off_other"), className="quieter")]
        )
    if row.key == "slack" and row.error:
        return [html.Span(reason_words(row.error, context))]
    said: list[Any] = []
    if row.state in ("late", "failed"):
        cause = row.cause or "unavailable"
        key = text(f"status.key.{row.key}") if text.has(f"status.key.{row.key}") else name
        said.append(html.Span(text(f"status.cause.{cause}", source=name, secret=key)))
    if row.error:
        said.append(html.Small(row.error, className="technical"))
    if row.warning:
        said.append(html.Small([icon("info-circle"), " ", row.warning], className="technical"))
    if not said and row.state == "ok":
        said.append(html.Span(text("status.nothing_to_do"), className="quieter"))
    return said


def _nothing(words: str) -> html.Span:
    return html.Span(words, className="quieter")
