"""What every desk page shows beside its own content: the queue, and how old the data is."""

from typing import Any

from dash import Dash, Input, Output

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from layouts import ids
from layouts.components.frame import ages, alerts_count, queue_chip
from layouts.roles import PAGES, PEOPLE
from metrics.live import current as now
from metrics.model.view import view_of_today
from services.runtime.backend import Backend


def register(app: Dash, backend: Backend) -> None:

    @role_callback(app, roles=PEOPLE)(
        Output(ids.QUEUE_CHIP, "children"),
        Output(ids.HEADER_AGES, "children"),
        Input(ids.REFRESH, "n_intervals"),
        Input(ids.PAGE, "children"),
    )
    def show_frame(_: int | None, page: Any) -> tuple[Any, Any]:
        context = current_context(backend)
        snapshot = backend.dataset.snapshot()
        at = backend.now()
        if snapshot is None:
            return None, None
        if not context.wall:
            return None, ages(snapshot.sources, at, context)
        waiting = backend.dataset.cached(
            ("queue",), lambda: now.queue(view_of_today(snapshot.tables, backend.rules))
        )
        longest = min((row.waiting_since for row in waiting if row.waiting_since), default=None)
        limit = backend.rules.first_response_seconds
        chip = queue_chip(len(waiting), longest, limit, at, context)
        return chip, ages(snapshot.sources, at, context)

    @role_callback(app, roles=PAGES["/alerts"].roles)(
        Output(ids.NAV_ALERTS, "children"),
        Input(ids.REFRESH, "n_intervals"),
        Input(ids.PAGE, "children"),
    )
    def show_critical(_: int | None, page: Any) -> Any:
        live = backend.alerts.get_overview().live
        critical = sum(incident.problem.severity == "critical" for incident in live)
        return alerts_count(critical, current_context(backend))
