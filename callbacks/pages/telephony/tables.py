"""The tables of the telephone for one choice of calls."""

from typing import Any

import pandas as pd

from callbacks.pages.telephony.query import TelephonyQuery
from callbacks.reports import row_lines
from callbacks.reports.filter_choices import person_word
from callbacks.reports.listing import arranged, listing
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.rows_panel import Call
from layouts.pages.telephony.data import AgentCalls, Caller, LineCalls, Owed, Transfer
from layouts.pages.telephony.tables import LINE_KEYS
from metrics.live import calls_tables
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.lines import line_names
from metrics.model.periods import midnight
from metrics.model.values import word
from metrics.model.view import View
from services.runtime.backend import Backend

RECENT = 20

Asked = ReportView[TelephonyQuery]


def agents(question: Asked, view: View, context: Context) -> tuple[list[AgentCalls], int]:
    """The table of people, most answered first, and their participations in answered calls."""
    names = people.names(question.tables)
    given = calls_tables.transfers(view)
    found = []
    for row in calls_tables.agent_calls(view).to_dict("records"):
        agent = str(row["agent_id"])
        if agent == UNASSIGNED:
            continue
        own = given[given["giver"].eq(agent)]
        passed = [
            (_taker(str(one["taker"]), names, context), int(one["calls"]))
            for one in own.to_dict("records")
        ]
        found.append(
            AgentCalls(
                id=agent,
                name=person_word(agent, names, context),
                answered=int(row["calls_answered"]),
                outbound=int(row["calls_outbound"]),
                outbound_answered=int(row["calls_outbound_answered"]),
                talked=int(row["talked"]),
                talk_seconds=float(row["talk_seconds"]),
                talk_mean=_known(row["talk_mean"]),
                time_to_answer=_known(row["time_to_answer"]),
                passed_on=int(row["passed_on"]),
                passed=passed,
            )
        )
    return found, sum(agent.answered for agent in found)


def _taker(agent: str, names: Any, context: Context) -> str:
    if agent == UNASSIGNED:
        return context.text("telephony.unknown_taker")
    return person_word(agent, names, context)


def lines(question: Asked, context: Context) -> list[LineCalls]:
    """The table of lines, most calls first."""
    numbers = question.groups_of([CATALOG[key] for key in LINE_KEYS], "line")
    found = {line for groups in numbers.values() for line, s in groups.items() if s.n}
    names = line_names(question.tables.calls) | {UNASSIGNED: context.text("telephony.no_line")}
    rows = [
        LineCalls(
            line,
            names.get(line, line),
            {key: groups[line] for key, groups in numbers.items() if line in groups},
        )
        for line in found
    ]

    def size(row: LineCalls) -> int:
        return sum(
            row.metrics[k].n for k in ("calls_inbound", "calls_outbound") if k in row.metrics
        )

    return sorted(rows, key=lambda row: (-size(row), row.name))


def transfers(question: Asked, view: View, context: Context) -> list[Transfer]:
    """Who passed calls on to whom."""
    names = people.names(question.tables)
    return [
        Transfer(
            giver=str(row["giver"]),
            taker=str(row["taker"]),
            giver_name=person_word(str(row["giver"]), names, context),
            taker_name=_taker(str(row["taker"]), names, context),
            calls=int(row["calls"]),
        )
        for row in calls_tables.transfers(view).to_dict("records")
    ]


def callers(view: View) -> list[Caller]:
    """Numbers with two or more calls."""
    return [
        Caller(
            id=str(row["caller"]),
            digits=str(row["digits"]),
            name=word(row["contact_name"]),
            calls=int(row["calls"]),
            lost=int(row["lost"]),
            talk_mean=_known(row["talk_mean"]),
            last_at=row["last_at"].to_pydatetime(),
        )
        for row in calls_tables.recurring_callers(view).to_dict("records")
    ]


def owed(question: Asked, view: View) -> list[Owed]:
    """Who is still to be called back."""
    start = midnight(question.period.first_day, question.rules.time_zone)
    table = calls_tables.owed(view, pd.Timestamp(start))
    return [
        Owed(
            id=str(row["caller"]),
            digits=str(row["digits"]),
            name=word(row["contact_name"]),
            since=row["since"].to_pydatetime(),
            waits=float((question.tables.now - row["since"]).total_seconds()),
            missed=int(row["missed"]),
            line=word(row["line_name"]),
        )
        for row in table.to_dict("records")
    ]


def recent(question: Asked, backend: Backend, context: Context) -> list[Call]:
    """The newest calls."""
    of = listing(question, "calls", ())
    places = arranged(question, of, "", None)[:RECENT]
    found = row_lines.lines(question, of, places, backend, context)
    return [call for call in found if isinstance(call, Call)]


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
