"""The routes: where each one lies, who may ask it, what it takes and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from callbacks.access.routes import Route
from callbacks.api import answers, line, rows, schema, staffing, status
from callbacks.reports.query import (
    BreakdownQuery,
    CallsQuery,
    ConversationsQuery,
    DecompositionQuery,
    LineQuery,
    NoQuery,
    Query,
    SummaryQuery,
    TicketsQuery,
)
from layouts.roles import EVERYBODY, MANAGERS, PEOPLE
from metrics.model.catalog import Table
from services.accounts.tokens import Reach

PREFIX = "/api/v1"


# Tokens that read numbers: no rows, and nobody who waits by name.
AGGREGATES: frozenset[Reach] = frozenset({"aggregates"})


@dataclass(frozen=True, kw_only=True)
class ApiRoute(Route):
    """An address of the API.

    Attributes:
        compute: None for the document itself, as is `answer`.
        rows: The table whose rows it lists, where it does.
        is_wall: Whether analysts are answered only where `access.analyst_wall` lets them.
    """

    roles: frozenset[str] = MANAGERS
    purpose: str
    query: type[BaseModel] = NoQuery
    compute: Callable[[Any, Any], answers.Row] | None = None
    answer: type[BaseModel] | None = None
    rows: Table | None = None
    is_wall: bool = False

    @property
    def name(self) -> str:
        """The operation's name in the document."""
        return self.endpoint.removeprefix("api.")


def _route(path: str, purpose: str, **options: Any) -> ApiRoute:
    name = path.partition(".")[0]
    return ApiRoute(path=f"{PREFIX}/{path}", endpoint=f"api.{name}", purpose=purpose, **options)


ROUTES = {
    route.name: route
    for route in (
        _route(
            "summary",
            "Every metric of a period; stocks are now and ignore it.",
            query=SummaryQuery,
            compute=answers.summary,
            answer=schema.Summary,
            roles=PEOPLE,
            reaches=AGGREGATES,
        ),
        _route(
            "breakdown",
            "One metric in groups.",
            query=BreakdownQuery,
            compute=answers.breakdown,
            answer=schema.Breakdown,
            roles=PEOPLE,
            reaches=AGGREGATES,
        ),
        _route(
            "decomposition",
            "What carries a metric's change: parts by reason, team, person, hour and more.",
            query=DecompositionQuery,
            compute=answers.decomposition,
            answer=schema.Decomposition,
            reaches=AGGREGATES,
        ),
        _route(
            "agents",
            "People with their numbers, leavers and unassigned rows included.",
            query=SummaryQuery,
            compute=answers.agents,
            answer=schema.Agents,
            roles=PEOPLE,
            reaches=AGGREGATES,
        ),
        _route(
            "queue",
            "Who waits for us, oldest wait first.",
            query=Query,
            compute=answers.queue,
            answer=schema.Queue,
            roles=PEOPLE,
            is_wall=True,
        ),
        _route(
            "line",
            "Everything that waits, what will be late first, and who should take it.",
            query=LineQuery,
            compute=line.line_of_all,
            answer=schema.Line,
            roles=PEOPLE,
            is_wall=True,
        ),
        _route(
            "conversations",
            "Conversations behind the numbers, newest first.",
            query=ConversationsQuery,
            compute=rows.conversations,
            answer=schema.Conversations,
            rows="conversations",
            roles=PEOPLE,
        ),
        _route(
            "calls",
            "Calls behind the numbers, newest first.",
            query=CallsQuery,
            compute=rows.calls,
            answer=schema.Calls,
            rows="calls",
            roles=PEOPLE,
        ),
        _route(
            "tickets",
            "Tickets of the second line behind the numbers, newest first.",
            query=TicketsQuery,
            compute=rows.tickets,
            answer=schema.BackofficeTickets,
            rows="tickets",
        ),
        _route(
            "fair_target",
            "Answered calls of scheduled people over their shifts, person by person.",
            query=staffing.FairTargetQuery,
            compute=staffing.fair_target,
            answer=staffing.FairTarget,
            reaches=AGGREGATES,
        ),
        _route(
            "time_away",
            "How long people were away, by person and day.",
            query=SummaryQuery,
            compute=staffing.time_away,
            answer=staffing.TimeAway,
        ),
        _route(
            "staffing",
            "People needed and scheduled in each half-hour of the week, under assumptions.",
            query=staffing.StaffingRequest,
            compute=staffing.staffing,
            answer=staffing.Staffing,
            reaches=AGGREGATES,
        ),
        _route(
            "alerts",
            "Rules of the robot and live problems.",
            compute=lambda request, _: status.alerts(request),
            answer=schema.Alerts,
        ),
        _route(
            "status",
            "Sources, history and request budget.",
            compute=lambda request, _: status.status(request),
            answer=schema.Status,
            reaches=AGGREGATES,
        ),
        _route("openapi.json", "This document.", reaches=AGGREGATES),
    )
}
# Whatever else is asked below /api.
UNKNOWN = Route(
    path="/api/<path:path>",
    endpoint="api.unknown",
    roles=EVERYBODY,
    methods=("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
)
