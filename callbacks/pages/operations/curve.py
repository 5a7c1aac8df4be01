"""The course of the day, as the wall draws it."""

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd

from callbacks.pages.operations.view import OperationsView
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.operations.day_curve import Curve, Slot, Tick, day_curve
from metrics.live import today as watch
from metrics.live import trends
from metrics.live.projection import Projection, queue_at_closing
from metrics.model.catalog import CATALOG
from metrics.model.periods import today

# Hours that are drawn where nothing has arrived and nothing is usual.
FIRST_HOUR, LAST_HOUR = 8, 18
# Shorter than this, every second hour has its tick.
FEW_HOURS = 13


def curve(
    question: OperationsView,
    info: Callable[[str], MetricInfo | None],
    context: Context,
) -> Curve:
    """Arrivals of the stretch per half hour, with the usual band once the history is whole."""
    slots = _slots(question)
    total = watch.since(CATALOG["conversations"], question.view, question.start)
    usual = None
    if question.query.period == "today":
        usual = trends.usual_until(
            question.view, question.today, first_day=_whole_history(question)
        )
    banded = any(slot.high is not None for slot in slots)
    is_drawn = any(slot.count or slot.high for slot in slots)
    ticks = _ticks(slots, question, context)
    figure = day_curve(slots, ticks, _now(question), question.kiosk, context)
    return Curve(
        figure=figure,
        is_drawn=is_drawn,
        total=int(total.value or 0),
        usual=usual,
        note="" if banded else _note(question, context),
        table=[_line(slot, context) for slot in slots],
        info=info("arrivals"),
        late=question.late_at("intercom") is not None,
        closing=_closing(question),
        closing_info=info("queue_at_closing"),
    )


def _closing(question: OperationsView) -> Projection | None:
    """Where the queue is heading; of fresh numbers of today only."""
    if question.query.period != "today" or question.late_at("intercom") is not None:
        return None
    return queue_at_closing(question.view, first_day=_whole_history(question))


def _whole_history(question: OperationsView) -> date | None:
    """The first loaded day; None while history arrives: part of it says nothing about usual."""
    history = question.snapshot.history
    return history.first_day if history.complete else None


def _first_day(question: OperationsView) -> date:
    return today(question.start, question.rules.time_zone)


def _slots(question: OperationsView) -> list[Slot]:
    """The half hours of the stretch; the one that runs now has no count yet."""
    first = _first_day(question)
    now = _now(question)
    found = []
    for number in range((question.today - first).days + 1):
        told = trends.arrivals(
            question.view, first + timedelta(days=number), first_day=_whole_history(question)
        )
        for place, row in enumerate(told.to_dict("records")):
            hour = number * 24 + place / 2
            over = hour + 0.5 <= now and not pd.isna(row["count"])
            found.append(
                Slot(
                    hour,
                    int(row["count"]) if over else None,
                    _known(row["low"]),
                    _known(row["usual"]),
                    _known(row["high"]),
                )
            )
    return _shown(found, question)


def _shown(slots: list[Slot], question: OperationsView) -> list[Slot]:
    """Without the empty hours at either end; of 48 hours, from their first instant on."""
    if question.query.period == "48h":
        start = _hours_since(question.start, question)
        return [slot for slot in slots if slot.hour + 0.5 > start]
    told = [slot.hour for slot in slots if slot.count or (slot.high or 0) >= 1]
    first = min([*told, FIRST_HOUR])
    last = max([*told, LAST_HOUR, _now(question)])
    return [slot for slot in slots if first <= slot.hour <= last]


def _hours_since(instant: pd.Timestamp, question: OperationsView) -> float:
    zone = question.rules.time_zone
    local = instant.tz_convert(zone)
    days = (local.date() - _first_day(question)).days
    return float(days * 24 + local.hour + local.minute / 60)


def _now(question: OperationsView) -> float:
    return _hours_since(question.tables.now, question)


def _ticks(slots: list[Slot], question: OperationsView, context: Context) -> list[Tick]:
    first, last = slots[0].hour, slots[-1].hour + 0.5
    if question.query.period == "48h":
        return [
            Tick(hour, _tick_words(hour, question, context))
            for hour in range(0, 97, 12)
            if first <= hour <= last
        ]
    step = 2 if last - first <= FEW_HOURS + 5 else 3
    hours = [hour for hour in range(25) if first < hour <= last and hour % step == 0]
    return [Tick(hour, f"{hour}h") for hour in hours]


def _tick_words(hour: int, question: OperationsView, context: Context) -> str:
    if hour % 24:
        return f"{hour % 24}h"
    day = _first_day(question) + timedelta(days=hour // 24)
    return context.formats.weekday(day)


def _note(question: OperationsView, context: Context) -> str:
    history, formats = question.snapshot.history, context.formats
    if not history.complete:
        return context.text(
            "operations.curve.history",
            loaded=formats.count(history.loaded_days),
            total=formats.count(history.total_days),
        )
    return context.text("operations.curve.no_usual")


def _line(slot: Slot, context: Context) -> tuple[str, str, str]:
    formats = context.formats
    minutes = round(slot.hour * 60) % 1440
    count = context.text("states.no_data") if slot.count is None else formats.count(slot.count)
    usual = ""
    if slot.low is not None and slot.high is not None:
        usual = context.text(
            "charts.usual", low=formats.count(slot.low), high=formats.count(slot.high)
        )
    return f"{minutes // 60:02d}:{minutes % 60:02d}", count, usual


def _known(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type]
