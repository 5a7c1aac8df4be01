"""The manager's overview: the numbers of a period, what drove them, and who did the work."""

from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.kpi import kpi_sheet
from layouts.icons import icon
from layouts.pages.overview import agents as overview_agents
from layouts.pages.overview import charts as overview_charts
from layouts.pages.overview import reasons as overview_reasons
from layouts.pages.overview.data import PAGE, Overview

KEYS = (
    "conversations",
    "conversations_closed",
    "conversations_resolved",
    "first_response_time",
    "time_to_close",
    "classification_rate",
    "csat_score",
    "dsat_score",
    "calls_answered",
    "loss_rate",
)


def content(overview: Overview, context: Context) -> list[Any]:
    """What is drawn for the present choice."""
    parts = [
        _news(overview),
        kpi_sheet(PAGE, overview.kpis, context),
        html.Div(
            [overview_reasons.panel(overview, context), overview_charts.by_day(overview, context)],
            className="bi-row overview-row-1",
        ),
        html.Div(
            [overview_charts.matrix(overview, context), _hours_and_origin(overview, context)],
            className="bi-row overview-row-2",
        ),
        overview_agents.panel(overview, context),
    ]
    return [part for part in parts if part is not None]


def _hours_and_origin(overview: Overview, context: Context) -> html.Div:
    parts = [overview_charts.by_hour(overview, context), overview_charts.origin(overview, context)]
    return html.Div(parts, className="bi-stack")


def _news(overview: Overview) -> html.Ul | None:
    if not overview.news:
        return None
    return html.Ul(
        [
            html.Li(
                [
                    icon(name, "warn" if name.startswith("exclamation") else ""),
                    html.Span([html.B(strong, className="bidi"), " ", words]),
                ]
            )
            for name, strong, words in overview.news
        ],
        className="news",
    )
