"""The overview: what its address asks for, in numbers."""

from collections.abc import Sequence

from callbacks.pages.overview import figures
from callbacks.pages.overview.figures import OverviewQuery
from callbacks.reports.kpis import build_kpis
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components import report_frame
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.overview import page as overview
from layouts.pages.overview.data import Overview
from metrics.model.catalog import CATALOG
from metrics.model.selection import absent_labels
from metrics.query.agents import AGENT_METRICS
from metrics.query.drilldown import LISTS, TOP_REASONS
from metrics.query.news import TARGETS
from services.runtime.backend import Backend


def content(
    question: ReportView[OverviewQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    at = backend.now()
    rules = question.rules
    keys = dict.fromkeys((*overview.KEYS, *AGENT_METRICS, *TARGETS, "ai_csat_score", "open_now"))
    numbers = question.numbers([*(CATALOG[key] for key in keys), LISTS[TOP_REASONS]])
    sheet = build_kpis(question, overview.KEYS, at, context)
    reasons, mentions = figures.rank_reasons(question)
    closes = next(kpi.daily for kpi in sheet if kpi.metric.key == "closes")
    counted = figures.count_volume(question)
    (closes,) = [kpi.daily for kpi in sheet if kpi.metric.key == "closes"]
    agents, total = figures.build_agents(question, numbers, context)
    return overview.content(
        Overview(
            kpis=sheet,
            highlights=figures.find_highlights(question, numbers, sheet, agents),
            reasons=reasons,
            mentions=mentions,
            reason_label=rules.labels.reason,
            reason_missing="reason" in absent_labels(question.tables, rules),
            days=figures.build_day_bars(question, counted, closes),
            hours=figures.build_hour_bars(question, counted),
            points=figures.build_points(question, context),
            by_reason=question.query.matrix == "reason",
            origins=figures.count_origins(question),
            agents=agents,
            total=total,
            csat_minimum=rules.csat_minimum,
            goal=rules.goal_classification,
            infos=figures.build_infos(question, numbers, at, context),
        ),
        context,
    )


PAGE = ReportPage(
    "/overview", OverviewQuery, content, frame=report_frame.page_with_trend, trends=overview.TRENDS
)
