"""The routes: where each one lies, what it takes and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from callbacks.api import answers as api_answers
from callbacks.api import pages as api_pages
from callbacks.api import people as api_people
from callbacks.api import schema as api_schema
from callbacks.api import staffing as api_staffing
from callbacks.api import status as api_status
from callbacks.api.rows import Row
from callbacks.reports import query as api_query
from metrics.model.catalog import Table

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Route:
    """One address.

    Attributes:
        path: Below `PREFIX`.
        purpose: What it answers, in one line.
        query: Its parameters.
        compute: Makes the answer from a request and its parameters; None for the document itself.
        answer: The shape of the answer; None for the document itself.
        rows: The table whose rows it lists, where it does.
    """

    path: str
    purpose: str
    query: type[BaseModel] = api_query.NoQuery
    compute: Callable[[Any, Any], Row] | None = None
    answer: type[BaseModel] | None = None
    rows: Table | None = None


ROUTES: dict[str, Route] = {
    "summary": Route(
        "summary",
        "Every metric of a period; stocks are now and ignore it.",
        api_query.SummaryQuery,
        api_answers.summary,
        api_schema.Summary,
    ),
    "breakdown": Route(
        "breakdown",
        "One metric in groups.",
        api_query.BreakdownQuery,
        api_answers.breakdown,
        api_schema.Breakdown,
    ),
    "agents": Route(
        "agents",
        "People with their numbers, leavers and unassigned rows included.",
        api_query.AgentsQuery,
        api_people.agents,
        api_schema.Agents,
    ),
    "queue": Route(
        "queue",
        "Who waits for us, oldest wait first.",
        api_query.QueueQuery,
        api_answers.queue,
        api_schema.Queue,
    ),
    "conversations": Route(
        "conversations",
        "Conversations behind the numbers, newest first.",
        api_query.ConversationsQuery,
        api_pages.conversations,
        api_schema.Conversations,
        "conversations",
    ),
    "calls": Route(
        "calls",
        "Calls behind the numbers, newest first.",
        api_query.CallsQuery,
        api_pages.calls,
        api_schema.Calls,
        "calls",
    ),
    "tickets": Route(
        "tickets",
        "Tickets of the second line behind the numbers, newest first.",
        api_query.TicketsQuery,
        api_pages.tickets,
        api_schema.BackofficeTickets,
        "tickets",
    ),
    "fair_target": Route(
        "fair_target",
        "Answered calls of scheduled people over their shifts, person by person.",
        api_staffing.FairTargetQuery,
        api_staffing.fair_target,
        api_staffing.FairTarget,
    ),
    "staffing": Route(
        "staffing",
        "People needed and scheduled in each half-hour of the week, under assumptions.",
        api_staffing.StaffingRequest,
        api_staffing.staffing,
        api_staffing.Staffing,
    ),
    "alerts": Route(
        "alerts",
        "Rules of the robot and live problems.",
        compute=lambda request, query: api_status.alerts(request),
        answer=api_schema.Alerts,
    ),
    "status": Route(
        "status",
        "Sources, history and request budget.",
        compute=lambda request, query: api_status.status(request),
        answer=api_schema.Status,
    ),
    "openapi": Route("openapi.json", "This document."),
}
