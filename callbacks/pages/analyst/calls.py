"""A person's own calls: the newest of the period, and how many and how long in the window."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from callbacks.pages.analyst.compared import compared
from callbacks.pages.analyst.view import AgentView
from layouts.components.context import Context
from layouts.pages.analyst.data import Call, Calls
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.periods import within
from metrics.model.values import word

NUMBERS = ("calls_answered", "talk_time")
CALL_ROWS, CALLS_MAXIMUM = 5, 200


def calls(own: AgentView, at: datetime, context: Context) -> Calls:
    """Own calls, transferred ones included, whatever became of them."""
    aircall = own.snapshot.sources.get("aircall")
    found = _took_part(own)
    shown = found.head(CALLS_MAXIMUM if own.query.calls else CALL_ROWS)
    answered = own.number(CATALOG["calls_answered"], own.period)
    return Calls(
        rows=[_call(own, row, own.names) for row in shown.to_dict("records")],
        total=len(found),
        answered=int(answered.value or 0) if answered else 0,
        numbers=[compared(own, key, at, context) for key in NUMBERS],
        connected=aircall is not None and aircall.state != "off",
    )


def _took_part(own: AgentView) -> pd.DataFrame:
    if own.agent_id == UNASSIGNED:
        return own.tables.calls.iloc[:0]
    found = own.tables.calls
    found = found[within(found["started_at"], own.period, own.rules.time_zone)]
    return found.sort_values(["started_at", "id"], ascending=False)


def _call(own: AgentView, row: Mapping[str, Any], known: Mapping[str, tuple[str, str]]) -> Call:
    key, other = _what(own, row, known)
    answered, ended = row["answered_at"], row["ended_at"]
    talked = None
    if not pd.isna(answered) and not pd.isna(ended) and ended >= answered:
        talked = (ended - answered).total_seconds()
    return Call(
        id=str(row["id"]),
        started_at=row["started_at"].to_pydatetime(),
        answered_at=None if pd.isna(answered) else answered.to_pydatetime(),
        key=key,
        other=other,
        talk_seconds=talked,
        has_recording=not pd.isna(row["has_recording"]) and bool(row["has_recording"]),
    )


def _what(
    own: AgentView, row: Mapping[str, Any], known: Mapping[str, tuple[str, str]]
) -> tuple[str, str]:
    """What the call was for this person (a key of the texts), and who else had a part in it."""
    if row["status"] != "done":
        return ("running_out" if row["direction"] == "outbound" else "running"), ""
    given, taken = row["transferred_by_agent_id"], row["transferred_to_agent_id"]
    if given == own.agent_id:
        other = known.get(word(taken), ("", ""))[0] or word(row["transferred_to_name"])
        return ("passed_to", other) if other else ("passed", "")
    if taken == own.agent_id and not pd.isna(given):
        other = known.get(word(given), ("", ""))[0] or word(row["transferred_by_name"])
        return ("taken_from", other) if other else ("inbound", "")
    if row["direction"] == "outbound":
        return ("outbound" if not pd.isna(row["answered_at"]) else "outbound_unanswered"), ""
    return ("inbound" if pd.isna(row["missed_call_reason"]) else "missed"), ""
