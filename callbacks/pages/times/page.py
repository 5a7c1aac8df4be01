"""The times page: how fast conversations are answered and closed, and what runs late now."""

from collections.abc import Sequence

from callbacks.pages.times import figures
from callbacks.pages.times.figures import TimesQuery
from callbacks.reports.kpis import build_kpis
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components import report_frame
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.times import page as times
from layouts.pages.times.data import Group, Times
from metrics.model.catalog import CATALOG
from metrics.model.selection import absent_labels
from metrics.query.report import reopened_closes
from services.runtime.backend import Backend

STOCKS = ("backlog_age", "awaiting_first_response")


def content(
    question: ReportView[TimesQuery], context: Context, backend: Backend
) -> Sequence[Element]:
    at = backend.now()
    rules = question.rules
    groups = figures.build_groups(question, context)
    sheet = build_kpis(question, times.KEYS, at, context)
    numbers = question.numbers(CATALOG[key] for key in (*times.KEYS, *STOCKS))
    missing = "reason" in absent_labels(question.tables, rules)
    return times.content(
        Times(
            kpis=sheet,
            spreads=figures.build_spreads(question, numbers),
            by=question.query.group,
            groups=groups,
            shown=len(groups) if question.query.every else figures.SHOWN,
            every=question.query.every is not None,
            total=Group("", context.text("overview.total"), numbers),
            label=rules.labels.reason if question.query.by == "reason" and missing else "",
            hours=figures.group_by_hour(question),
            slow_key=question.query.slowest,
            slowest=figures.list_slowest(question, backend, context),
            cases=figures.CASES,
            reopened=reopened_closes(question.view),
            price=numbers["reopen_price"],
            reopen_rate=numbers["reopen_rate"],
            backlog=numbers["backlog_age"].parts,
            sla=numbers["sla_hit_rate"].parts,
            sla_rate=numbers["sla_hit_rate"],
            due=figures.list_due(question, backend, context),
            due_parts=numbers["awaiting_first_response"].parts,
            target=rules.first_response_seconds,
            at=at,
            infos=figures.build_infos(question, numbers, at, context),
        ),
        context,
    )


PAGE = ReportPage(
    "/times", TimesQuery, content, frame=report_frame.page_with_trend, trends=times.TRENDS
)
