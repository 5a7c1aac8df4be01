"""The manager's page of the telephone: how calls were met, when, by whom, and who waits for us."""

from typing import Any

from layouts.components.context import Context
from layouts.components.kpi import kpi_sheet
from layouts.components.panel import segmented
from layouts.components.states import banner, message
from layouts.components.view_link import view_link
from layouts.elements import Element, html
from layouts.pages.telephony import charts, tables
from layouts.pages.telephony.data import PAGE, Telephony
from metrics.model.lines import MAIN

KEYS = (
    "calls_inbound",
    "calls_answered",
    "calls_missed",
    "loss_rate",
    "service_level",
    "time_to_answer",
    "talk_time",
    "calls_outbound",
    "calls_outbound_answered",
    "talk_time_outbound",
)
TRENDS = KEYS[:6]


def content(telephony: Telephony, context: Context) -> list[Any]:
    notes = [banner(note.kind, note.title, note.words) for note in telephony.notes]
    if not telephony.calls and not telephony.owed:
        return [_lines(telephony, context), *notes, no_calls(context)]
    return [
        _lines(telephony, context),
        *notes,
        kpi_sheet(PAGE, telephony.kpis, context),
        _row(1, charts.week(telephony, context), charts.outcomes(telephony, context)),
        _row(2, charts.lost_hours(telephony, context), tables.owed(telephony, context)),
        charts.people(telephony, context),
        tables.agents(telephony, context),
        _row(3, charts.answers(telephony, context), tables.lines(telephony, context)),
        _row(2, tables.transfers(telephony, context), tables.callers(telephony, context)),
        tables.recent(telephony, context),
    ]


def off(context: Context) -> Element:
    text = context.text
    return message(
        "shuttered", context, text("telephony.not_connected"), text("telephony.not_connected_words")
    )


def no_calls(context: Context) -> Element:
    text = context.text
    link = view_link(text("telephony.every_line"), context.view(line=None), "button")
    action = link if context.choices.get("line") else None
    title, label = text("telephony.no_calls"), text("telephony.no_calls_words")
    return html.Div(message("empty", context, title, label, action), className="panel")


def _row(kind: int, *parts: Any) -> Element:
    return html.Div(list(parts), className=f"bi-row telephony-row-{kind}")


def _lines(telephony: Telephony, context: Context) -> Element | None:
    text = context.text
    if len(telephony.lines) < 2 and not telephony.has_main_lines:
        return None
    chosen = any(line.chosen for line in telephony.lines)
    choices = [(text("telephony.all_lines"), context.view(line=None), not chosen)]
    for line in telephony.lines:
        name = text("telephony.main_lines") if line.id == MAIN else line.name
        choices.append((name, context.view(line=line.id), line.chosen))
    return html.Div(
        [
            html.Span(text("telephony.lines"), className="quieter"),
            segmented(choices, text("telephony.lines"), "line-choice"),
        ],
        className="view-tools",
    )
