"""Everything that waits, in one line, for machines."""

from dataclasses import asdict

from callbacks.api.answers import CUSTOMER_COLUMNS, Request, Row, format_instant
from callbacks.reports.query import LineQuery
from layouts.formats import masked
from metrics.live.current import load
from metrics.live.line import LineRow, line
from metrics.live.waiting import waiting_work
from metrics.model.periods import midnight
from metrics.model.view import view_of_today


def line_of_all(request: Request, query: LineQuery) -> Row:
    """For analysts as on the wall: no customer is named."""
    tables, rules = request.snapshot.tables, request.backend.rules
    with_calls = request.is_read("aircall") and request.source("aircall").late_at is None

    def compute() -> list[LineRow]:
        view = view_of_today(tables, rules, query.filters)
        loads = load(view, midnight(request.today, rules.time_zone))
        return line(view, waiting_work(view), loads, with_calls=with_calls)

    rows = request.cached("line", query, with_calls, compute=compute)
    chosen = [row for row in rows if not query.kind or row.kind in query.kind]
    return request.envelope() | {
        "with_calls": with_calls,
        "line": [_row(request, row) for row in chosen],
    }


def _row(request: Request, row: LineRow) -> Row:
    links = request.backend.links(request.snapshot)
    url = {"ticket": links.ticket, "ringing": None, "callback": None}.get(
        row.kind, links.conversation
    )
    told = asdict(row) | {
        "since": format_instant(row.since),
        "due_at": format_instant(row.due_at),
        "window_until": format_instant(row.window_until),
        "hand": None
        if row.hand is None
        else {
            "agent_id": row.hand.load.agent_id,
            "agent": row.hand.load.name,
            "open": row.hand.load.open,
            "text_free": row.hand.load.tier < 2,
            "voice_free": row.hand.load.voice_free,
            "in_team": row.hand.in_team,
            "has_it": row.hand.has_it,
        },
        "url": url and url(row.id),
    }
    if request.scope.everything:
        return told
    return told | dict.fromkeys(CUSTOMER_COLUMNS) | {"digits": masked(row.digits)}
