"""The week in half-hours: people needed, people scheduled, and the difference."""

from typing import Any

import numpy as np
from dash import dcc, html

from layouts.components.context import Context
from layouts.components.heat_map import HeatCell, HeatLine, diverging, heat_map, sequential
from layouts.components.panel import figure_panel, segmented
from layouts.components.states import banner, empty, message
from layouts.formats import NBSP
from layouts.links import view
from layouts.pages.staffing.data import PAGE, Staffing
from metrics.planning.demand import OCCURRENCES_MINIMUM
from metrics.planning.schedule import WEEKDAYS

HEATS = ("needed", "scheduled", "gap")
# A gap of so many people has the strongest colour.
REACH = 3
MANY = 26
LESS, IMPOSSIBLE = "−", "…"


def clock(half: int) -> str:
    """When a half-hour begins: 9:30."""
    return f"{half // 2}:{'30' if half % 2 else '00'}"


def people_words(number: float, context: Context) -> str:
    """A number of people: whole, or with a half where somebody comes in between."""
    return context.formats.decimal(number, 0 if float(number).is_integer() else 1)


def no_schedule(context: Context) -> html.Div:
    """Nobody made a schedule yet, and where that is done."""
    text = context.text
    way = html.A(
        text("staffing.to_grid"), href=f"#{PAGE}--schedule", className="button button-primary"
    )
    title, words = text("staffing.no_schedule_yet"), text("staffing.no_schedule")
    return message("empty", context, title, words, way)


def facts(staffing: Staffing, context: Context) -> html.Div:
    """The week in four numbers."""
    text, formats = context.text, context.formats
    needed, scheduled = staffing.needed, staffing.scheduled
    found: list[tuple[str, Any, str]] = []
    if needed.max() > 0:
        weekday, half = divmod(int(needed.argmax()), needed.shape[1])
        where = f"{text(f'rows.weekday.{weekday}')}, {clock(half)}"
        found.append(("peak", formats.count(needed.max()), where))
    else:
        found.append(("peak", "0", text("staffing.fact.nothing")))
    asked = needed.clip(0)
    hours = float(asked.sum()) / 2
    have = float(scheduled.sum()) / 2
    found.append(
        (
            "hours",
            f"{formats.count(hours)}{NBSP}h",
            text("staffing.fact.scheduled", hours=formats.count(have)),
        )
    )
    short = (needed > scheduled + 1e-9) & (needed > 0)
    busy = int((needed > 0).sum())
    found.append(
        (
            "short",
            formats.count(short.sum()) if staffing.has_schedule else text("staffing.fact.unknown"),
            text("staffing.fact.of_halves", n=formats.count(busy)),
        )
    )
    total = sum(work.demand.total for work in staffing.works.values())
    occurrences = sum(staffing.main.demand.occurrences)
    found.append(
        (
            "arrived",
            _arrived(staffing, total, context),
            text.plural("staffing.fact.days", occurrences, n=formats.count(occurrences)),
        )
    )
    cells = [
        html.Article(
            [
                html.Div(html.H3(text(f"staffing.fact.{key}")), className="kpi-label"),
                html.Div(html.P(value, className="kpi-value"), className="kpi-main"),
                html.P(words, className="kpi-meta"),
            ],
            className="kpi",
            id=f"{PAGE}--fact-{key}",
        )
        for key, value, words in found
    ]
    return html.Div(cells, className="kpis staffing-facts")


def _arrived(staffing: Staffing, total: int, context: Context) -> Any:
    """How much arrived, and the way to its rows: on the page of such rows, for the days counted.

    Where holidays were left out, or two kinds are added up, no list has as many rows.
    """
    words = context.formats.count(total)
    days = staffing.main.demand.days
    if len(staffing.works) > 1 or not total or days is None:
        return words
    if (days[1] - days[0]).days + 1 != sum(staffing.main.demand.occurrences):
        return words
    span = {"from_": days[0].isoformat(), "to": days[1].isoformat()}
    if "calls" in staffing.works:
        href = view("/telephony", {}, **span, rows="loss_rate")
    else:
        kept = {n: v for n, v in context.choices.items() if n == "team" or n.startswith("attr.")}
        href = view("/overview", kept, **span, origin="customer", rows="conversations")
    return dcc.Link(words, href=href, className="rows-link", title=context.text("rows.open"))


def panel(staffing: Staffing, context: Context) -> html.Section:
    """Weekday by half-hour."""
    text, formats = context.text, context.formats
    switch = segmented(
        [
            (
                text(f"staffing.heat.{heat}"),
                context.view(heat=None if heat == "needed" else heat),
                staffing.heat == heat,
            )
            for heat in HEATS
        ],
        text("staffing.week"),
    )
    total = sum(work.demand.total for work in staffing.works.values())
    body: Any
    if not len(staffing.halves):
        body = empty(context, _nothing(staffing, context))
    elif staffing.heat != "needed" and not staffing.has_schedule:
        body = no_schedule(context)
    else:
        body = [*_warnings(staffing, context), _grid(staffing, context)]
    return figure_panel(
        PAGE,
        "staffing_need",
        text("staffing.week"),
        body,
        None,
        context,
        population=text("units.n", n=formats.count(total)),
        tools=[switch],
        footnote=_foot(staffing, context),
        passport=staffing.passports["staffing_need"],
    )


def _nothing(staffing: Staffing, context: Context) -> str:
    if "calls" in staffing.works and not staffing.has_calls:
        return context.text("staffing.no_telephone")
    if staffing.main.demand.days is None:
        return context.text("staffing.no_history")
    return context.text("staffing.nothing_arrived")


def _warnings(staffing: Staffing, context: Context) -> list[html.Div]:
    text = context.text
    said = []
    short = [day for day, is_short in enumerate(staffing.main.demand.is_short) if is_short]
    if short:
        days = ", ".join(text(f"rows.weekday.{day}") for day in short)
        words = text("staffing.short_words", days=days, n=OCCURRENCES_MINIMUM)
        said.append(banner("information", text("staffing.short_history"), words))
    if (staffing.needed < 0).any():
        words = text("staffing.impossible_words")
        said.append(banner("attention", text("staffing.impossible"), words))
    return said


def _grid(staffing: Staffing, context: Context) -> html.Div:
    text = context.text
    halves = staffing.halves
    largest = float(max(staffing.needed.max(), staffing.scheduled.max(), 1))
    lines = []
    for weekday in range(WEEKDAYS):
        cells = [_cell(staffing, weekday, half, largest, context) for half in halves]
        total = HeatCell(_hours(staffing, weekday, context))
        lines.append(HeatLine(text(f"telephony.weekday.{weekday}"), cells, total))
    foot = HeatLine(
        text("staffing.worst" if staffing.heat == "gap" else "staffing.peak"),
        [HeatCell(_peak(staffing, half, context)) for half in halves],
        HeatCell(_hours_words(float(_values(staffing).sum()) / 2, context)),
    )
    many = len(halves) > MANY
    heads = [_head(half, many) for half in halves]
    kind = "heat-hours heat-halves" + (" heat-many" if many else "")
    return heat_map("", heads, lines, foot, text("staffing.hours"), context, class_name=kind)


def _head(half: int, many: bool) -> str:
    """Full hours; the half ones too where there is room."""
    if half % 2 == 0:
        return f"{half // 2}h"
    return "" if many else clock(half)


def _values(staffing: Staffing) -> Any:
    """What the cells tell, as numbers; a half-hour that nobody can reach counts for none."""
    needed = np.where(staffing.needed < 0, 0, staffing.needed)
    if staffing.heat == "needed":
        return needed
    if staffing.heat == "scheduled":
        return staffing.scheduled
    known = np.array([[staffing.is_known(day)] for day in range(WEEKDAYS)])
    return np.where((staffing.needed < 0) | ~known, 0, staffing.scheduled - needed)


def _cell(
    staffing: Staffing, weekday: int, half: int, largest: float, context: Context
) -> HeatCell:
    value = float(_values(staffing)[weekday, half])
    if staffing.heat != "scheduled" and not staffing.is_known(weekday):
        return HeatCell("", title=context.text("staffing.no_such_day"))
    title = cell_title(staffing, weekday, half, context)
    if staffing.needed[weekday, half] < 0 and staffing.heat != "scheduled":
        return HeatCell(IMPOSSIBLE, "div-1", title=title)
    if staffing.heat != "gap":
        return HeatCell(people_words(value, context), sequential(value, largest), title=title)
    idle = not staffing.needed[weekday, half] and not staffing.scheduled[weekday, half]
    tone = "" if idle or not value else diverging(value, 0, REACH)
    return HeatCell("" if idle else signed(value, context), tone, title=title)


def signed(value: float, context: Context) -> str:
    """A difference with its sign: the sign is what says it, the colour comes second."""
    words = people_words(abs(value), context)
    if not value:
        return "0"
    return f"{LESS if value < 0 else '+'}{words}"


def cell_title(staffing: Staffing, weekday: int, half: int, context: Context) -> str:
    """Everything about a half-hour in one sentence."""
    text, formats = context.text, context.formats
    said = [f"{text(f'rows.weekday.{weekday}')}, {clock(half)}"]
    for name, work in staffing.works.items():
        arrivals = formats.decimal(float(work.plan.arrivals[weekday, half]))
        said.append(text(f"staffing.arrive.{name}", n=arrivals))
    needed = int(staffing.needed[weekday, half])
    if needed < 0:
        said.append(text("staffing.impossible"))
    else:
        said.append(text("staffing.needs", n=formats.count(needed)))
    if staffing.has_schedule:
        have = people_words(float(staffing.scheduled[weekday, half]), context)
        said.append(text("staffing.has", n=have))
    return "; ".join(said)


def _hours(staffing: Staffing, weekday: int, context: Context) -> str:
    if staffing.heat != "scheduled" and not staffing.is_known(weekday):
        return ""
    return _hours_words(float(_values(staffing)[weekday].sum()) / 2, context)


def _hours_words(hours: float, context: Context) -> str:
    sign = LESS if round(hours) < 0 else ""
    return f"{sign}{context.formats.count(abs(hours))}{NBSP}h"


def _peak(staffing: Staffing, half: int, context: Context) -> str:
    """The most of a half-hour; of gaps the worst."""
    column = _values(staffing)[:, half]
    if staffing.heat != "scheduled":
        column = column[[staffing.is_known(day) for day in range(WEEKDAYS)]]
    if not len(column):
        return ""
    if staffing.heat == "gap":
        return signed(float(column.min()), context)
    return people_words(float(column.max()), context)


def _foot(staffing: Staffing, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    said = [text(f"staffing.model.{'patience' if _is_impatient(staffing) else 'endless'}")]
    calls = staffing.works.get("calls")
    if calls is not None:
        after = calls.demand.after_call
        said.append(
            text("staffing.only_talk")
            if after is None
            else text("staffing.with_after", seconds=formats.duration(after))
        )
        said.append(text("staffing.every_call"))
    if "conversations" in staffing.works:
        said.append(text("staffing.given_minutes"))
    return html.Div([html.Span(words) for words in said], className="foot-words")


def _is_impatient(staffing: Staffing) -> bool:
    calls = staffing.works.get("calls")
    return calls is not None and calls.plan.assumptions.patience is not None
