"""The numbers of the AI agent's page for one choice of rows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from callbacks.reports.filter_choices import name_team
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import PageQuery
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.ai.data import Group, TrendPoint
from metrics.live.current import team_names
from metrics.model.catalog import CATALOG
from metrics.model.filters import EMPTY
from metrics.model.summary import Summary

GROUPED = ("ai_involved", "ai_resolved", "ai_handed_over", "ai_csat_score")


class AiQuery(PageQuery):
    by: Literal["team", "channel", "hour"] | None = None

    @property
    def group(self) -> str:
        return self.by or "reason"


AiView = ReportView[AiQuery]


def build_groups(question: AiView, by: str, context: Context) -> list[Group]:
    """Those that it took part in, the most first; hours in their order."""
    groups = question.groups_of([CATALOG[key] for key in GROUPED], by)
    teams = team_names(question.tables, question.rules)

    def name(key: str) -> str:
        if by == "team":
            return name_team(key, teams, context)
        if by == "hour":
            return f"{key}h"
        nothing = {"reason": "rows.no_reason", "ai_source": "ai.no_source"}
        return key if key != EMPTY else context.text(nothing.get(by, "filters.empty_value"))

    rows = [
        Group(key, name(key), {metric: groups[metric].get(key) for metric in GROUPED})
        for key, resolved in groups["ai_resolved"].items()
        if resolved.n
    ]
    return rows if by == "hour" else sorted(rows, key=lambda row: (-row.involved, row.key))


def build_trend(question: AiView) -> list[TrendPoint]:
    """Each week; of a short period each day."""
    by = "week" if question.period.days > 31 else "day"
    groups = question.groups_of([CATALOG[key] for key in GROUPED[:2]], by)
    involved, resolved = (groups[key] for key in GROUPED[:2])
    return [TrendPoint(date.fromisoformat(d), n, resolved[d]) for d, n in involved.items()]


def build_infos(
    question: AiView, numbers: Mapping[str, Summary], at: datetime, context: Context
) -> dict[str, MetricInfo]:
    n, handed = numbers["ai_resolved"].n, numbers["ai_handed_over"].n
    infos = [
        *(
            figure_info(key, n, question, at, context, listed="ai_resolved")
            for key in ("ai_ended", "ai_trend", "ai_groups", "ai_sources", "ai_contents")
        ),
        figure_info("ai_ratings", n, question, at, context, listed="ai_csat_score"),
        figure_info("ai_after", handed, question, at, context, timed=True, listed="ai_handed_over"),
        figure_info("ai_worth", n, question, at, context, timed=True, listed="ai_resolved"),
    ]
    return {info.key: info for info in infos}
