"""The latest assignments: a few lines in the lamp, a table on the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import html

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import open_link, panel
from layouts.icons import icon

PAGE = "operations"


@dataclass(frozen=True)
class Assignment:
    """A conversation that came to somebody.

    Attributes:
        at: When.
        agent: To whom.
        team: The conversation's team, if it has one.
        state: open, closed or snoozed.
        subject: None where the reader may not see it.
        url: Where it opens, for who may open it.
    """

    at: datetime
    agent: str
    team: str | None
    state: str
    subject: str | None = None
    url: str | None = None


def strip(latest: Sequence[Assignment], shown: int, context: Context) -> html.Div | None:
    """The newest few, for the lamp of a quiet hour."""
    if not latest:
        return None
    rows = [
        html.Li(
            [
                html.Span(context.formats.clock(one.at)),
                html.Span(one.agent, className="bidi", title=one.agent),
            ]
        )
        for one in latest[:shown]
    ]
    return html.Div(
        [html.H3(context.text("operations.assignments.title")), html.Ul(rows)],
        className="lamp-latest",
    )


def table(latest: Sequence[Assignment], subjects: bool, context: Context) -> html.Section:
    """All that are told, with the subject of those that the reader may see.

    Args:
        latest: Newest first.
        subjects: Whether the reader sees any subjects; else the column is left out.
        context: The reader.
    """
    text = context.text
    columns = ["at", "agent", "team", *(["subject"] if subjects else []), "state"]
    heads = [html.Th(text(f"operations.assignments.{key}"), className="left") for key in columns]
    heads += [html.Th("")] if subjects else []
    rows = [html.Tr(_cells(one, subjects, context)) for one in latest]
    body: Any = html.P(
        text("operations.assignments.nothing"), className="wall-nothing wall-nothing-panel"
    )
    if rows:
        grid = html.Table(
            [html.Thead(html.Tr(heads)), html.Tbody(rows)], className="grid-table latest-table"
        )
        body = html.Div(grid, className="table-frame")
    return panel(text("operations.assignments.title"), body, id=ids.panel(PAGE, "last_assignments"))


def _cells(one: Assignment, subjects: bool, context: Context) -> list[html.Td]:
    text = context.text
    cells = [
        html.Td(context.formats.moment(one.at), className="left quiet"),
        html.Td(html.Span(one.agent, className="bidi"), className="left name"),
        html.Td(one.team or text("operations.no_team"), className="left"),
    ]
    if subjects:
        cells.append(html.Td(_subject(one, context), className="left subject"))
    cells.append(html.Td(text(f"operations.state.{one.state}"), className="left quiet"))
    if subjects:
        cells.append(html.Td(open_link(one.url, text("states.open")) if one.url else ""))
    return cells


def _subject(one: Assignment, context: Context) -> html.Span:
    text = context.text
    if one.subject is None:
        words = [icon("lock-fill"), text("operations.assignments.hidden")]
        return html.Span(words, className="quieter")
    subject = one.subject or text("operations.assignments.no_subject")
    return html.Span(subject, title=subject, className="bidi" if one.subject else "quieter")
