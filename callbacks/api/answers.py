"""What the API answers: who asks, and the numbers of `metrics` as plain values."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

from callbacks.reports.query import (
    BreakdownQuery,
    DecompositionQuery,
    LineQuery,
    ParameterError,
    Query,
    SummaryQuery,
    check_labels,
    check_shifts,
)
from metrics.live import current as now
from metrics.live.current import LoadRow, PresenceRow, QueueRow
from metrics.live.waiting import waiting_work
from metrics.measures.tickets import CREATOR
from metrics.model.catalog import CATALOG, Metric
from metrics.model.definitions import Rules
from metrics.model.extent import Reason
from metrics.model.filters import UNASSIGNED, Filters
from metrics.model.periods import comparable, midnight
from metrics.model.schema import ATTRIBUTE_PREFIX
from metrics.model.selection import GroupError, select
from metrics.model.summary import Summary, empty_summary
from metrics.model.view import View, view_of_today
from metrics.query import report
from metrics.query.agents import AgentRow, agent_rows
from metrics.query.decomposition import Part, decompose
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import VENDORS, SourceStatus

T = TypeVar("T")
# From harmless to hopeless: the state of a number_row is that of its worst vendor.
STATES = ("ok", "late", "failed", "starting", "off")
REASONS: dict[Reason, str] = {
    "off": "Vigia is not connected to a vendor of this number",
    "no_person": "calls that nobody took belong to a line and to no person",
    "no_attributes": "only conversations have attributes",
    "no_origin": "tickets have no origin, and no call is automated",
    "no_ai_agent": "only conversations can be the AI agent's",
    "old_version": "Intercom tells of its AI agent from API version 2.11 on: intercom.version",
    "not_read": "a vendor of this number has yet to be read for the first time",
    "no_history": "these days are not in the loaded history",
    "future": "these days have not begun",
    "no_rows": "no rows of the period count for it",
}
CUSTOMER_COLUMNS = ("subject", "contact_name")
INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
Row = dict[str, Any]
# What a person holds now -> the stock that counts it.
HELD = {"open": "open_now", "snoozed": "snoozed_now", "recent": "arrivals_recent"}


class RefusedError(Exception):
    """The reader may not have this; the text says why."""


@dataclass(frozen=True)
class Scope:
    """What of the rows a reader may see.

    Attributes:
        everything: All rows, with whole phone numbers and customers' names in the queue.
        agent_id: Whose rows, where not everything; None = this account is nobody in Intercom.
    """

    everything: bool
    agent_id: str | None = None

    def own(self, filters: Filters) -> Filters:
        """Raises RefusedError for others' rows, or where the account has none of its own."""
        if self.everything:
            return filters
        if self.agent_id is None:
            raise RefusedError("no person in Intercom has the e-mail of this account")
        if set(filters.agents) - {self.agent_id}:
            raise RefusedError("agent: an analyst sees own rows only")
        return replace(filters, agents=(self.agent_id,))


@dataclass(frozen=True)
class Request:
    backend: Backend
    snapshot: Snapshot
    scope: Scope
    today: date

    @cached_property
    def labels(self) -> Collection[str]:
        """Attributes that may be named: those of the settings and those of the data."""
        settings = self.backend.settings
        configured = settings.attributes.model_dump(exclude={"resolved_value"})
        columns = self.snapshot.tables.conversations.columns
        return {
            *configured.values(),
            *settings.classification.exclude,
            *(c.removeprefix(ATTRIBUTE_PREFIX) for c in columns if c.startswith(ATTRIBUTE_PREFIX)),
        }

    def filters(self, query: Query) -> Filters:
        self.check(query)
        return self.scope.own(query.filters)

    def check(self, query: Query) -> None:
        """Raises ParameterError for a choice that neither the settings nor the data know."""
        check_labels(query, self.labels)
        check_shifts(query, self.backend.rules.shifts)

    def rules(self, query: SummaryQuery) -> Rules:
        return replace(self.backend.rules, clock=query.clock)

    def view(self, query: SummaryQuery) -> View:
        tables, period = self.snapshot.tables, query.period(self.today)
        return View(tables, period, self.filters(query), self.rules(query))

    def cached(
        self, route: str, query: Query | LineQuery, *asked: Any, compute: Callable[[], T]
    ) -> T:
        edition = self.backend.edition(self.snapshot)
        key = ("api", route, edition, self.today, self.scope, query.key, *asked)
        return self.backend.dataset.cached(key, compute)

    def envelope(self, sources: Collection[str] = VENDORS) -> Row:
        read = [self.source(name).as_of for name in sources if self.is_read(name)]
        return {
            "data_as_of": format_instant(min((moment for moment in read if moment), default=None)),
            "version": self.snapshot.version,
            "time_zone": self.backend.settings.time_zone,
        }

    def dated(self, query: SummaryQuery, sources: Collection[str] = VENDORS) -> Row:
        period = query.period(self.today)
        start = self.snapshot.history.first_day
        reached = start is not None and start <= period.first_day
        is_read = all(self.is_read(name) or self.source(name).state == "off" for name in sources)
        return self.envelope(sources) | {
            "period": {
                "from": period.first_day.isoformat(),
                "to": period.last_day.isoformat(),
                "complete": reached and is_read and not self.snapshot.lost,
            },
            "clock": query.clock,
        }

    def source(self, name: str) -> SourceStatus:
        return self.snapshot.sources.get(name, SourceStatus("off"))

    def is_read(self, name: str) -> bool:
        """Whether there is data of that vendor, however old."""
        status = self.source(name)
        return status.state not in ("off", "starting") and status.as_of is not None


def summary(request: Request, query: SummaryQuery) -> Row:
    view = request.view(query)

    def compute() -> Row:
        numbers = report.evaluate_all(view)
        return {key: number_row(request, CATALOG[key], numbers[key]) for key in CATALOG}

    metrics = request.cached("summary", query, compute=compute)
    return request.dated(query) | {"metrics": metrics}


def breakdown(request: Request, query: BreakdownQuery) -> Row:
    view = request.view(query)
    metric, by = CATALOG[query.metric], query.group(request.labels)

    def compute() -> list[Row]:
        return [
            {"key": group.key, "label": group.label, **number_row(request, metric, group.summary)}
            for group in report.breakdown(metric, by, view)
            # A call has several people; an analyst does not read the others' part in it.
            if by not in ("agent", CREATOR)
            or request.scope.everything
            or group.key in view.filters.agents
        ]

    try:
        groups = request.cached("breakdown", query, compute=compute)
    except GroupError as error:
        raise ParameterError("by", str(error)) from error
    answer = {"metric": metric.key, "by": by, "breakdown": groups}
    return request.dated(query, metric.sources) | answer


def decomposition(request: Request, query: DecompositionQuery) -> Row:
    """No parts where the period before is not loaded, or one of the two has no value."""
    metric, view, wanted = CATALOG[query.metric], request.view(query), query.before(request.today)
    first_day = select(metric, view).extent.first_day
    before = comparable(view.period, wanted, first_day, view.tables.now, view.rules.time_zone)

    def compute() -> Row:
        found = decompose(metric, view.with_period(before), view) if before else None
        ends = found.ends if found else (None, None)
        return {
            "value_before": ends[0],
            "value": ends[1],
            "change": found.change if found else None,
            "ways": {
                by: [_part_row(metric, part) for part in parts]
                for by, parts in (found.parts if found else {}).items()
            },
        }

    told = request.cached("decomposition", query, compute=compute)
    days = before or wanted
    answer = {
        "metric": metric.key,
        "unit": metric.unit,
        "method": "difference" if metric.kind == "count" else "kitagawa",
        "before": {
            "from": days.first_day.isoformat(),
            "to": days.last_day.isoformat(),
            "until": f"{days.until:%H:%M}" if days.until else None,
            "complete": before is not None and not request.snapshot.lost,
        },
    }
    return request.dated(query, metric.sources) | answer | told


def _part_row(metric: Metric, part: Part) -> Row:
    is_count = metric.kind == "count"
    return {
        "key": part.keys[0],
        "label": part.label,
        "n_before": part.before.rows,
        "n": part.now.rows,
        "weight_before": part.before.weight,
        "weight": part.now.weight,
        "value_before": part.before.rows if is_count else part.before.mean,
        "value": part.now.rows if is_count else part.now.mean,
        "mix": None if is_count else part.mix,
        "rate": None if is_count else part.rate,
        "total": part.total,
    }


def queue(request: Request, query: Query) -> Row:
    """Who waits. For analysts as on the wall: nothing that a customer wrote, no customer's name."""
    request.check(query)
    view = view_of_today(request.snapshot.tables, request.backend.rules, query.filters)
    work = request.cached("queue", query, compute=lambda: waiting_work(view))
    is_late = request.source("intercom").late_at is not None
    return request.envelope(("intercom",)) | {
        "severity": None if is_late else work.severity(request.backend.now()),
        "queue": [_queue_row(request, row) for row in work.queue],
        "unrouted": [_queue_row(request, row) for row in work.unrouted],
        "with_ai": [_queue_row(request, row) for row in work.with_ai],
        "orphaned": [
            {
                "agent_id": row.agent_id,
                "agent": row.name or None,
                "waiting_since": format_instant(row.waiting_since),
                "ids": row.ids,
            }
            for row in work.orphaned
        ],
    }


def number_row(request: Request, metric: Metric, summary: Summary) -> Row:
    """A metric's number as the API writes it, or why there is none."""
    states = [request.source(name).state for name in metric.sources]
    value, reason = summary.value, summary.reason
    answer: Row = {
        "value": int(value) if metric.unit == "count" and value is not None else value,
        "n": summary.n,
        "reason": reason and {"code": reason, "words": REASONS[reason]},
        "kind": metric.kind,
        "unit": metric.unit,
        "state": max(states, key=STATES.index),
    }
    if metric.kind == "duration":
        answer |= {"mean": summary.mean, "p90": summary.p90}
    if metric.kind == "share":
        answer |= {"low": summary.low, "high": summary.high}
    if metric.parts is not None or summary.parts:
        answer["parts"] = dict(summary.parts)
    return answer


def _queue_row(request: Request, row: QueueRow) -> Row:
    told = asdict(row) | {
        "waiting_since": format_instant(row.waiting_since),
        "created_at": format_instant(row.created_at),
        "window_until": format_instant(row.window_until),
        "url": request.backend.links(request.snapshot).conversation(row.id),
    }
    return told if request.scope.everything else told | dict.fromkeys(CUSTOMER_COLUMNS)


def agents(request: Request, query: SummaryQuery) -> Row:
    """Members, and whoever else has rows: leavers, people outside the teams, nobody."""
    rows = request.cached("agents", query, compute=lambda: _agent_rows(request, query))
    return request.dated(query) | {"agents": rows}


def _agent_rows(request: Request, query: SummaryQuery) -> list[Row]:
    view = request.view(query)
    tables, rules = view.tables, view.rules
    start = midnight(request.today, rules.time_zone)
    first_day = request.snapshot.history.first_day
    loads = {
        load.agent_id: load
        for load in now.load(view_of_today(tables, rules), start, first_day=first_day)
    }
    emails = dict(tables.agents.select("id", "email").iter_rows())
    asked = view.filters.agents
    dated = [metric for metric in CATALOG.values() if metric.kind != "stock"]
    nothing = {m.key: empty_summary(m, select(m, view, by_person=True).gap) for m in dated}
    rows = []
    for row in agent_rows(
        view,
        [*(metric.key for metric in dated), *HELD.values()],
        always=(UNASSIGNED,) if request.scope.everything else asked,
    ):
        if asked and row.id not in asked:
            continue
        load = loads.get(row.id)
        rows.append(
            {
                "id": row.id,
                "name": row.name,
                "email": emails.get(row.id),
                "status": row.status,
                **_presence_row(load.seen if load else None),
                **{name: _held_by(row, load, name) for name in HELD},
                "metrics": {
                    metric.key: number_row(
                        request, metric, row.metrics.get(metric.key) or nothing[metric.key]
                    )
                    for metric in dated
                },
            }
        )
    return sorted(rows, key=lambda row: (row["id"] == UNASSIGNED, row["name"].casefold()))


def _held_by(row: AgentRow, load: LoadRow | None, name: str) -> int:
    """How much a person holds; for members over all teams, as their load says."""
    if load is not None:
        return int(getattr(load, name))
    stock = row.metrics.get(HELD[name])
    return int(stock.value or 0) if stock else 0


def _presence_row(seen: PresenceRow | None) -> Row:
    if seen is None:
        return {"text": None, "voice": None}
    return {
        "text": {
            "state": seen.text,
            "reason": seen.text_reason,
            "since": format_instant(seen.text_since),
        },
        "voice": {"state": seen.voice, "since": format_instant(seen.voice_since)}
        if seen.voice
        else None,
    }


def format_instant(moment: datetime | None) -> str | None:
    """An instant in ISO 8601, UTC."""
    return moment.astimezone(UTC).strftime(INSTANT_FORMAT) if moment else None
