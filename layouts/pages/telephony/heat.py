"""The week and the people by hour: cells with numbers, coloured by them."""

from collections.abc import Sequence

from dash import html

from layouts.components.context import Context
from layouts.components.heat_map import HeatCell, HeatLine, heat_map, heat_scale, sequential
from layouts.components.panel import figure_panel, segmented
from layouts.components.states import empty
from layouts.components.view_link import rows_link
from layouts.pages.telephony.data import PAGE, Telephony
from metrics.model.summary import Summary
from metrics.query.crosstab import Crosstab

INBOUND, ANSWERED, LOSS = "calls_inbound", "calls_answered", "loss_rate"
# A share of fewer calls than this is nobody's pattern: it stays uncoloured.
ENOUGH = 10
MANY = 16


def week(telephony: Telephony, context: Context) -> html.Section:
    """Weekday by hour: how many called, how many on each such day, or how many we lost."""
    text, formats = context.text, context.formats
    views = [(None, "count"), ("mean", "mean"), ("loss", "loss")]
    switch = segmented(
        [
            (text(f"telephony.heat.{key}"), context.view(heat=view), telephony.heat == view)
            for view, key in views
        ],
        text("telephony.week"),
    )
    shown = telephony.week_loss if telephony.heat == "loss" else telephony.week
    passport = telephony.passports["calls_by_weekday_hour"]
    if not shown.total.n:
        body, foot = empty(context, text("telephony.no_inbound")), None
    else:
        body, foot = _week(telephony, shown, context), _week_foot(telephony, context)
    return figure_panel(
        PAGE,
        "calls_by_weekday_hour",
        text("telephony.week"),
        body,
        None,
        context,
        population=text("units.n", n=formats.count(shown.total.n)),
        tools=[switch],
        footnote=foot,
        passport=passport,
    )


def _week(telephony: Telephony, shown: Crosstab, context: Context) -> html.Div:
    text = context.text
    hours = used_hours(shown)
    happened = telephony.happened
    days = sum(happened)
    largest = max(
        (_told(telephony, s, happened[d]) for (d, _), s in shown.cells.items()), default=0
    )

    def cell(number: Summary | None, often: int, cells: tuple[str, ...], name: str) -> HeatCell:
        key = LOSS if telephony.heat == "loss" else INBOUND
        if number is None or not number.n:
            return HeatCell("0" if telephony.heat != "loss" else "", title=name)
        value = _told(telephony, number, often)
        tone = sequential(value, largest)
        if telephony.heat == "loss" and number.n < ENOUGH:
            tone = ""
        n = text("units.n", n=context.formats.count(number.n))
        return HeatCell(_words(telephony, value, context), tone, key, cells, f"{name}, {n}")

    lines = []
    for day in range(7):
        name = text(f"rows.weekday.{day}")
        lines.append(
            HeatLine(
                text(f"telephony.weekday.{day}"),
                [
                    cell(
                        shown.cells.get((day, hour)),
                        happened[day],
                        (f"weekday_hour:{day}-{hour}",),
                        f"{name}, {hour}h",
                    )
                    for hour in hours
                ],
                _plain(cell(shown.down_totals[day], happened[day], (f"weekday:{day}",), name)),
            )
        )
    word = text("overview.total")
    foot = HeatLine(
        word,
        [_plain(cell(shown.across_totals[h], days, (f"hour:{h}",), f"{h}h")) for h in hours],
        _plain(cell(shown.total, days, (), word)),
    )
    heads = [f"{hour}h" for hour in hours]
    return heat_map("", heads, lines, foot, word, context, class_name=_class(hours))


def _told(telephony: Telephony, number: Summary, often: int) -> float:
    value = number.value or 0
    return value / often if telephony.heat == "mean" and often else value


def _words(telephony: Telephony, value: float, context: Context) -> str:
    if telephony.heat == "loss":
        return context.formats.share(value, 0)
    if telephony.heat == "mean":
        return context.formats.decimal(value)
    return context.formats.count(value)


def _plain(cell: HeatCell) -> HeatCell:
    """Totals are another scale than cells, and carry no colour."""
    return HeatCell(cell.words, "", cell.key, cell.cells, cell.title)


def _week_foot(telephony: Telephony, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    said = []
    peaks = telephony.peaks
    if peaks.hour:
        hour, mean = peaks.hour
        words = text("telephony.peak_hour", hour=hour, mean=formats.decimal(mean))
        said.append(rows_link(words, context, INBOUND, f"hour:{hour}"))
    if peaks.weekday:
        day, mean = peaks.weekday
        words = text(
            "telephony.peak_weekday",
            weekday=text(f"rows.weekday.{day}"),
            mean=formats.decimal(mean),
        )
        said.append(rows_link(words, context, INBOUND, f"weekday:{day}"))
    if telephony.heat == "loss":
        said.append(html.Span(text("telephony.loss_note", n=ENOUGH)))
    few, many = text("telephony.few"), text("telephony.many")
    return html.Div(
        [html.Div(said, className="foot-words"), heat_scale(few, many)], className="heat-foot"
    )


def people(telephony: Telephony, context: Context) -> html.Section:
    """Who answers at which hour."""
    text, formats = context.text, context.formats
    shown = telephony.people
    passport = telephony.passports["calls_by_agent_hour"]
    if not shown.total.n:
        body = empty(context, text("telephony.no_answered"))
    else:
        hours = used_hours(shown)
        largest = shown.largest
        keys = shown.down.keys
        lines = [
            HeatLine(
                telephony.agent_names[place],
                [
                    _count(
                        shown.cells.get((place, h)),
                        largest,
                        (f"agent:{agent}", f"hour:{h}"),
                        context,
                    )
                    for h in hours
                ],
                _count(shown.down_totals[place], 0, (f"agent:{agent}",), context),
            )
            for place, agent in enumerate(keys)
        ]
        word = text("overview.total")
        foot = HeatLine(
            word,
            [_count(shown.across_totals[hour], 0, (f"hour:{hour}",), context) for hour in hours],
            _count(shown.total, 0, (), context),
        )
        heads = [f"{hour}h" for hour in hours]
        body = heat_map("", heads, lines, foot, word, context, class_name="heat-hours")
    return figure_panel(
        PAGE,
        "calls_by_agent_hour",
        text("telephony.people"),
        body,
        None,
        context,
        population=text("units.n", n=formats.count(shown.total.n)),
        footnote=text("telephony.people_note"),
        passport=passport,
    )


def _count(
    number: Summary | None, largest: float, cells: tuple[str, ...], context: Context
) -> HeatCell:
    if number is None or not number.n:
        return HeatCell("0")
    words = context.formats.count(number.n)
    return HeatCell(words, sequential(number.n, largest), ANSWERED, cells)


def used_hours(shown: Crosstab) -> Sequence[int]:
    """From the first to the last hour of the day that has calls."""
    used = [hour for hour, number in enumerate(shown.across_totals) if number.n]
    return range(min(used), max(used) + 1) if used else ()


def _class(hours: Sequence[int]) -> str:
    """A whole day of hours beside another panel has narrower cells."""
    return "heat-hours heat-many" if len(hours) > MANY else "heat-hours"
