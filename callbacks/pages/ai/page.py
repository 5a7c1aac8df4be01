"""The AI agent's page: what it takes on, how that ends, and what it leaves to people."""

from collections.abc import Sequence

from callbacks.pages.ai import figures
from callbacks.pages.ai.figures import AiQuery
from callbacks.reports.kpis import build_kpis
from callbacks.reports.report_page import ReportPage
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.elements import Element
from layouts.pages.ai import page as ai
from layouts.pages.ai.data import AiAgent
from metrics.model.catalog import CATALOG
from metrics.model.selection import is_ai_agent_untold
from metrics.query.ai_agent import hand_overs, worth
from services.runtime.backend import Backend


def content(question: ReportView[AiQuery], context: Context, backend: Backend) -> Sequence[Element]:
    if is_ai_agent_untold(question.tables):
        return ai.needs_version(question.snapshot.sources["intercom"].version or "", context)
    at = backend.now()
    numbers = question.numbers(
        CATALOG[key] for key in (*ai.KEYS, "csat_score", "csat_average", "conversations")
    )
    if not numbers["ai_resolved"].n:
        return ai.nothing(numbers["conversations"].n, context)
    by = question.query.group
    return ai.content(
        AiAgent(
            kpis=build_kpis(question, ai.KEYS, at, context),
            numbers=numbers,
            trend=figures.build_trend(question),
            by=by,
            groups=figures.build_groups(question, by, context),
            sources=figures.build_groups(question, "ai_source", context),
            contents=figures.build_groups(question, "ai_content", context),
            hand_overs=hand_overs(question.view),
            worth=worth(question.view),
            infos=figures.build_infos(question, numbers, at, context),
        ),
        context,
    )


PAGE = ReportPage("/ai", AiQuery, content)
