"""Graphs: Plotly's look in the house's colours, and the one place where a graph is made.

Figures are the dictionaries that Plotly is sent. Its Python classes take 10 MB, and 10 ms for a
figure, to look at each value: it is tests that ask them whether every figure is one of Plotly's.
"""

from collections.abc import Sequence
from functools import cache
from math import ceil
from typing import Any

from layouts.elements import Element, dcc, html
from layouts.formats import DAY, HOUR, MINUTE, Formats
from layouts.i18n import Text
from layouts.palette import PALETTES, Theme
from metrics.query.drilldown import escaped

Figure = dict[str, Any]
Trace = dict[str, Any]
Shape = dict[str, Any]

FONT = "Archivo, system-ui, sans-serif"
# So few have a tick each; for more the steps are whole anyway.
FEW = 4


@cache
def template(theme: Theme) -> dict[str, Any]:
    colours = PALETTES[theme]
    axis: dict[str, Any] = {
        "automargin": True,
        "zeroline": False,
        "showline": False,
        "linecolor": colours["line2"],
        "tickfont": {"color": colours["ink3"], "size": 12},
        "title": {"font": {"color": colours["ink3"], "size": 12}, "standoff": 8},
    }
    layout = {
        "font": {"family": FONT, "size": 12, "color": colours["ink3"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [colours[f"cat-{n}"] for n in range(1, 9)],
        "margin": {"l": 40, "r": 12, "t": 14, "b": 30},
        "showlegend": False,
        "bargap": 0.34,
        "separators": ",.",
        "uirevision": "constant",
        "hoverlabel": {
            "bgcolor": colours["ink1"],
            "bordercolor": colours["ink1"],
            "font": {"family": FONT, "size": 13, "color": colours["bg"]},
        },
        "xaxis": {
            **axis,
            "showgrid": False,
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": colours["line2"],
            "tickformat": "%d/%m",
        },
        "yaxis": {**axis, "gridcolor": colours["line"], "nticks": 5, "rangemode": "tozero"},
    }
    return {"layout": layout}


# Seconds between two ticks.
STEPS = (
    *(10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY),
)


def figure(theme: Theme, traces: Sequence[Trace], **layout: Any) -> Figure:
    return {"data": traces, "layout": {"template": template(theme), **layout}}


def bar(**attributes: Any) -> Trace:
    return {"type": "bar", **attributes}


def scatter(**attributes: Any) -> Trace:
    return {"type": "scatter", **attributes}


def line_up(x: float, line: dict[str, Any]) -> Shape:
    """From the bottom to the top of the plot."""
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain", "line": line}


def line_across(y: float, line: dict[str, Any]) -> Shape:
    return {"type": "line", "x0": 0, "x1": 1, "xref": "x domain", "y0": y, "y1": y, "line": line}


def duration_ticks(low: float, top: float, formats: Formats) -> dict[str, Any]:
    """Ticks of an axis of seconds, written as these are everywhere."""
    step = next((step for step in STEPS if (top - low) / step <= 5), STEPS[-1])
    values = [step * place for place in range(ceil(low / step), int(top // step) + 1)]
    words = [formats.duration(value) if value else "0" for value in values]
    return {"tickmode": "array", "tickvals": values, "ticktext": words}


def counted(most: float, title: str) -> dict[str, Any]:
    """An axis of whole things: between one and the next there is no tick."""
    step = {"dtick": 1} if most <= FEW else {}
    return {"title": {"text": title}, "tickformat": ",d", **step}


def graph(
    graph_id: str | dict[str, str],
    drawn: Figure,
    text: Text,
    label: str,
    rows: str | None = None,
    by: str | None = None,
) -> Element:
    """A click on a mark opens the rows behind it, where the first of its `customdata` is the key of
    its cell (`by` names its group). A mark in several groups has whole cells there, one a line, and
    `by` stays away.
    """
    drawing = dcc.Graph(
        id=graph_id,
        figure=drawn,
        config=graph_config(text.language),
        responsive=True,
        className="graph",
    )
    frame = {"aria-label": label}
    if rows is not None:
        frame["data-rows"] = rows
    if by is not None:
        frame["data-by"] = escaped(by)
    return html.Div(drawing, className="graph-frame", role="img", **frame)


def graph_config(language: str) -> dict[str, Any]:
    """Our own tables and downloads stand in for Plotly's bar."""
    return {
        "displayModeBar": False,
        "displaylogo": False,
        "showSendToCloud": False,
        "showEditInChartStudio": False,
        "locale": language,
        "doubleClick": "reset",
        "responsive": True,
    }
