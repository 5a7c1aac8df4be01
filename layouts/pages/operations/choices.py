"""The wall's switches: the period, and the teams that are looked at."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import segmented
from layouts.links import Choices, view

PAGE = "operations"
PATH = "/operations"
# Teams that stand side by side in the header, and the letters of their names together.
FEW_TEAMS, FEW_LETTERS = 4, 44


def choices(
    chosen: Choices, period: str, teams: Sequence[tuple[str, str]], context: Context
) -> list[Any]:
    """The switches of period and team: few teams as links, many in a list.

    Args:
        chosen: The address's parameters.
        period: today or 48h.
        teams: Id and name of those in scope.
        context: The reader.
    """
    text = context.text
    switches = [
        segmented(
            [
                (
                    text(f"operations.period.{name}"),
                    view(PATH, chosen, period=None if name == "today" else name),
                    name == period,
                )
                for name in ("today", "48h")
            ],
            text("operations.period.label"),
        )
    ]
    if 1 < len(teams) <= FEW_TEAMS and sum(len(name) for _, name in teams) <= FEW_LETTERS:
        switches.append(_team_links(chosen, teams, context))
    elif len(teams) > 1:
        switches.append(_team_list(chosen, teams, context))
    return switches


def _team_links(chosen: Choices, teams: Sequence[tuple[str, str]], context: Context) -> html.Div:
    text, now = context.text, list(chosen.get("team", []))
    links = [(text("operations.team.every"), view(PATH, chosen, team=None), not now)]
    links += [(name, view(PATH, chosen, team=team), now == [team]) for team, name in teams]
    return segmented(links, text("operations.team.label"))


def _team_list(chosen: Choices, teams: Sequence[tuple[str, str]], context: Context) -> dcc.Dropdown:
    text = context.text
    words = ("search", "select_all", "deselect_all", "clear_search", "clear_selection")
    return dcc.Dropdown(
        id=ids.panel(PAGE, "team"),
        options=[{"label": name, "value": team} for team, name in teams],
        value=list(chosen.get("team", [])),
        multi=True,
        placeholder=text("operations.team.all"),
        labels={key: text(f"operations.team.{key}") for key in words}
        | {
            "selected_count": text("operations.team.selected", n="{num_selected}"),
            "no_options_found": text("filters.nothing"),
        },
        className="wall-team",
    )
