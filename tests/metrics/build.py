"""Small tables for tests: name the columns that matter, the rest is missing."""

from zoneinfo import ZoneInfo

import pandas as pd

from metrics import schema
from metrics.people import with_agents
from metrics.periods import Period
from metrics.rules import Rules
from metrics.tables import Tables

UTC_RULES = Rules(time_zone=ZoneInfo("UTC"))
NOW = pd.Timestamp("2026-11-24T12:00:00Z")
DAY = Period(NOW.date(), NOW.date())


def instants(values):
    return pd.to_datetime(pd.Series(values), utc=True)


def _frame(table, rows, defaults):
    lines = [{**defaults, "id": str(n + 1), **row} for n, row in enumerate(rows)]
    frame = pd.DataFrame(lines)
    for column, dtype in schema.TABLES[table].items():
        if dtype == schema.INSTANT and column in frame:
            frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
    return schema.conform(frame, table)


def conversations(*rows):
    return _frame("conversations", rows, {"created_at": "2026-11-24T10:00:00Z", "state": "open"})


def calls(*rows):
    defaults = {"started_at": "2026-11-24T10:00:00Z", "status": "done", "direction": "inbound"}
    return _frame("calls", rows, defaults)


def agents(*rows):
    defaults = {"active": True, "seated": True, "bot": False}
    return _frame("agents", rows, defaults)


def teams(*rows):
    return _frame("teams", rows, {})


def tables(conversations_=None, calls_=None, agents_=None, teams_=None, now=NOW):
    people = agents() if agents_ is None else agents_
    return Tables(
        conversations=conversations() if conversations_ is None else conversations_,
        calls=with_agents(calls() if calls_ is None else calls_, people),
        agents=people,
        teams=teams() if teams_ is None else teams_,
        now=now,
    )
