"""The analyst's panel for one person and period: asked of `metrics`, handed to `layouts`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from callbacks.analyst_query import AnalystQuery
from callbacks.api_rows import conversation_url
from callbacks.passports import passport
from layouts.analyst import Call, Closed, Comparison, Panel, Person
from layouts.context import Context
from metrics import people, report
from metrics.catalog import CATALOG
from metrics.filters import Filters
from metrics.goals import Goal, excluded, goal
from metrics.now import team_names
from metrics.periods import Period, local_days, today
from metrics.rules import Rules
from metrics.schema import CALL_AGENTS
from metrics.selection import attribute_values, rows
from metrics.summary import Summary
from services.dataset import Snapshot

HISTORY_ROWS, CALL_ROWS = 100, 8
TIMES = ("first_response_time", "time_to_close")


@dataclass(frozen=True)
class Own:
    """One person's question to one version.

    Attributes:
        snapshot: The version.
        query: What the address asks for.
        agent_id: Whose panel it is; decided on the server.
        rules: The agreements.
        url_template: Where a conversation opens.
    """

    snapshot: Snapshot
    query: AnalystQuery
    agent_id: str
    rules: Rules
    url_template: str

    @cached_property
    def today(self) -> date:
        """The local day of the version."""
        return today(self.snapshot.published_at, self.rules.time_zone)

    @cached_property
    def period(self) -> Period:
        """The days asked for."""
        return self.query.period(self.today)

    @cached_property
    def previous(self) -> Period | None:
        """The period before; None where it reaches before what is loaded."""
        first, before = self.snapshot.history.first_day, self.period.previous
        return None if first is None or before.first_day < first else before

    @cached_property
    def filters(self) -> Filters:
        """Own rows only."""
        return Filters(agents=(self.agent_id,))

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Own conversations of the period."""
        metric = CATALOG["classification_rate"]
        return rows(metric, self.snapshot.tables, self.period, self.filters, self.rules)

    @cached_property
    def classified(self) -> pd.Series:
        """1, 0, or NA where a conversation does not count."""
        measure = CATALOG["classification_rate"].measure
        return measure(self.rows, self.rules, self.snapshot.tables.now)

    def number(self, key: str, period: Period | None) -> Summary | None:
        """An own number of a period."""
        if period is None:
            return None
        tables = self.snapshot.tables
        return report.evaluate(CATALOG[key], tables, period, self.filters, self.rules)


def panel(
    own: Own, choices: Mapping[str, Sequence[str]], is_own: bool, at: datetime, context: Context
) -> Panel:
    """Everything that the panel draws."""
    names = people.names(own.snapshot.tables)
    csat = own.number("csat_score", own.period)
    assert csat is not None
    before = own.number("csat_score", own.previous)
    aircall = own.snapshot.sources.get("aircall")
    answered = own.number("calls_answered", own.period)
    history = _history(own)
    return Panel(
        choices=choices,
        people=[] if is_own else _people(own, names),
        name=names.get(own.agent_id, ("", ""))[0],
        own=is_own,
        preset=own.query.name,
        period=own.period,
        today=own.today,
        goal=goal(own.classified, own.rules),
        days=_days(own),
        excluded=excluded(own.rows, own.rules),
        pending=_closed(own, _pending(own)),
        history=_closed(own, history.head(HISTORY_ROWS)),
        total_history=len(history),
        csat=csat,
        csat_before=before,
        csat_minimum=own.rules.csat_minimum,
        csat_passport=_passport(own, "csat_score", csat, before, at, context),
        times=[_time(own, key, at, context) for key in TIMES],
        calls=_calls(own, names, context),
        calls_answered=int(answered.value or 0) if answered else 0,
        voice=aircall is not None and aircall.state != "off",
        reason_label=own.rules.labels.reason,
        notice=None,
        now=at,
    )


def _people(own: Own, names: Mapping[str, tuple[str, str]]) -> list[Person]:
    members = people.members(own.snapshot.tables, own.rules)
    found = [
        Person(agent, names[agent][0] or agent, agent == own.agent_id) for agent in members["id"]
    ]
    return sorted(found, key=lambda person: person.name.casefold())


def _days(own: Own) -> list[tuple[date, Goal]]:
    """Each working day of the period, and every other day with rows."""
    local = local_days(own.rows["created_at"], own.rules.time_zone)
    found = []
    for number in range(min(own.period.days, 31)):
        day = own.period.first_day + timedelta(days=number)
        values = own.classified[local.eq(pd.Timestamp(day))]
        works = bool(own.rules.office_hours[day.weekday()])
        if works or len(values):
            found.append((day, goal(values, own.rules)))
    return found


def _pending(own: Own) -> pd.DataFrame:
    found = own.rows[own.classified.eq(0).fillna(False).astype(bool)]
    return found.sort_values(["last_close_at", "created_at", "id"], na_position="first")


def _history(own: Own) -> pd.DataFrame:
    rest = own.rows[~own.classified.eq(0).fillna(False).astype(bool)]
    return rest.sort_values(["created_at", "id"], ascending=False)


def _closed(own: Own, found: pd.DataFrame) -> list[Closed]:
    teams = team_names(own.snapshot.tables, own.rules)
    reasons = attribute_values(found, own.rules.labels.reason)
    app_id = own.snapshot.meta.get("app_id")
    lines = found[["id", "subject", "team_id", "created_at", "last_close_at", "state"]]
    return [
        Closed(
            id=row["id"],
            url=conversation_url(own.url_template, app_id, row["id"]) or "",
            subject=_words(row["subject"]),
            team=teams.get(_words(row["team_id"]), ""),
            created_at=row["created_at"].to_pydatetime(),
            closed_at=None
            if pd.isna(row["last_close_at"])
            else row["last_close_at"].to_pydatetime(),
            reason=_words(reasons.loc[index]),
            state=_words(row["state"]),
            counts=not pd.isna(own.classified.loc[index]) or row["state"] != "closed",
        )
        for index, row in zip(found.index, lines.to_dict("records"), strict=True)
    ]


def _time(own: Own, key: str, at: datetime, context: Context) -> Comparison:
    now, before = own.number(key, own.period), own.number(key, own.previous)
    assert now is not None
    everyone = report.evaluate(CATALOG[key], own.snapshot.tables, own.period, Filters(), own.rules)
    return Comparison(
        key, now, before, everyone.value, _passport(own, key, now, before, at, context)
    )


def _passport(
    own: Own, key: str, now: Summary, before: Summary | None, at: datetime, context: Context
) -> Any:
    name = people.names(own.snapshot.tables).get(own.agent_id, ("", ""))[0]
    return passport(
        CATALOG[key], now, before, own.period, own.rules.clock, [name], own.snapshot, at, context
    )


def _calls(own: Own, names: Mapping[str, tuple[str, str]], context: Context) -> list[Call]:
    """The newest calls that the person took part in, whatever became of them."""
    tables, period = own.snapshot.tables, own.period
    start, end = period.bounds(own.rules.time_zone)
    calls = tables.calls
    dated = calls["started_at"].ge(start) & calls["started_at"].lt(end)
    mine = pd.Series(False, index=calls.index)
    for column in CALL_AGENTS:
        mine |= calls[column].eq(own.agent_id)
    found = calls[dated & mine].sort_values("started_at", ascending=False).head(CALL_ROWS)
    return [_call(own, row, names, context) for row in found.to_dict("records")]


def _call(
    own: Own, row: Mapping[str, Any], names: Mapping[str, tuple[str, str]], context: Context
) -> Call:
    text = context.text
    other: Any = None
    if row["status"] != "done":
        key = "running"
    elif row["transferred_by_agent_id"] == own.agent_id:
        key, other = "passed_to", row["transferred_to_agent_id"]
    elif row["transferred_to_agent_id"] == own.agent_id and not pd.isna(row["transferred_by_id"]):
        key, other = "taken_from", row["transferred_by_agent_id"]
    elif row["direction"] == "outbound":
        key = "outbound" if not pd.isna(row["answered_at"]) else "outbound_unanswered"
    else:
        key = "inbound" if pd.isna(row["missed_call_reason"]) else "missed"
    if key in ("passed_to", "taken_from"):
        name = names.get(_words(other), ("", ""))[0] or _words(row["transferred_to_name"])
        key = key if name else "inbound"
        words = text(f"analyst.calls.{key}", name=name) if name else text("analyst.calls.inbound")
    else:
        words = text(f"analyst.calls.{key}")
    talked = None
    if not pd.isna(row["answered_at"]) and not pd.isna(row["ended_at"]):
        talked = (row["ended_at"] - row["answered_at"]).total_seconds()
    return Call(
        id=row["id"],
        started_at=row["started_at"].to_pydatetime(),
        words=words,
        talk_seconds=talked,
        has_recording=bool(row["has_recording"]) and not pd.isna(row["has_recording"]),
    )


def _words(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
