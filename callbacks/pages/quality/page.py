"""The quality page: what customers say, who was meant, and what it was about."""

from collections.abc import Sequence

from callbacks.pages.quality import comments as quality_comments
from callbacks.pages.quality import figures
from callbacks.pages.quality.figures import QualityQuery
from callbacks.reports.detail_columns import ColumnContext, list_columns
from callbacks.reports.export_sheets import Sheets, build_rows_sheet, report_sheets
from callbacks.reports.kpis import build_kpis
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.quality import page as quality
from layouts.pages.quality.data import Quality
from metrics.model.catalog import CATALOG
from metrics.model.schema import attribute
from metrics.model.selection import absent_labels
from services.files.workbook import Sheet
from services.runtime.backend import Backend

# The number behind which all ratings stand.
RATINGS = "csat_average"


def content(
    question: ReportView[QualityQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    """Everything below the filters; the comments come by themselves."""
    at = backend.now()
    rules = question.rules
    sheet = {kpi.metric.key: kpi for kpi in build_kpis(question, quality.KEYS, at, context)}
    n = sheet["csat_score"].now.n
    moved = question.explain(CATALOG["csat_score"], ("reason", "agent"))
    return quality.content(
        Quality(
            kpis=sheet,
            notes=figures.count_ratings(question),
            trend=figures.build_trend(question),
            by_day=question.query.trend == "day",
            reasons=figures.build_ranks(question, "reason", moved, context),
            agents=figures.build_ranks(question, "agent", moved, context),
            focus=question.query.order,
            csat_minimum=rules.csat_minimum,
            closed=question.number(CATALOG["conversations_closed"]).n,
            reason_label=rules.labels.reason,
            reason_missing="reason" in absent_labels(question.tables, rules),
            infos=figures.build_infos(question, n, at, context),
        ),
        context,
    )


def build_rating_sheets(scope: ColumnContext, tables: Sequence[Sheet]) -> Sheets:
    """Every rating with what was written, dated as the page's numbers are."""
    listing = arrange_rows(scope.question, list_rows(scope.question, RATINGS, ()), "", None)
    known = list_columns("conversations", scope.question)
    reason = attribute(scope.question.rules.labels.reason)
    names = ("rating_at", "rating", "rating_remark", "rated_agent", reason, "created_at", "link")
    columns = [known[name] for name in names if name in known]
    ratings = build_rows_sheet(scope.context.text("export.ratings"), listing, columns, scope)
    return report_sheets(scope, [*tables, ratings])


PAGE: ReportPage = ReportPage(
    "/quality",
    QualityQuery,
    content,
    sheets=build_rating_sheets,
    more_callbacks=lambda app, backend: quality_comments.register(app, backend, PAGE),
)
