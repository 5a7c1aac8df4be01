"""Tickets as the lines of a list."""

from typing import Any

import pandas as pd

from callbacks.reports.filter_choices import person_word
from callbacks.reports.listing import date_column
from callbacks.reports.report_view import ReportView
from layouts.components.context import Context
from layouts.components.rows_panel import Conversation
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.filters import UNASSIGNED
from metrics.model.values import word
from services.runtime.backend import Backend
from services.settings.links import conversation_url


def workspace_id(question: ReportView[Any], backend: Backend) -> str | None:
    """The id of the Intercom workspace, for links."""
    return backend.environment.intercom_app_id or question.snapshot.meta.get("app_id")


def ticket_lines(
    frame: pd.DataFrame,
    marks: list[str],
    metric: Metric,
    question: ReportView[Any],
    backend: Backend,
    context: Context,
) -> list[Conversation]:
    """The lines of these tickets, in order."""
    names, now = people.names(question.tables), question.tables.now
    template, app_id = backend.settings.backoffice.ticket_url, workspace_id(question, backend)
    dates = date_column(frame, metric).dt.tz_localize("UTC")
    found = []
    for row, at, mark in zip(frame.to_dict("records"), dates, marks, strict=True):
        is_open = bool(row["is_open"])
        end = now if is_open or pd.isna(row["resolved_at"]) else row["resolved_at"]
        owner = word(row["agent_id"]) or UNASSIGNED
        about = [f"#{word(row['number']) or row['id']}", person_word(owner, names, context)]
        about += [word(row[name]) for name in ("company", "state_label")]
        found.append(
            Conversation(
                id=str(row["id"]),
                at=at.to_pydatetime(),
                subject=word(row["subject"]),
                about=about,
                state="ticket_open" if is_open else "ticket_closed",
                span=float((end - row["created_at"]).total_seconds()),
                mark=mark,
                url=conversation_url(template, app_id, str(row["id"])),
            )
        )
    return found
