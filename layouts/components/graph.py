"""The one place where a graph is made: no share button, no cloud, no mode bar."""

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from layouts.words import Text


def graph(graph_id: str | dict[str, str], figure: go.Figure, text: Text, label: str) -> html.Div:
    """A figure on a page, with its label for who cannot see it.

    Args:
        graph_id: Id of the `dcc.Graph` inside.
        figure: What is drawn.
        text: The reader's words; they choose the chart's own locale.
        label: The chart in words.
    """
    drawing = dcc.Graph(
        id=graph_id,
        figure=figure,
        config=graph_config(text.language),
        responsive=True,
        className="graph",
    )
    return html.Div(drawing, className="graph-frame", role="img", **{"aria-label": label})


def graph_config(language: str) -> dict[str, Any]:
    """Plotly's options for every graph: our own tables and downloads stand in for its bar."""
    return {
        "displayModeBar": False,
        "displaylogo": False,
        "showSendToCloud": False,
        "showEditInChartStudio": False,
        "locale": language,
        "doubleClick": "reset",
        "responsive": True,
    }
