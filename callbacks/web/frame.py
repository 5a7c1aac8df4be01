"""What every desk page shows beside its own content: the queue, and how old the data is."""

from datetime import datetime
from typing import Any

from dash import Dash, Input, Output, State

from callbacks.access.roles import role_callback
from callbacks.access.session import current_context
from callbacks.reports.parts import Place, answer, digest, draw
from layouts import ids
from layouts.components.context import Context
from layouts.components.frame import ages, alerts_count, queue_chip, unread_chip
from layouts.components.live_time import tell_version
from layouts.elements import Element
from layouts.roles import PAGES, PEOPLE
from metrics.live.waiting import waiting_work
from metrics.model.view import view_of_today
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot

CHIP: Place = (ids.QUEUE_CHIP, "children")
AGES: Place = (ids.HEADER_AGES, "children")
ALERTS: Place = (ids.NAV_ALERTS, "children")


def register(app: Dash, backend: Backend) -> None:

    @role_callback(app, roles=PEOPLE)(
        Output(ids.FRAME, "data"),
        Input(ids.REFRESH, "n_intervals"),
        State(ids.FRAME, "data"),
    )
    def show_frame(_: int | None, shown: Any) -> Any:
        """Its store changes with each version, for those who show what others have drawn."""
        context = current_context(backend)
        snapshot = backend.dataset.snapshot()
        edition = backend.edition(snapshot)
        parts = draw(_draw_frame(backend, snapshot, context))
        return answer(parts, [digest(edition.encode())], shown, [])[0]


def _draw_frame(backend: Backend, snapshot: Snapshot | None, context: Context) -> dict[Place, Any]:
    drawn: dict[Place, Any] = {CHIP: unread_chip(context) if context.wall else None, AGES: None}
    at = backend.now()
    if snapshot is not None:
        as_of = {name: status.as_of for name, status in snapshot.sources.items()}
        told = tell_version(snapshot.version, snapshot.published_at, as_of, context)
        drawn[AGES] = ages(snapshot.sources, at, context, told)
        if context.wall:
            drawn[CHIP] = _draw_chip(backend, snapshot, at, context)
    if context.role in PAGES["/alerts"].roles:
        live = backend.alerts.get_overview().live
        critical = sum(incident.problem.severity == "critical" for incident in live)
        drawn[ALERTS] = alerts_count(critical, context)
    return drawn


def _draw_chip(backend: Backend, snapshot: Snapshot, at: datetime, context: Context) -> Element:
    if snapshot.tables.extents["intercom"].state == "not_read":
        return unread_chip(context)
    work = backend.dataset.cached(
        ("waiting", backend.rules.key),
        lambda: waiting_work(view_of_today(snapshot.tables, backend.rules)),
    )
    intercom = snapshot.sources.get("intercom")
    return queue_chip(work, at, context, intercom.late_at if intercom else None)
