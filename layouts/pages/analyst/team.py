"""The team's table of the analyst's panel: where a manager sees who needs help with the goal."""

from typing import Any

from dash import html

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import no_data, panel, pill
from layouts.components.states import message
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.choices import person_name
from layouts.pages.analyst.goal import goal_bar
from layouts.pages.analyst.page import growth_note
from layouts.pages.analyst.values import Line, Person, Team
from metrics.classification.goals import Goal

PAGE = "analyst"
PATH = "/analyst"


def team_content(team: Team, context: Context) -> list[Any]:
    """One line per person, each leading to that person's panel."""
    text, formats = context.text, context.formats
    if team.reason_missing:
        title = text("analyst.no_reason.title", label=team.reason_label)
        drawn = message("empty", context, title, text("analyst.no_reason.manager"))
        return [html.Section(drawn, className="panel")]
    if not team.lines:
        words = text("analyst.team.nobody_words")
        drawn = message("empty", context, text("analyst.team.nobody"), words)
        return [html.Section(drawn, className="panel")]
    heads = [
        (text("analyst.team.person"), "left"),
        (text("analyst.team.total"), ""),
        (text("analyst.team.classified"), ""),
        (text("analyst.team.pending"), ""),
        (text("metrics.classification_rate.short"), ""),
        (text("analyst.team.missing"), ""),
        ("", "left team-bar"),
    ]
    head = html.Thead(html.Tr([html.Th(words, className=side) for words, side in heads]))
    body = html.Tbody([_line(line, team, context) for line in team.lines])
    name = html.Td(text("analyst.team.all"), className="left")
    foot = html.Tfoot(
        html.Tr([name, *_numbers(team.total, context), html.Td(className="team-bar")])
    )
    table = html.Table([head, body, foot], className="grid-table team-table")
    note = growth_note(team.growth, context)
    share = formats.share(team.total.share, 0)
    shown = panel(
        text("analyst.team.title"),
        html.Div(table, className="table-frame"),
        population=text("analyst.team.about", n=formats.count(team.total.eligible)),
        footnote=text("analyst.team.note", share=share),
        id=ids.panel(PAGE, "team"),
    )
    return [part for part in (note, shown) if part is not None]


def _line(line: Line, team: Team, context: Context) -> html.Tr:
    name = person_name(Person(line.id, line.name), context)
    parts: list[Any] = [
        html.A(
            name,
            href=view(PATH, team.head.choices, agent=line.id),
            className="link name bidi",
            **{"data-go": "push"},
        )
    ]
    if line.status in ("left", "outside"):
        parts.append(pill(context.text(f"analyst.status.{line.status}")))
    bar = html.Td(
        goal_bar(line.goal, context) if line.goal.eligible else None, className="team-bar"
    )
    return html.Tr([html.Td(parts, className="left team-name"), *_numbers(line.goal, context), bar])


def _numbers(goal: Goal, context: Context) -> list[html.Td]:
    formats = context.formats
    counts = [goal.eligible, goal.classified, goal.pending]
    rate: Any = no_data(context) if goal.rate is None else formats.share(goal.rate)
    if not goal.eligible:
        missing: Any = ""
    elif goal.reached:
        missing = icon("check-lg", "good", context.text("analyst.goal.reached"))
    else:
        missing = html.B(formats.count(goal.missing))
    return [*[html.Td(formats.count(n)) for n in counts], html.Td(rate), html.Td(missing)]
