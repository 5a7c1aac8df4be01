"""People against the schedule: the fair target, and whether they were there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from layouts.components.context import Context
from layouts.components.data_table import MARK, data_table
from layouts.components.heat_map import HeatCell, HeatLine, heat_map, sequential
from layouts.components.panel import figure_panel, pill, segmented
from layouts.components.states import empty
from layouts.components.typed_table import Cell, Column, Kind, Table, carry
from layouts.components.view_link import rows_link, view_link
from layouts.elements import Element, html
from layouts.pages.staffing.data import PAGE, FairLine, PresenceLine, Staffing, TimeAway
from layouts.pages.staffing.week import LESS, no_schedule
from metrics.live.timeline import STATES, UNOBSERVED
from metrics.planning.adherence import PRESENT
from metrics.planning.time_away import NOTHING, Spent

ANSWERED = "calls_answered"
# Of less than this a share would be chance.
SECONDS_MINIMUM = 1800
# So many days have a column each; of more, weeks have.
DAYS_SHOWN = 31
# Of the table on the screen; the file has all.
AWAY_ROWS = 200


def fair(staffing: Staffing, context: Context) -> Element:
    """Answered calls of each person with a shift, against what the shifts let expect."""
    text, formats = context.text, context.formats
    target = staffing.fair
    pressed: dict[str, Any] = {"aria-pressed": "true" if staffing.transfers else "false"}
    switch = view_link(
        text("staffing.with_transfers"),
        context.view(transfers=None if staffing.transfers else "1"),
        "chip set" if staffing.transfers else "chip",
        **pressed,
    )
    basis = segmented(
        [
            (
                text(f"staffing.basis.{unit}"),
                context.view(basis=None if unit == "shifts" else unit),
                staffing.basis == unit,
            )
            for unit in ("shifts", "hours")
        ],
        text("staffing.basis.label"),
    )
    body: Any
    if not staffing.has_schedule:
        body = no_schedule(context)
    elif not staffing.fair_lines:
        body = empty(context, text("staffing.no_shifts"))
    else:
        body = html.Div(_fair_table(staffing, context), className="table-frame")
    parts = [body, _others(staffing, context)] if staffing.others else body
    return figure_panel(
        PAGE,
        "fair_target",
        text("staffing.fair"),
        parts,
        None,
        context,
        population=text(
            "staffing.fair_n",
            calls=text.plural("staffing.calls", target.calls, n=formats.count(target.calls)),
            shifts=text.plural("staffing.shifts", target.shifts, n=formats.count(target.shifts)),
        ),
        tools=[html.Span(text("staffing.basis.label"), className="quieter"), basis, switch],
        footnote=_fair_foot(staffing, context),
        info=staffing.infos["fair_target"],
    )


def _fair_foot(staffing: Staffing, context: Context) -> Element:
    text, formats = context.text, context.formats
    target = staffing.fair
    parts = []
    rate = target.per_hour if staffing.basis == "hours" else target.per_shift
    if rate is not None:
        key = "staffing.per_hour" if staffing.basis == "hours" else "staffing.per_shift"
        value = formats.decimal(rate, 2 if staffing.basis == "hours" else 1)
        parts.append(text(key, value=value, hours=formats.decimal(target.hours)))
    if target.holidays:
        days = ", ".join(formats.day(day) for day in target.holidays)
        parts.append(text("staffing.holidays", days=days))
    parts.append(text(f"staffing.credit.{'all' if staffing.transfers else 'own'}"))
    return html.Div([html.Span(words) for words in parts], className="foot-words")


def _fair_table(staffing: Staffing, context: Context) -> Element:
    """Who has no shift stands below, with calls and nothing else; the page tells them in words."""
    kinds: dict[str, Kind] = {
        "person": "text",
        "against": "drawn",
        "calls": "count",
        "expected": "number",
        "difference": "number",
        "share": "share",
        "shifts": "count",
        "hours": "number",
    }
    text = context.text
    writers = {
        "difference": lambda difference: _difference(difference, context),
        "share": lambda share: context.formats.share(share, 0),
    }
    columns = [
        Column(text(f"staffing.fair_head.{name}"), kind, writers.get(name), sums=name == "calls")
        for name, kind in kinds.items()
    ]
    columns[1] = replace(columns[1], class_name="left fair-bar")
    longest = max(max(line.calls, line.expected) for line in staffing.fair_lines) or 1
    rows = [_fair_row(line, longest, staffing, context) for line in staffing.fair_lines]
    rows += [[name, None, calls, *[None] * 5] for _, name, calls in staffing.others]
    table = Table(text("staffing.fair"), columns, rows)
    return data_table(table, context, "fair-table", shown=len(staffing.fair_lines), **MARK)


def _fair_row(line: FairLine, longest: float, staffing: Staffing, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    cell = f"{'agent' if staffing.transfers else 'user'}:{line.agent_id}"
    bar = html.Span(
        [html.Span(className="bar-fill"), html.Span(className="bar-before")],
        className="bar",
        style={
            "--share": f"{line.calls / longest * 100:.2f}%",
            "--before": f"{line.expected / longest * 100:.2f}%",
        },
    )
    expected = formats.decimal(line.expected)
    label = text("staffing.bar", calls=formats.count(line.calls), expected=expected)
    if line.calls:
        bar = rows_link(bar, context, ANSWERED, cell, class_name="bar-link", title=label)
    return [
        Cell(line.name, drawn=_name(line.name, line.is_gone, context)),
        bar,
        Cell(line.calls, (ANSWERED, cell)),
        line.expected,
        line.difference,
        line.share,
        line.shifts,
        line.hours,
    ]


def _difference(difference: float, context: Context) -> Element:
    """Said by sign and word, never by colour alone."""
    value = round(difference, 1)
    label = context.formats.decimal(abs(value))
    sign = "+" if value > 0 else LESS if value < 0 else ""
    side = "above" if value > 0 else "below" if value < 0 else "even"
    return html.Span(f"{sign}{label}", title=context.text(f"staffing.side.{side}"))


def _others(staffing: Staffing, context: Context) -> Element:
    """Who took calls and has no shift in these days."""
    text, formats = context.text, context.formats
    by = "agent" if staffing.transfers else "user"
    total = sum(calls for _, _, calls in staffing.others)
    items = [
        html.Li(
            [
                html.Span(name, className="bidi"),
                rows_link(formats.count(calls), context, ANSWERED, f"{by}:{key}"),
            ]
        )
        for key, name, calls in staffing.others
    ]
    head = text("staffing.without_shift", n=formats.count(total))
    return html.Div(
        [html.P(head, className="bars-head"), html.Ul(items, className="without-shift")]
    )


def presence(staffing: Staffing, context: Context) -> Element:
    text, formats = context.text, context.formats
    observed = sum(line.observed for line in staffing.presence)
    body: Any
    if not staffing.has_schedule:
        body = no_schedule(context)
    elif not staffing.presence_days:
        body = carry(
            _presence_values(staffing, context), empty(context, text("staffing.not_observed"))
        )
    elif not staffing.presence:
        body = empty(context, text("staffing.no_shifts"))
    else:
        table = data_table(_presence_values(staffing, context), context, "presence-table")
        body = html.Div(table, className="table-frame")
    days = ", ".join(formats.day(day) for day in staffing.presence_days)
    foot = text("staffing.presence_foot")
    return figure_panel(
        PAGE,
        "schedule_adherence",
        text("staffing.presence"),
        body,
        None,
        context,
        population=text("staffing.observed_n", n=formats.count(observed / 60)),
        footnote=f"{text('staffing.presence_days', days=days)} {foot}" if days else foot,
        info=staffing.infos["schedule_adherence"],
    )


def _presence_values(staffing: Staffing, context: Context) -> Table:
    text, formats = context.text, context.formats
    states = (*PRESENT, "away", UNOBSERVED)
    columns = [
        Column(text("staffing.fair_head.person"), "text"),
        Column(text("staffing.adherence"), "share", class_name="left"),
        Column(
            text("staffing.observed"),
            "seconds",
            lambda seconds: f"{formats.count(seconds / 60)} min",
        ),
        Column(text("staffing.fair_head.hours"), "number"),
        *[Column(text(f"operations.timeline.{state}"), "seconds") for state in states],
    ]
    rows = [_presence_row(line, states, context) for line in staffing.presence]
    return Table(text("staffing.presence"), columns, rows)


def _presence_row(line: PresenceLine, states: tuple[str, ...], context: Context) -> list[Any]:
    formats = context.formats
    word = "not_seen" if line.adherence is None else "little_seen"
    share = Cell(None, drawn=html.Span(context.text(f"staffing.{word}"), className="no-data"))
    if line.adherence is not None and line.observed >= SECONDS_MINIMUM:
        bar = html.Span(
            html.Span(className="goal-fill"),
            className="goal-line",
            style={"--share": f"{line.adherence * 100:.1f}%"},
        )
        drawn = html.Span([bar, formats.share(line.adherence, 0)], className="adherence")
        share = Cell(line.adherence, drawn=drawn)
    return [
        Cell(line.name, drawn=_name(line.name, False, context)),
        share,
        line.observed,
        line.scheduled / 3600,
        *[line.states[state] for state in states],
    ]


def time_away(staffing: Staffing, context: Context) -> Element:
    """Hours by person and day, or by week where the days are many."""
    text, formats, away = context.text, context.formats, staffing.away
    body: Any = empty(context, text("staffing.away_nothing"))
    if away.people:
        spans = _away_spans(away.days)
        everyone = [agent for agent, _ in away.people]
        largest = max(_sum(away, [a], span).away for a in everyone for span in spans)
        lines = [_away_line(name, [a], spans, away, largest, context) for a, name in away.people]
        foot = _away_line(text("overview.total"), everyone, spans, away, 0, context)
        heads = [formats.day(span[0]) for span in spans]
        body = heat_map(
            text("staffing.away"), "number", "", heads, lines, foot, text("overview.total"), context
        )
    note = text("staffing.away_foot")
    if away.until:
        note = f"{text('staffing.away_until', at=formats.moment(away.until))} {note}"
    return figure_panel(
        PAGE,
        "time_away",
        text("staffing.away"),
        body,
        _away_table(away, context) if away.people else None,
        context,
        population=text.plural("staffing.away_n", len(away.days), n=len(away.days)),
        footnote=note,
        info=staffing.infos["time_away"],
    )


def _away_spans(days: Sequence[date]) -> list[list[date]]:
    if len(days) <= DAYS_SHOWN:
        return [[day] for day in days]
    weeks: dict[date, list[date]] = {}
    for day in days:
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(day)
    return list(weeks.values())


def _sum(away: TimeAway, agents: Sequence[str], days: Sequence[date]) -> Spent:
    pairs = [(agent, day) for agent in agents for day in days]
    return sum((away.spent[pair] for pair in pairs if pair in away.spent), start=NOTHING)


def _away_line(
    name: str,
    agents: Sequence[str],
    spans: Sequence[Sequence[date]],
    away: TimeAway,
    largest: float,
    context: Context,
) -> HeatLine:
    def cell(days: Sequence[date], largest: float) -> HeatCell:
        spent = _sum(away, agents, days)
        if not spent.observed:
            return HeatCell("–", title=context.text("staffing.away_unseen"))
        title = context.text(
            "staffing.away_cell",
            name=name,
            away=context.formats.duration(spent.away),
            observed=context.formats.duration(spent.observed),
        )
        hours = context.formats.decimal(spent.away / 3600)
        tone = sequential(spent.away, largest)
        return HeatCell(hours, tone, title=title, value=spent.away / 3600)

    return HeatLine(name, [cell(days, largest) for days in spans], cell(away.days, 0))


def _away_table(away: TimeAway, context: Context) -> Element:
    """A line for each person and day of which anything is known."""
    text = context.text
    columns = [
        Column(text("staffing.away_head.day"), "day"),
        Column(text("staffing.fair_head.person"), "text"),
        *[Column(text(f"staffing.away_head.{name}"), "seconds") for name in ("away", "observed")],
        *[Column(text(f"operations.timeline.{state}"), "seconds") for state in STATES],
    ]
    rows = [
        (day, name, spent.away, spent.observed, *[spent.in_day[state] for state in STATES])
        for day in away.days
        for agent, name in away.people
        if (spent := away.spent.get((agent, day)))
    ]
    return data_table(Table(text("staffing.away_sheet"), columns, rows), context, shown=AWAY_ROWS)


def _name(name: str, is_gone: bool, context: Context) -> Element:
    shown: list[Any] = [html.Span(name, className="name bidi")]
    if is_gone:
        shown.append(pill(context.text("staffing.gone")))
    return html.Span(shown, className="who")
