"""The charts of telephony: how calls ended and when, waits, and the week by hours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import Figure, bar, counted, figure, graph, line_up, scatter
from layouts.components.heat_map import HeatCell, HeatLine, heat_map, heat_scale, sequential
from layouts.components.panel import figure_panel, segmented
from layouts.components.share_bars import BarLine, bar_values, draw_bars
from layouts.components.states import empty
from layouts.components.typed_table import Cell, Column, Kind, Table, carry
from layouts.components.view_link import rows_link
from layouts.elements import Element, html
from layouts.pages.telephony.data import PAGE, Heat, Telephony
from metrics.measures.telephony import LOST
from metrics.model.summary import Summary
from metrics.query.crosstab import Crosstab

MISSED, ANSWER = "calls_missed", "time_to_answer"
APART = ("out_of_hours", "break", "short_abandon", "unknown", "other")
# Outcome -> place among the colours, and pattern: the second sign beside colour.
OUTCOMES = {"abandoned": ("div-1", ""), "not_answered": ("div-2", "/"), "voicemail": ("cat-8", "")}
INBOUND, ANSWERED, LOSS = "calls_inbound", "calls_answered", "loss_rate"
# A share of fewer calls than this is nobody's pattern: it stays uncoloured.
ENOUGH = 10
MANY = 16


def outcomes(telephony: Telephony, context: Context) -> Element:
    """Answered, then why not: what counts as lost, and what does not."""
    text, formats = context.text, context.formats
    total = telephony.inbound
    info = telephony.infos["outcomes"]
    population = text("units.n", n=formats.count(total))
    title = text("telephony.outcomes")
    if not total:
        body = empty(context, text("telephony.no_inbound"), gap=telephony.gap)
        return figure_panel(
            PAGE, "outcomes", title, body, None, context, population=population, info=info
        )

    def line(outcome: str, kind: str) -> BarLine:
        n = telephony.outcomes.get(outcome, 0)
        name = text(f"metrics.parts.{outcome}").capitalize()
        return BarLine(name, n, n / total, MISSED, (f"part:{outcome}",), kind)

    n = telephony.answered
    answered = BarLine(text("telephony.answered"), n, n / total, ANSWERED, ())
    lost = [line(outcome, "bar-lost") for outcome in OUTCOMES]
    apart = [line(outcome, "bar-other") for outcome in APART if telephony.outcomes.get(outcome)]
    heads = [text("telephony.outcome"), "n", text("overview.part")]
    gone = sum(telephony.outcomes.get(outcome, 0) for outcome in LOST)
    parts = [draw_bars(heads, [answered], context)]
    parts.append(
        html.P(text("telephony.counts_as_lost", n=formats.count(gone)), className="bars-head")
    )
    parts.append(draw_bars(["", "", ""], lost, context))
    if apart:
        rest = sum(line.n for line in apart)
        parts.append(
            html.P(text("telephony.counts_apart", n=formats.count(rest)), className="bars-head")
        )
        parts.append(draw_bars(["", "", ""], apart, context))
    if telephony.contradictions:
        n_text = formats.count(telephony.contradictions)
        label = text.plural("telephony.contradictions", telephony.contradictions, n=n_text)
        link = rows_link(label, context, "call_contradictions", class_name="link")
        parts.append(html.P(link, className="bars-head"))
    typed = bar_values(title, heads, [answered, *lost, *apart])
    loss = telephony.loss
    note = None
    if loss.value is not None:
        note = text("telephony.loss_of", share=formats.share(loss.value), n=formats.count(loss.n))
    return figure_panel(
        PAGE,
        "outcomes",
        title,
        carry(typed, html.Div(parts, className="outcomes")),
        None,
        context,
        population=population,
        footnote=note,
        info=info,
    )


def lost_hours(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    hours = telephony.lost_hours
    total = sum(sum(counts.values()) for counts in hours.values())
    sums = {outcome: sum(c.get(outcome, 0) for c in hours.values()) for outcome in OUTCOMES}
    key = [
        html.Span(
            [
                html.Span(className=f"dot lost-{outcome}"),
                f"{text(f'metrics.parts.{outcome}')} {formats.count(n)}",
            ],
            className="key",
        )
        for outcome, n in sums.items()
    ]
    title, info = text("telephony.lost_hours"), telephony.infos["lost_by_hour"]
    population = text("units.n", n=formats.count(total))
    if not total:
        body, table = empty(context, text("telephony.none_lost"), gap=telephony.gap), None
    else:
        label = text("telephony.lost_label", n=formats.count(total))
        graph_id = ids.panel(PAGE, "lost-graph")
        body = graph(graph_id, lost_by_hour(hours, context), text, label, rows=MISSED)
        columns = [
            Column(text("overview.table.hour"), "text"),
            *[Column(text(f"metrics.parts.{outcome}"), sums=True) for outcome in OUTCOMES],
            Column(text("overview.total"), sums=True),
        ]
        rows = [
            [
                f"{hour}h",
                *[
                    Cell(counts.get(outcome, 0), (MISSED, f"hour:{hour}", f"part:{outcome}"))
                    for outcome in OUTCOMES
                ],
                sum(counts.values()),
            ]
            for hour, counts in hours.items()
        ]
        table = data_table(Table(title, columns, rows, charted=(1, 2, 3)), context)
    return figure_panel(
        PAGE,
        "lost_by_hour",
        title,
        body,
        table,
        context,
        population=population,
        footnote=html.Div(key, className="keys") if total else None,
        info=info,
    )


def answers(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    n = telephony.answer.n
    title, info = text("telephony.answers"), telephony.infos["answers"]
    population = text("telephony.answers_n", n=formats.count(n))
    if not n:
        body, table, note = empty(context, text("telephony.no_answered")), None, None
    else:
        chart = answer_times(telephony.answers, telephony.target, context)
        label = text("telephony.answers_label", n=formats.count(n))
        graph_id = ids.panel(PAGE, "answers-graph")
        body = graph(graph_id, chart, text, label, rows=ANSWER)
        columns = [
            Column(text("telephony.answer_axis"), "text"),
            Column(text("telephony.calls_axis"), sums=True),
        ]
        rows = [
            [
                text("telephony.answer_more", low=low)
                if high is None
                else text("telephony.answer_between", low=low, high=high),
                Cell(count, (ANSWER, f"value:{low}..{high or ''}")),
            ]
            for low, high, count in telephony.answers
        ]
        table = data_table(Table(title, columns, rows), context)
        note = text(
            "telephony.in_time",
            target=formats.duration(telephony.target),
            n=formats.count(telephony.in_time),
            share=formats.share(telephony.in_time / n),
        )
    return figure_panel(
        PAGE,
        "answers",
        title,
        body,
        table,
        context,
        population=population,
        footnote=note,
        info=info,
    )


def lost_by_hour(hours: Mapping[int, Mapping[str, int]], context: Context) -> Figure:
    """The sum stands above each bar."""
    colours, text = context.palette, context.text
    shown = list(hours)
    traces = []
    for outcome, (colour, pattern) in OUTCOMES.items():
        name = text(f"metrics.parts.{outcome}")
        outcomes = bar(
            x=shown,
            y=[hours[hour].get(outcome, 0) for hour in shown],
            marker={
                "color": colours[colour],
                "pattern": {
                    "shape": pattern,
                    "fgcolor": colours[colour],
                    "bgcolor": colours["s1"],
                    "size": 5,
                },
            },
            customdata=[[f"hour:{hour}\npart:{outcome}"] for hour in shown],
            hovertemplate=f"%{{x}}h<br><b>%{{y}}</b> {name}<extra></extra>",
        )
        traces.append(outcomes)
    sums = [sum(hours[hour].values()) for hour in shown]
    above = scatter(
        x=shown,
        y=sums,
        mode="text",
        text=[context.formats.count(n) if n else "" for n in sums],
        textposition="top center",
        textfont={"color": colours["ink1"], "size": 12},
        hoverinfo="skip",
        cliponaxis=False,
    )
    ticks = shown[:: 2 if len(shown) > 14 else 1]
    return figure(
        context.theme,
        [*traces, above],
        barmode="stack",
        xaxis={
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [f"{h}h" for h in ticks],
            "tickangle": 0,
        },
        yaxis=counted(max(sums, default=0), text("telephony.lost_axis")),
        height=270,
    )


def answer_times(
    bars: Sequence[tuple[int, int | None, int]], target: float, context: Context
) -> Figure:
    """Bars in time are darker."""
    colours, text, formats = context.palette, context.text, context.formats
    width = bars[0][1] or 1
    counts = bar(
        x=[start + width / 2 for start, _, _ in bars],
        y=[n for _, _, n in bars],
        width=width * 0.94,
        marker={
            "color": colours["cat-1"],
            "opacity": [1 if end is not None and end <= target else 0.5 for _, end, _ in bars],
        },
        customdata=[
            [
                f"value:{start}..{'' if end is None else end}",
                text("telephony.answer_from", low=start)
                if end is None
                else text("telephony.answer_between", low=start, high=end),
                formats.count(n),
            ]
            for start, end, n in bars
        ],
        hovertemplate="%{customdata[1]}<br><b>%{customdata[2]}</b><extra></extra>",
    )
    line = {"color": colours["ink2"], "width": 1, "dash": "dash"}
    last = bars[-1][0]
    ticks = [start for start, _, _ in bars if start % (width * 2) == 0 and start < last]
    return figure(
        context.theme,
        [counts],
        shapes=[line_up(target, line)],
        xaxis={
            "tickmode": "array",
            "tickvals": [*ticks, last + width / 2],
            "ticktext": [*map(str, ticks), text("telephony.answer_more", low=last)],
            "title": {"text": text("telephony.answer_axis")},
        },
        yaxis=counted(max(n for *_, n in bars), text("telephony.calls_axis")),
        bargap=0,
        height=260,
    )


def week(telephony: Telephony, context: Context) -> Element:
    """How many called, how many on each such day, or how many we lost."""
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
    info = telephony.infos["calls_by_weekday_hour"]
    if not shown.total.n:
        body, foot = empty(context, text("telephony.no_inbound"), gap=telephony.gap), None
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
        info=info,
    )


def _week(telephony: Telephony, shown: Crosstab, context: Context) -> Element:
    text = context.text
    hours = used_hours(shown)
    happened = telephony.happened
    all_days = sum(happened)
    largest = max(
        (_shown_value(telephony, s, happened[d]) for (d, _), s in shown.cells.items()), default=0
    )

    def cell(number: Summary | None, days: int, cells: tuple[str, ...], name: str) -> HeatCell:
        key = LOSS if telephony.heat == "loss" else INBOUND
        if number is None or not number.n:
            is_loss = telephony.heat == "loss"
            return HeatCell("" if is_loss else "0", title=name, value=None if is_loss else 0)
        value = _shown_value(telephony, number, days)
        tone = sequential(value, largest)
        if telephony.heat == "loss" and number.n < ENOUGH:
            tone = ""
        n = text("units.n", n=context.formats.count(number.n))
        label = _words(telephony, value, context)
        return HeatCell(label, tone, key, cells, f"{name}, {n}", value)

    lines = []
    for day in range(7):
        name, days = text(f"rows.weekday.{day}"), happened[day]
        cells = []
        for hour in hours:
            key = f"weekday_hour:{day}-{hour}"
            cells.append(cell(shown.cells.get((day, hour)), days, (key,), f"{name}, {hour}h"))
        total = _plain(cell(shown.down_totals[day], days, (f"weekday:{day}",), name))
        lines.append(HeatLine(text(f"telephony.weekday.{day}"), cells, total))
    word = text("overview.total")
    foot = HeatLine(
        word,
        [_plain(cell(shown.across_totals[h], all_days, (f"hour:{h}",), f"{h}h")) for h in hours],
        _plain(cell(shown.total, all_days, (), word)),
    )
    heads = [f"{hour}h" for hour in hours]
    heat = telephony.heat or "count"
    name = f"{text('telephony.week')}, {text(f'telephony.heat.{heat}')}"
    kinds: dict[Heat | None, Kind] = {None: "count", "mean": "number", "loss": "share"}
    kind = kinds[telephony.heat]
    return heat_map(name, kind, "", heads, lines, foot, word, context, class_name=_class(hours))


def _shown_value(telephony: Telephony, number: Summary, days: int) -> float:
    value = number.value or 0
    return value / days if telephony.heat == "mean" and days else value


def _words(telephony: Telephony, value: float, context: Context) -> str:
    if telephony.heat == "loss":
        return context.formats.share(value, 0)
    if telephony.heat == "mean":
        return context.formats.decimal(value)
    return context.formats.count(value)


def _plain(cell: HeatCell) -> HeatCell:
    """Totals are another scale than cells, and carry no colour."""
    return replace(cell, tone="")


def _week_foot(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    parts = []
    peaks = telephony.peaks
    if peaks.hour:
        hour, mean = peaks.hour
        label = text("telephony.peak_hour", hour=hour, mean=formats.decimal(mean))
        parts.append(rows_link(label, context, INBOUND, f"hour:{hour}"))
    if peaks.weekday:
        day, mean = peaks.weekday
        weekday = text(f"rows.weekday.{day}")
        label = text("telephony.peak_weekday", weekday=weekday, mean=formats.decimal(mean))
        parts.append(rows_link(label, context, INBOUND, f"weekday:{day}"))
    if telephony.heat == "loss":
        parts.append(html.Span(text("telephony.loss_note", n=ENOUGH)))
    few, many = text("telephony.few"), text("telephony.many")
    return html.Div(
        [html.Div(parts, className="foot-words"), heat_scale(few, many)], className="heat-foot"
    )


def people(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    shown = telephony.people
    info = telephony.infos["calls_by_agent_hour"]
    if not shown.total.n:
        body = empty(context, text("telephony.no_answered"))
    else:
        hours = used_hours(shown)
        lines = []
        for place, agent in enumerate(shown.down.keys):
            of_agent = f"agent:{agent}"
            cells = [
                _count(shown.cells.get((place, h)), shown.largest, (of_agent, f"hour:{h}"), context)
                for h in hours
            ]
            total = _count(shown.down_totals[place], 0, (of_agent,), context)
            lines.append(HeatLine(telephony.names[agent], cells, total))
        word = text("overview.total")
        foot = HeatLine(
            word,
            [_count(shown.across_totals[hour], 0, (f"hour:{hour}",), context) for hour in hours],
            _count(shown.total, 0, (), context),
        )
        heads = [f"{hour}h" for hour in hours]
        body = heat_map(
            text("telephony.people"),
            "count",
            text("telephony.columns.agent"),
            heads,
            lines,
            foot,
            word,
            context,
            class_name="heat-hours",
        )
    return figure_panel(
        PAGE,
        "calls_by_agent_hour",
        text("telephony.people"),
        body,
        None,
        context,
        population=text("units.n", n=formats.count(shown.total.n)),
        footnote=text("telephony.people_note"),
        info=info,
    )


def _count(
    number: Summary | None, largest: float, cells: tuple[str, ...], context: Context
) -> HeatCell:
    if number is None or not number.n:
        return HeatCell("0", value=0)
    label = context.formats.count(number.n)
    return HeatCell(label, sequential(number.n, largest), ANSWERED, cells, value=number.n)


def used_hours(shown: Crosstab) -> Sequence[int]:
    """From the first to the last hour of the day that has calls."""
    used = [hour for hour, number in enumerate(shown.across_totals) if number.n]
    return range(min(used), max(used) + 1) if used else ()


def _class(hours: Sequence[int]) -> str:
    """A whole day of hours beside another panel has narrower cells."""
    return "heat-hours heat-many" if len(hours) > MANY else "heat-hours"
