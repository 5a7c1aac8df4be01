"""The one place where a graph is made: no share button, no cloud, no mode bar."""

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from layouts.i18n import Text
from metrics.query.drilldown import escaped


def graph(
    graph_id: str | dict[str, str],
    figure: go.Figure,
    text: Text,
    label: str,
    rows: str | None = None,
    by: str | None = None,
) -> html.Div:
    """A figure on a page, with its label for who cannot see it.

    A click on a mark opens the rows behind it, where the first of its `customdata` is the key of
    its cell. A mark in several groups has whole cells there, one a line, and `by` stays away.

    Args:
        graph_id: Id of the `dcc.Graph` inside.
        figure: What is drawn.
        text: The reader's words; they choose the chart's own locale.
        label: The chart in words.
        rows: What is counted, where marks open their rows.
        by: The group that the marks are of (`metrics.query.grouping`).
    """
    drawing = dcc.Graph(
        id=graph_id,
        figure=figure,
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
