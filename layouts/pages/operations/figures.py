"""The wall's figures beside the day's curve: volume, calls, who is online, call-backs owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dash import html

from layouts import ids
from layouts.components.context import Context
from layouts.components.live_time import lasting
from layouts.components.metric_info import Passport, passport_button
from layouts.components.panel import no_data
from layouts.icons import icon

PAGE = "operations"
ICONS = {
    "conversations": "chat-left-text",
    "calls_answered": "telephone",
    "online_text": "chat-left-fill",
    "online_voice": "telephone-fill",
}


@dataclass(frozen=True)
class Figure:
    """One number with a line below it.

    Attributes:
        key: The catalogue's.
        value: None where nothing was read yet.
        note: The line below.
        verdict: reached (a tick), short (amber) or nothing.
        passport: Where it is offered.
        late_at: When its source last answered, if that is too long ago.
    """

    key: str
    value: int | None
    note: str = ""
    verdict: Literal["", "reached", "short"] = ""
    passport: Passport | None = None
    late_at: datetime | None = None


@dataclass(frozen=True)
class Debt:
    """Callers who are owed a call.

    Attributes:
        count: How many.
        oldest: Since when the first of them waits.
        passport: Where it is offered.
        late_at: When Aircall last answered, if that is too long ago.
    """

    count: int
    oldest: datetime | None
    passport: Passport | None = None
    late_at: datetime | None = None


def figures(
    told: Sequence[Figure], debt: Debt | None, kiosk: bool, at: datetime, context: Context
) -> html.Div:
    """Two by two, and the call-backs in one line below."""
    cells: list[Any] = [_figure(one, kiosk, context) for one in told]
    if debt is not None:
        cells.append(_debt(debt, kiosk, at, context))
    return html.Div(cells, className="figures" + ("" if debt is not None else " figures-text"))


def _figure(one: Figure, kiosk: bool, context: Context) -> html.Article:
    text, formats = context.text, context.formats
    label: list[Any] = [icon(ICONS[one.key]), html.H3(text(f"operations.figures.{one.key}"))]
    if one.passport is not None and not kiosk:
        label.append(passport_button(PAGE, one.passport, context))
    value = no_data(context) if one.value is None else formats.count(one.value)
    note: list[Any] = [one.note]
    if one.late_at is not None:
        note = [text("operations.figures.at", at=formats.clock(one.late_at))]
        if one.key == "calls_answered":
            note = [one.note]
    elif one.verdict == "reached":
        note = [one.note, icon("check2", "good")]
    elif one.verdict == "short":
        note = [icon("exclamation-triangle-fill"), one.note]
    kind = f" figure-{one.verdict}" if one.verdict and one.late_at is None else ""
    late = " doubtful" if one.late_at is not None else ""
    return html.Article(
        [
            html.Div(label, className="figure-label"),
            html.P(value, className="figure-value"),
            html.P(note, className="figure-note"),
        ],
        id=ids.panel(PAGE, one.key),
        className=f"figure{kind}{late}",
    )


def _debt(debt: Debt, kiosk: bool, at: datetime, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    said: list[Any] = [text("operations.figures.no_debt")]
    if debt.count:
        words = text.plural("operations.figures.debt", debt.count, n=formats.count(debt.count))
        said = [html.B(words)]
        if debt.late_at is not None:
            when = text("operations.figures.debt_at", at=formats.clock(debt.late_at))
            said.append(f", {when}")
        elif debt.oldest is not None:
            words = text("operations.figures.debt_oldest", span="{span}")
            said += [", ", lasting(debt.oldest, at, context, words)]
    parts: list[Any] = [icon("telephone-outbound"), html.Span(said)]
    if debt.passport is not None and not kiosk:
        parts.append(passport_button(PAGE, debt.passport, context))
    late = " doubtful" if debt.late_at is not None else ""
    return html.Div(parts, id=ids.panel(PAGE, "callback_debt"), className=f"figure-debt{late}")
