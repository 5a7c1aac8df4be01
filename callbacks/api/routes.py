"""The routes: where each one lies, who may ask it, what it takes and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from callbacks.access.routes import Route
from callbacks.api import answers as api_answers
from callbacks.api import rows as api_rows
from callbacks.api import schema as api_schema
from callbacks.api import staffing as api_staffing
from callbacks.api import status as api_status
from callbacks.api.answers import Row
from callbacks.reports import query as api_query
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
        purpose: What it answers, in one line.
        query: Its parameters.
        compute: Makes the answer from a request and its parameters; None for the document itself.
        answer: The shape of the answer; None for the document itself.
        rows: The table whose rows it lists, where it does.
        is_wall: Whether analysts are answered only where `access.analyst_wall` lets them.
    """

    roles: frozenset[str] = MANAGERS
    purpose: str
    query: type[BaseModel] = api_query.NoQuery
    compute: Callable[[Any, Any], Row] | None = None
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
            query=api_query.SummaryQuery,
            compute=api_answers.summary,
            answer=api_schema.Summary,
            roles=PEOPLE,
            reaches=AGGREGATES,
        ),
        _route(
            "breakdown",
            "One metric in groups.",
            query=api_query.BreakdownQuery,
            compute=api_answers.breakdown,
            answer=api_schema.Breakdown,
            roles=PEOPLE,
            reaches=AGGREGATES,
        ),
        _route(
            "agents",
            "People with their numbers, leavers and unassigned rows included.",
            query=api_query.AgentsQuery,
            compute=api_answers.agents,
            answer=api_schema.Agents,
            roles=PEOPLE,
            reaches=AGGREGATES,
        ),
        _route(
            "queue",
            "Who waits for us, oldest wait first.",
            query=api_query.QueueQuery,
            compute=api_answers.queue,
            answer=api_schema.Queue,
            roles=PEOPLE,
            is_wall=True,
        ),
        _route(
            "conversations",
            "Conversations behind the numbers, newest first.",
            query=api_query.ConversationsQuery,
            compute=api_rows.conversations,
            answer=api_schema.Conversations,
            rows="conversations",
            roles=PEOPLE,
        ),
        _route(
            "calls",
            "Calls behind the numbers, newest first.",
            query=api_query.CallsQuery,
            compute=api_rows.calls,
            answer=api_schema.Calls,
            rows="calls",
            roles=PEOPLE,
        ),
        _route(
            "tickets",
            "Tickets of the second line behind the numbers, newest first.",
            query=api_query.TicketsQuery,
            compute=api_rows.tickets,
            answer=api_schema.BackofficeTickets,
            rows="tickets",
        ),
        _route(
            "fair_target",
            "Answered calls of scheduled people over their shifts, person by person.",
            query=api_staffing.FairTargetQuery,
            compute=api_staffing.fair_target,
            answer=api_staffing.FairTarget,
            reaches=AGGREGATES,
        ),
        _route(
            "staffing",
            "People needed and scheduled in each half-hour of the week, under assumptions.",
            query=api_staffing.StaffingRequest,
            compute=api_staffing.staffing,
            answer=api_staffing.Staffing,
            reaches=AGGREGATES,
        ),
        _route(
            "alerts",
            "Rules of the robot and live problems.",
            compute=lambda request, query: api_status.alerts(request),
            answer=api_schema.Alerts,
        ),
        _route(
            "status",
            "Sources, history and request budget.",
            compute=lambda request, query: api_status.status(request),
            answer=api_schema.Status,
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
