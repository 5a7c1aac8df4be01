"""How many people each half hour of a week needs, and one of its days in full."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import Figure, counted, figure, graph, scatter
from layouts.components.heat_map import HeatCell, HeatLine, diverging, heat_map, sequential
from layouts.components.panel import figure_panel, pill, segmented
from layouts.components.states import banner, empty, message
from layouts.components.typed_table import Cell, Column, Kind, Table
from layouts.elements import Element, dcc, html
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
    """9:30."""
    return f"{half // 2}:{'30' if half % 2 else '00'}"


def people_words(number: float, context: Context) -> str:
    """Whole, or with a half where somebody comes in between."""
    return context.formats.decimal(number, 0 if float(number).is_integer() else 1)


def no_schedule(context: Context) -> Element:
    text = context.text
    link = html.A(
        text("staffing.to_grid"), href=f"#{PAGE}--schedule", className="button button-primary"
    )
    title, label = text("staffing.no_schedule_yet"), text("staffing.no_schedule")
    return message("empty", context, title, label, link)


def facts(staffing: Staffing, context: Context) -> Element:
    text, formats = context.text, context.formats
    needed, scheduled = staffing.needed, staffing.scheduled
    parts: list[tuple[str, Any, str]] = []
    if needed.max() > 0:
        weekday, half = divmod(int(needed.argmax()), needed.shape[1])
        where = f"{text(f'rows.weekday.{weekday}')}, {clock(half)}"
        parts.append(("peak", formats.count(needed.max()), where))
    else:
        parts.append(("peak", "0", text("staffing.fact.nothing")))
    asked = needed.clip(0)
    hours = float(asked.sum()) / 2
    have = float(scheduled.sum()) / 2
    parts.append(
        (
            "hours",
            f"{formats.count(hours)}{NBSP}h",
            text("staffing.fact.scheduled", hours=formats.count(have)),
        )
    )
    short = (needed > scheduled + 1e-9) & (needed > 0)
    busy = int((needed > 0).sum())
    parts.append(
        (
            "short",
            formats.count(short.sum()) if staffing.has_schedule else text("staffing.fact.unknown"),
            text("staffing.fact.of_halves", n=formats.count(busy)),
        )
    )
    total = sum(work.demand.total for work in staffing.works.values())
    occurrences = sum(staffing.main.demand.occurrences)
    parts.append(
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
        for key, value, words in parts
    ]
    return html.Div(cells, className="kpis staffing-facts")


def _arrived(staffing: Staffing, total: int, context: Context) -> Any:
    """The link to the rows: on the page of such rows, for the days counted.

    Where holidays were left out, or two kinds are added up, no list has as many rows.
    """
    label = context.formats.count(total)
    days = staffing.main.demand.days
    if len(staffing.works) > 1 or not total or days is None:
        return label
    if (days[1] - days[0]).days + 1 != sum(staffing.main.demand.occurrences):
        return label
    span = {"from_": days[0].isoformat(), "to": days[1].isoformat()}
    if "calls" in staffing.works:
        href = view("/telephony", {}, **span, rows="loss_rate")
    else:
        choices = {n: v for n, v in context.choices.items() if n == "team" or n.startswith("attr.")}
        href = view("/overview", choices, **span, origin="customer", rows="conversations")
    return dcc.Link(label, href=href, className="rows-link", title=context.text("rows.open"))


def week_panel(staffing: Staffing, context: Context) -> Element:
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
        footnote=_week_foot(staffing, context),
        info=staffing.infos["staffing_need"],
    )


def _nothing(staffing: Staffing, context: Context) -> str:
    if "calls" in staffing.works and not staffing.has_calls:
        return context.text("staffing.no_telephone")
    if staffing.main.demand.days is None:
        return context.text("staffing.no_history")
    return context.text("staffing.nothing_arrived")


def _warnings(staffing: Staffing, context: Context) -> list[Element]:
    text = context.text
    parts = []
    short = [day for day, is_short in enumerate(staffing.main.demand.is_short) if is_short]
    if short:
        days = ", ".join(text(f"rows.weekday.{day}") for day in short)
        label = text("staffing.short_words", days=days, n=OCCURRENCES_MINIMUM)
        parts.append(banner("information", text("staffing.short_history"), label))
    if (staffing.needed < 0).any():
        label = text("staffing.impossible_words")
        parts.append(banner("attention", text("staffing.impossible"), label))
    return parts


def _grid(staffing: Staffing, context: Context) -> Element:
    text = context.text
    halves = staffing.halves
    largest = float(max(staffing.needed.max(), staffing.scheduled.max(), 1))
    lines = []
    for weekday in range(WEEKDAYS):
        cells = [_cell(staffing, weekday, half, largest, context) for half in halves]
        hours = float(_values(staffing)[weekday].sum()) / 2
        total = HeatCell(_hours(staffing, weekday, context), value=hours)
        lines.append(HeatLine(text(f"telephony.weekday.{weekday}"), cells, total))
    whole = float(_values(staffing).sum()) / 2
    foot = HeatLine(
        text("staffing.worst" if staffing.heat == "gap" else "staffing.peak"),
        [_peak(staffing, half, context) for half in halves],
        HeatCell(_hours_words(whole, context), value=whole),
    )
    many = len(halves) > MANY
    kind = "heat-hours heat-halves" + (" heat-many" if many else "")
    return heat_map(
        f"{text('staffing.week')}, {text(f'staffing.heat.{staffing.heat}')}",
        "number",
        text("staffing.weekday"),
        [_head(half, many) for half in halves],
        lines,
        foot,
        text("staffing.hours"),
        context,
        class_name=kind,
        titles=[clock(half) for half in halves],
    )


def _head(half: int, many: bool) -> str:
    """Full hours; the half ones too where there is room."""
    if half % 2 == 0:
        return f"{half // 2}h"
    return "" if many else clock(half)


def _values(staffing: Staffing) -> Any:
    """A half-hour that nobody can reach counts for none."""
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
        tone = sequential(value, largest)
        return HeatCell(people_words(value, context), tone, title=title, value=value)
    idle = not staffing.needed[weekday, half] and not staffing.scheduled[weekday, half]
    tone = "" if idle or not value else diverging(value, 0, REACH)
    words = "" if idle else signed(value, context)
    return HeatCell(words, tone, title=title, value=None if idle else value)


def signed(value: float, context: Context) -> str:
    """The sign is what says it, the colour comes second."""
    words = people_words(abs(value), context)
    if not value:
        return "0"
    return f"{LESS if value < 0 else '+'}{words}"


def cell_title(staffing: Staffing, weekday: int, half: int, context: Context) -> str:
    text, formats = context.text, context.formats
    parts = [f"{text(f'rows.weekday.{weekday}')}, {clock(half)}"]
    for name, work in staffing.works.items():
        arrivals = formats.decimal(float(work.plan.arrivals[weekday, half]))
        parts.append(text(f"staffing.arrive.{name}", n=arrivals))
    needed = int(staffing.needed[weekday, half])
    if needed < 0:
        parts.append(text("staffing.impossible"))
    else:
        parts.append(text("staffing.needs", n=formats.count(needed)))
    if staffing.has_schedule:
        have = people_words(float(staffing.scheduled[weekday, half]), context)
        parts.append(text("staffing.has", n=have))
    return "; ".join(parts)


def _hours(staffing: Staffing, weekday: int, context: Context) -> str:
    if staffing.heat != "scheduled" and not staffing.is_known(weekday):
        return ""
    return _hours_words(float(_values(staffing)[weekday].sum()) / 2, context)


def _hours_words(hours: float, context: Context) -> str:
    sign = LESS if round(hours) < 0 else ""
    return f"{sign}{context.formats.count(abs(hours))}{NBSP}h"


def _peak(staffing: Staffing, half: int, context: Context) -> HeatCell:
    """The most of a half-hour; of gaps the worst."""
    column = _values(staffing)[:, half]
    if staffing.heat != "scheduled":
        column = column[[staffing.is_known(day) for day in range(WEEKDAYS)]]
    if not len(column):
        return HeatCell("")
    if staffing.heat == "gap":
        worst = float(column.min())
        return HeatCell(signed(worst, context), value=worst)
    most = float(column.max())
    return HeatCell(people_words(most, context), value=most)


def _week_foot(staffing: Staffing, context: Context) -> Element:
    text, formats = context.text, context.formats
    parts = [text(f"staffing.model.{'patience' if _is_impatient(staffing) else 'endless'}")]
    calls = staffing.works.get("calls")
    if calls is not None:
        after = calls.demand.after_call
        parts.append(
            text("staffing.only_talk")
            if after is None
            else text("staffing.with_after", seconds=formats.duration(after))
        )
        parts.append(text("staffing.every_call"))
    if "conversations" in staffing.works:
        parts.append(text("staffing.given_minutes"))
    return html.Div([html.Span(words) for words in parts], className="foot-words")


def _is_impatient(staffing: Staffing) -> bool:
    calls = staffing.works.get("calls")
    return calls is not None and calls.plan.assumptions.patience is not None


def people_steps(staffing: Staffing, context: Context) -> Figure:
    """One step for each half-hour. What is needed is a limit: dashed; what was seen is drawn thick.

    A half-hour that nobody can reach, or in which nobody was read, breaks the line.
    """
    colours, text = context.palette, context.text
    halves = list(staffing.halves)
    known = staffing.is_known(staffing.day)
    needed = [
        int(n) if known and (n := staffing.needed[staffing.day, h]) >= 0 else None for h in halves
    ]
    scheduled = [float(staffing.scheduled[staffing.day, h]) for h in halves]
    online = [None if math.isnan(n := float(staffing.online[h])) else n for h in halves]
    lines: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("online", online, {"color": colours["cat-2"], "width": 2.2}),
        ("needed", needed, {"color": colours["ink1"], "width": 2, "dash": "dash"}),
    ]
    if staffing.has_schedule:
        lines.insert(0, ("scheduled", scheduled, {"color": colours["cat-1"], "width": 2.2}))
    names = [_between(half) for half in halves]
    traces = []
    for name, values, line in lines:
        places, heights, words = _steps(halves, values, names)
        step = scatter(
            x=places,
            y=heights,
            mode="lines",
            line=line,
            connectgaps=False,
            customdata=words,
            hovertemplate=f"%{{customdata[0]}}<br><b>%{{y:,.1~f}}</b> "
            f"{text(f'staffing.{name}')}<extra></extra>",
            name=name,
        )
        traces.append(step)
    hours = [h // 2 for h in halves if h % 2 == 0]
    ticks = hours[:: 2 if len(hours) > 14 else 1]
    return figure(
        context.theme,
        traces,
        xaxis={
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [f"{hour}h" for hour in ticks],
            "tickangle": 0,
            "range": [halves[0] / 2 - 0.1, halves[-1] / 2 + 0.6],
        },
        yaxis=counted(
            max((n for n in (*needed, *scheduled, *online) if n is not None), default=0),
            text("staffing.people"),
        ),
        height=270,
    )


def _steps(
    halves: Sequence[int], values: Sequence[float | None], names: Sequence[str]
) -> tuple[list[float], list[float | None], list[list[str]]]:
    """Each value from the begin of its half-hour to the end, so that a lone one is seen too."""
    places: list[float] = []
    heights: list[float | None] = []
    parts: list[list[str]] = []
    for half, value, name in zip(halves, values, names, strict=True):
        places += [half / 2, half / 2 + 0.5]
        heights += [value, value]
        parts += [[name], [name]]
    return places, heights, parts


def _between(half: int) -> str:
    first, last = half * 30, half * 30 + 30
    return f"{first // 60}:{first % 60:02d}–{last // 60}:{last % 60:02d}"


def day_panel(staffing: Staffing, context: Context) -> Element:
    text, formats = context.text, context.formats
    weekday = staffing.day
    switch = segmented(
        [
            (text(f"telephony.weekday.{day}"), context.view(day=str(day)), day == weekday)
            for day in range(WEEKDAYS)
        ],
        text("staffing.weekday"),
    )
    name = text(f"rows.weekday.{weekday}")
    count = staffing.main.demand.occurrences[weekday]
    body: Any
    table: Any = None
    if not len(staffing.halves):
        body = empty(context, text("staffing.nothing_arrived"))
    else:
        label = text("staffing.day_label", weekday=name)
        steps = people_steps(staffing, context)
        body = graph(ids.panel(PAGE, "day-graph"), steps, text, label)
        table = _day_table(staffing, context)
    return figure_panel(
        PAGE,
        "staffing_day",
        text("staffing.day", weekday=name),
        body,
        table,
        context,
        population=text.plural("staffing.fact.days", count, n=formats.count(count)),
        tools=[switch],
        footnote=_day_foot(staffing, context),
        info=staffing.infos["staffing_day"],
    )


def _day_foot(staffing: Staffing, context: Context) -> Element:
    text = context.text
    keys = [
        html.Span([html.Span(className=f"line-key line-{name}"), text(f"staffing.{name}")])
        for name in ("needed", "scheduled", "online")
        if staffing.has_schedule or name != "scheduled"
    ]
    seen = (
        text.plural("staffing.online_days", staffing.online_days, n=staffing.online_days)
        if staffing.online_days
        else text("staffing.online_none")
    )
    return html.Div([*keys, html.Span(seen)], className="foot-words keys")


def _day_table(staffing: Staffing, context: Context) -> Element:
    text, formats = context.text, context.formats
    single = len(staffing.works) == 1
    patience = single and staffing.main.plan.assumptions.patience is not None
    kinds: dict[str, Kind] = {"half": "text", "arrivals": "number", "p90": "number"}
    # Two kinds of work have neither one length nor one target.
    kinds |= {"handling": "seconds"} if single else {}
    kinds |= {"load": "points", "there": "count", "needed": "count"}
    kinds |= dict.fromkeys(("scheduled", "gap", "online"), "number")
    kinds |= {"in_time": "share", "wait": "seconds", "occupancy": "share"} if single else {}
    kinds |= {"gives_up": "share"} if patience else {}
    writers: dict[str, Any] = {
        "scheduled": lambda number: people_words(number, context),
        "gap": lambda number: signed(number, context),
        "occupancy": lambda share: formats.share(share, 0),
    }
    columns = [
        Column(text(f"staffing.head.{name}"), kind, writers.get(name))
        for name, kind in kinds.items()
    ]
    rows = [_day_row(staffing, half, patience, context) for half in staffing.day_halves]
    name = text("staffing.day", weekday=text(f"rows.weekday.{staffing.day}"))
    return data_table(Table(name, columns, rows), context, "staffing-table")


def _day_row(staffing: Staffing, half: int, patience: bool, context: Context) -> list[Any]:
    weekday, work = staffing.day, staffing.main
    flow = work.plan.flow(weekday, half)
    needed = int(staffing.needed[weekday, half])
    scheduled = float(staffing.scheduled[weekday, half])
    seen = float(staffing.online[half])
    there = sum(int(value.plan.there[weekday, half]) for value in staffing.works.values())
    label = context.text("staffing.impossible")
    impossible = Cell(None, drawn=pill(label, "attention", "exclamation-triangle-fill"))
    if not staffing.is_known(weekday):
        needed, impossible = -1, Cell(None)
    row: list[Any] = [
        clock(half),
        sum(float(w.plan.arrivals[weekday, half]) for w in staffing.works.values()),
        sum(float(w.demand.p90[weekday, half]) for w in staffing.works.values()),
        sum(w.plan.flow(weekday, half).load for w in staffing.works.values()),
        impossible if needed < 0 else there,
        impossible if needed < 0 else needed,
        scheduled,
        impossible if needed < 0 else scheduled - needed,
        None if np.isnan(seen) else seen,
    ]
    if len(staffing.works) == 1:
        row.insert(3, flow.handling or None)
        row += _outcome(staffing, half, context)
    if patience:
        outcome = work.plan.outcome_with_patience(weekday, half)
        row.append(outcome.gives_up if outcome and flow.load else None)
    return row


def _outcome(staffing: Staffing, half: int, context: Context) -> list[Any]:
    """Instability is said, and is no number."""
    text = context.text
    plan, weekday = staffing.main.plan, staffing.day
    if not plan.flow(weekday, half).load:
        idle = html.Span(text("staffing.idle"), className="no-data")
        return [Cell(None, drawn=idle), None, None]
    if not plan.present(weekday, half):
        return [Cell(None, drawn=text("staffing.nobody")), None, None]
    outcome = plan.outcome_with_patience(weekday, half) or plan.outcome(weekday, half)
    if outcome is None:
        unstable = pill(text("staffing.unstable"), "attention", "exclamation-triangle-fill")
        said = (unstable, text("staffing.grows"), text("staffing.unstable"))
        return [Cell(None, drawn=drawn) for drawn in said]
    return [outcome.in_time, outcome.mean_wait, outcome.occupancy]
