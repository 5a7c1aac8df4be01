"""Small tables for tests: name the columns that matter, the rest is missing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from metrics.model import schema
from metrics.model.catalog import CATALOG
from metrics.model.definitions import TeamRule
from metrics.model.filters import Filters
from metrics.model.people import ids_by_email, with_agents
from metrics.model.periods import Period
from metrics.model.tables import Tables
from metrics.model.view import View
from metrics.query import report
from services.settings.config import Settings

# As the settings ship.
RULES = Settings().rules()
UTC_RULES = replace(RULES, time_zone=ZoneInfo("UTC"))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = Period(NOW.date(), NOW.date())
EVERYTHING = Filters()
LABELS = UTC_RULES.labels
REASON = schema.attribute(LABELS.reason)
SECOND_REASON = schema.attribute(LABELS.second_reason)
SUPPORT, FINANCE = "6101", "6102"


def instant(text):
    """A moment in UTC; of a text without a zone too."""
    if text is None or isinstance(text, datetime):
        return text
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def instants(values):
    return pl.Series([instant(value) for value in values], dtype=schema.INSTANT)


def day(text):
    return Period(date.fromisoformat(text), date.fromisoformat(text))


def days(first, last):
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def scoped(*teams, **values):
    return replace(UTC_RULES, teams=tuple(TeamRule(team) for team in teams), **values)


def frame(table, rows, defaults=None):
    """The rows in the types of the schema; instants may be texts."""
    defaults = defaults or {}
    lines = [{"id": str(n + 1), **defaults, **row} for n, row in enumerate(rows)]
    columns = dict.fromkeys(column for line in lines for column in line)
    types = schema.TABLES[table]
    series = []
    for column in columns:
        values = [line.get(column) for line in lines]
        dtype = types.get(column, pl.String)
        if dtype == schema.INSTANT:
            values = [instant(value) for value in values]
        series.append(pl.Series(column, values, dtype=dtype))
    return schema.conform(pl.DataFrame(series), table)


def by_id(frame):
    """The rows as dicts, each under its id."""
    return {row["id"]: row for row in frame.iter_rows(named=True)}


def values(row, *names):
    return [row[name] for name in names]


def conversations(*rows):
    """Open conversations of this morning; anything can be said otherwise."""
    return frame("conversations", rows, {"created_at": "2026-11-24T10:00:00Z", "state": "open"})


def calls(*rows):
    """Inbound calls of this morning that are over; answered at once unless a reason is given."""
    defaults = {"started_at": "2026-11-24T10:00:00Z", "status": "done", "direction": "inbound"}
    return frame("calls", [_answer_at_once({**defaults, **row}) for row in rows])


def _answer_at_once(call):
    is_answered = call["direction"] == "inbound" and not call.get("missed_call_reason")
    return {"answered_at": call["started_at"], **call} if is_answered else call


def tickets(*rows):
    """Open tickets of this morning; anything can be said otherwise."""
    defaults = {"created_at": "2026-11-24T10:00:00Z", "state": "in_progress", "is_open": True}
    return frame("tickets", rows, defaults)


def agents(*rows):
    """People who are there and have a seat; their e-mail is that of their telephone too."""
    defaults = {"active": True, "seated": True, "bot": False}
    return frame("agents", rows, defaults)


def teams(*rows):
    return frame("teams", rows, {})


def tables(conversations_=None, calls_=None, agents_=None, teams_=None, now=NOW, tickets_=None):
    people = agents() if agents_ is None else agents_
    return Tables(
        conversations=conversations() if conversations_ is None else conversations_,
        calls=with_agents(calls() if calls_ is None else calls_, ids_by_email(people)),
        agents=people,
        teams=teams() if teams_ is None else teams_,
        now=instant(now),
        tickets=tickets() if tickets_ is None else tickets_,
    )


def told(key, content, *, period=DAY, filters=EVERYTHING, rules=UTC_RULES):
    """The number of one metric."""
    return report.evaluate(CATALOG[key], View(content, period, filters, rules))


def groups(key, by, content, *, period=DAY, filters=EVERYTHING, rules=UTC_RULES):
    """The value of one metric in each of its groups."""
    found = report.breakdown(CATALOG[key], by, View(content, period, filters, rules))
    return {group.key: group.summary.value for group in found}
