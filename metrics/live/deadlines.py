"""Which open conversations come next to their target for the first response."""

import pandas as pd

from metrics.measures.stocks import reply_due, reply_seconds_left
from metrics.model.catalog import CATALOG
from metrics.model.selection import select
from metrics.model.view import View


def first_responses_due(view: View) -> pd.DataFrame:
    """The rows of `awaiting_first_response`, the one that is due first (or longest late) first.

    Returns:
        The columns of conversations, and `since` (when the clock started), `seconds_left` (negative
        when late) and `due` (the part of the metric).
    """
    tables, rules = view.tables, view.rules
    found = select(CATALOG["awaiting_first_response"], view).rows
    left = reply_seconds_left(found, rules, tables.now)
    found = found.assign(
        since=found["first_contact_reply_at"].fillna(found["created_at"]),
        seconds_left=left,
        due=reply_due(found, rules, tables.now),
    )[left.notna()]
    return found.sort_values(["seconds_left", "id"], ignore_index=True)
