"""The people of a weekday in steps: needed, scheduled, and seen there."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from layouts.charts.theme import counted, template
from layouts.components.context import Context
from layouts.pages.staffing.data import Staffing


def people_steps(staffing: Staffing, context: Context) -> go.Figure:
    """One step for each half-hour. What is needed is a limit: dashed; what was seen is drawn thick.

    A half-hour that nobody can reach, or in which nobody was read, breaks the line.
    """
    colours, text = context.palette, context.text
    halves = list(staffing.halves)
    known = staffing.is_known(staffing.day)
    needed = [
        int(n) if known and (n := staffing.needed[staffing.day, h]) >= 0 else None for h in halves
    ]
    scheduled = [float(staffing.scheduled[staffing.day, h]) for h in halves]
    online = [None if math.isnan(n := float(staffing.online[h])) else n for h in halves]
    figure = go.Figure(layout={"template": template(context.theme)})
    lines: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("online", online, {"color": colours["cat-2"], "width": 2.2}),
        ("needed", needed, {"color": colours["ink1"], "width": 2, "dash": "dash"}),
    ]
    if staffing.has_schedule:
        lines.insert(0, ("scheduled", scheduled, {"color": colours["cat-1"], "width": 2.2}))
    names = [_between(half) for half in halves]
    for name, values, line in lines:
        places, heights, words = _steps(halves, values, names)
        figure.add_scatter(
            x=places,
            y=heights,
            mode="lines",
            line=line,
            connectgaps=False,
            customdata=words,
            hovertemplate=f"%{{customdata[0]}}<br><b>%{{y:,.1~f}}</b> "
            f"{text(f'staffing.{name}')}<extra></extra>",
            name=name,
        )
    hours = [h // 2 for h in halves if h % 2 == 0]
    ticks = hours[:: 2 if len(hours) > 14 else 1]
    figure.update_layout(
        xaxis={
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [f"{hour}h" for hour in ticks],
            "tickangle": 0,
            "range": [halves[0] / 2 - 0.1, halves[-1] / 2 + 0.6],
        },
        yaxis=counted(
            max((n for n in (*needed, *scheduled, *online) if n is not None), default=0),
            text("staffing.people"),
        ),
        height=270,
    )
    return figure


def _steps(
    halves: Sequence[int], values: Sequence[float | None], names: Sequence[str]
) -> tuple[list[float], list[float | None], list[list[str]]]:
    """Each value from the begin of its half-hour to the end, so that a lone one is seen too."""
    places: list[float] = []
    heights: list[float | None] = []
    words: list[list[str]] = []
    for half, value, name in zip(halves, values, names, strict=True):
        places += [half / 2, half / 2 + 0.5]
        heights += [value, value]
        words += [[name], [name]]
    return places, heights, words


def _between(half: int) -> str:
    first, last = half * 30, half * 30 + 30
    return f"{first // 60}:{first % 60:02d}–{last // 60}:{last % 60:02d}"
