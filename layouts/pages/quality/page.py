"""The manager's quality page: the score and what it rests on, over time, by reason and person."""

from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import MARK, data_table
from layouts.components.graph import Figure, Trace, bar, figure, graph, line_across, scatter
from layouts.components.interval import interval_bar, scale_floor
from layouts.components.kpi import Kpi, change_words, population, verdict_words, why_link
from layouts.components.metric_info import info_button
from layouts.components.panel import figure_panel, no_data, panel, pill, segmented
from layouts.components.report_frame import skeleton
from layouts.components.states import empty
from layouts.components.typed_table import Cell, Column, Table, carry
from layouts.components.view_link import rows_link, view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.pages.quality.data import PAGE, Quality, Ranks, Rated, TrendPoint
from metrics.model.summary import Summary

KEYS = ("csat_score", "csat_adjusted", "dsat_score", "csat_average", "csat_response_rate")
HIGHEST_FLOOR = 0.7
# So many marks can carry their number, and so many their n, before they run into each other.
LABELLED, COUNTED = 14, 12
# A stretch and where it stands on the axis.
Placed = tuple[int, TrendPoint]
FOCUSES = ("worst", "best", "pulled", "negatives", "volume")
NAMED = 12


def content(quality: Quality, context: Context) -> list[Any]:
    if not quality.kpis["csat_score"].now.n:
        return [_no_ratings(quality, context)]
    return [
        html.Div(
            [_score(quality, context), _trend(quality, context)], className="bi-row quality-1"
        ),
        focus(quality, context),
        html.Div(
            [ranks(quality, shown, context) for shown in (quality.reasons, quality.agents)],
            className="bi-row quality-2",
        ),
        html.Div(skeleton()[1:2], id=ids.panel(PAGE, "comments")),
        dcc.Store(id=ids.panel(PAGE, "comments-shown")),
    ]


def _no_ratings(quality: Quality, context: Context) -> Element:
    text = context.text
    label = text.plural(
        "quality.no_ratings", quality.closed, n=context.formats.count(quality.closed)
    )
    href = context.view(period="90d", from_=None, to=None)
    longer = view_link(text("quality.look_longer"), href, "link")
    return panel(text("metrics.csat_score.label"), empty(context, label, longer))


def _score(quality: Quality, context: Context) -> Element:
    text, formats = context.text, context.formats
    kpi = quality.kpis["csat_score"]
    now = kpi.now
    assert now.value is not None
    number = [formats.decimal(now.value * 100), html.Small("%")]
    low, high = formats.decimal((now.low or 0) * 100), formats.decimal((now.high or 0) * 100)
    parts = [html.P(text("quality.between", low=low, high=high)), html.P(_change(kpi, context))]
    body = [
        html.Div(
            [
                rows_link(number, context, "csat_score", class_name="score-number"),
                html.Div(parts, className="score-words"),
            ],
            className="score-head",
        ),
        _scale(kpi, context),
        _notes(quality, context),
        html.Div(
            [_related_scores(quality.kpis[key], context) for key in KEYS[1:]], className="score-kin"
        ),
    ]
    return panel(
        text("metrics.csat_score.label"),
        html.Div(body, className="score"),
        population=text.plural("quality.ratings", now.n, n=formats.count(now.n)),
        tools=[info_button(PAGE, kpi.info, context, "panel-passport")],
        class_name="doubtful" if kpi.late else "",
        id=f"{PAGE}--csat_score",
    )


def _change(kpi: Kpi, context: Context) -> Any:
    text = context.text
    now, before = kpi.now.value, kpi.before.value if kpi.before else None
    if not kpi.compared or now is None:
        return ""
    if before is None:
        return text("kpi.no_previous" if kpi.before is None else "kpi.nothing_before")
    words = change_words("share", now, before, context)
    if words is None:
        return text("kpi.same")
    side = text("quality.above" if now > before else "quality.below", change=words)
    if kpi.verdict is not None:
        side += f", {verdict_words(kpi.verdict, now - before, context)}"
    return why_link([side], kpi.metric, context)


def _scale(kpi: Kpi, context: Context) -> Element:
    """The interval and the period before on one axis."""
    text, formats = context.text, context.formats
    now, before = kpi.now, kpi.before
    floor = min(HIGHEST_FLOOR, scale_floor([now]) if (now.low or 0) < HIGHEST_FLOOR else 1)
    if before is not None and before.value is not None and kpi.compared:
        floor = min(floor, int(before.value * 10) / 10)

    def place(share: float) -> str:
        return f"{(share - floor) / (1 - floor) * 100:.1f}%"

    style = {"--low": place(now.low or 0), "--high": place(now.high or 0)}
    style["--at"] = place(now.value or 0)
    marks: list[Any] = [html.Span(className="score-range"), html.Span(className="score-mark")]
    if before is not None and before.value is not None and kpi.compared:
        style["--before"] = place(before.value)
        value = formats.decimal(before.value * 100)
        content = html.Span(text("kpi.before", value=value))
        right = " score-before-left" if before.value > 0.8 + floor * 0.2 else ""
        marks.append(html.Span(content, className=f"score-before{right}"))
    step = 5 if floor >= 0.6 else 10 if floor >= 0.4 else 20
    shares = range(round(floor * 100), 101, step)
    ticks = [html.Span(str(share), style={"--at": place(share / 100)}) for share in shares]
    return html.Div(
        [html.Div(marks, className="score-line"), html.Div(ticks, className="score-ticks")],
        className="score-scale",
        style=style,
        **{"aria-hidden": "true"},
    )


def _notes(quality: Quality, context: Context) -> Element:
    text, formats = context.text, context.formats
    total = sum(quality.notes.values())
    pieces, parts = [], []
    for note, count in quality.notes.items():
        share = f"{count / total * 100:.2f}%"
        cell = f"value:{note}"
        label = text("quality.note", note=note)
        if count:
            pieces.append(
                rows_link(
                    "",
                    context,
                    "csat_average",
                    cell,
                    class_name=f"note-piece note-{note}",
                    style={"--share": share},
                    tabIndex="-1",
                    **{"aria-hidden": "true"},
                )
            )
        number: Any = html.B(formats.count(count))
        if count:
            number = rows_link(number, context, "csat_average", cell)
        parts.append(
            html.Span(
                [
                    html.Span(className=f"dot note-{note}"),
                    f"{note} ",
                    number,
                    html.Small(formats.share(count / total)),
                ],
                title=label,
            )
        )
    columns = [
        Column(text("details.columns.rating"), "text"),
        Column(text("quality.table.n"), sums=True),
        Column(text("overview.part"), "share"),
    ]
    rows = [[str(note), count, count / total] for note, count in quality.notes.items()]
    drawn = html.Div(
        [html.Div(pieces, className="note-bar"), html.Div(parts, className="note-words")],
        className="notes",
    )
    return carry(Table(text("quality.bands"), columns, rows), drawn)


def _related_scores(kpi: Kpi, context: Context) -> Element:
    text, formats = context.text, context.formats
    key, now = kpi.metric.key, kpi.now
    value: Any = no_data(context)
    if now.value is not None:
        value = rows_link(formats.value(now.value, now.unit), context, key)
    name = html.Span([text(f"quality.kin.{key}"), info_button(PAGE, kpi.info, context, "kin")])
    parts = [html.Div(value, className="kin-value"), name]
    rests = population(kpi.metric, now, kpi.before, context).split(" · ")
    parts.append(html.Small([html.Span(f"{words} ") for words in rests]))
    return html.Div(parts, className="kin", id=f"{PAGE}--{key}", **{"data-mark": ""})


def _trend(quality: Quality, context: Context) -> Element:
    text, formats = context.text, context.formats
    switch = segmented(
        [
            (text("quality.weeks"), context.view(trend=None), not quality.by_day),
            (text("quality.days"), context.view(trend="day"), quality.by_day),
        ],
        text("quality.cut"),
    )
    everyone = quality.kpis["csat_score"].now
    by = "day" if quality.by_day else "week"
    trend = score_trend(quality.trend, everyone, context)
    label = text("quality.trend_label", n=formats.count(everyone.n))
    drawn = graph(ids.panel(PAGE, "trend-graph"), trend, text, label, rows="csat_score", by=by)
    rows = []
    for stretch in quality.trend:
        csat = stretch.csat
        opened = ("csat_score", f"{by}:{stretch.first}") if stretch.inside else ()
        interval = None
        if csat.low is not None and csat.high is not None:
            interval = f"{formats.decimal(csat.low * 100)} – {formats.decimal(csat.high * 100)}"
        low = Cell(csat.low, drawn=interval)
        rows.append([stretch.first, csat.value, low, csat.high, Cell(csat.n, opened)])
    columns = [
        Column(text(f"quality.table.{by}"), "day", class_name="left"),
        Column(text("quality.table.csat"), "share"),
        Column(text("export.low"), "share", head=text("quality.table.interval")),
        Column(text("export.high"), "share", is_drawn=False),
        Column(text("quality.table.n")),
    ]
    title = text(f"quality.trend.{by}")
    table = Table(title, columns, rows, charted=(1,))
    note = "quality.days_note" if quality.by_day else "quality.weeks_note"
    return figure_panel(
        PAGE,
        "csat_trend",
        title,
        drawn,
        data_table(table, context),
        context,
        population=text("quality.trend_key"),
        tools=[switch],
        footnote=text(note),
        info=quality.infos["csat_trend"],
    )


def score_trend(stretches: Sequence[TrendPoint], everyone: Summary, context: Context) -> Figure:
    """Soft bars are Wilson's 95 % interval, the line across is the share of 4 and 5.

    Stretches outside the period are grey and open nothing. The score of everyone is a dashed line.
    """
    known = [(place, s) for place, s in enumerate(stretches) if s.csat.value is not None]
    bottom = max(0, min([0.7, *((s.csat.low or 0) - 0.03 for _, s in known)]))
    top = min(1.06, max([0.5, *((s.csat.high or 0) + 0.08 for _, s in known)]))
    width = 0.44 if len(stretches) > 3 else 0.16
    traces: list[Trace] = []
    for inside in (False, True):
        shown = [(place, s) for place, s in known if s.inside == inside]
        # The line across is a bar, so that it is as wide as its interval on every screen.
        traces += _bars(shown, inside, width, (top - bottom) * 0.006, context)
    named = [(place, s) for place, s in known if s.inside]
    if len(named) <= LABELLED:
        traces.append(_numbers(named, context))
    line = {"color": context.palette["line2"], "width": 1, "dash": "dash"}
    return figure(
        context.theme,
        traces,
        shapes=[] if everyone.value is None else [line_across(everyone.value, line)],
        bargap=0,
        barmode="overlay",
        xaxis=_stretches(stretches, context),
        yaxis={
            "range": [bottom, top],
            "rangemode": "normal",
            "tickformat": ".0%",
            "title": {"text": context.text("quality.trend_axis")},
        },
        hovermode="closest",
        height=262,
    )


def _bars(
    shown: Sequence[Placed], inside: bool, width: float, thickness: float, context: Context
) -> list[Trace]:
    colour = context.palette["accent" if inside else "ink3"]
    hover = (
        "%{customdata[1]}<br><b>%{customdata[2]}</b> n %{customdata[3]}<br>"
        + context.text("kpi.interval", low="%{customdata[4]}", high="%{customdata[5]}")
        + "<extra></extra>"
    )
    attributes = {"customdata": [_hover_data(s, context) for _, s in shown], "hovertemplate": hover}
    places = [place for place, _ in shown]
    interval = bar(
        x=places,
        y=[(s.csat.high or 0) - (s.csat.low or 0) for _, s in shown],
        base=[s.csat.low for _, s in shown],
        width=width,
        marker={"color": colour, "opacity": 0.28 if inside else 0.2, "line": {"width": 0}},
        **attributes,
    )
    share = bar(
        x=places,
        y=[2 * thickness for _ in shown],
        base=[(s.csat.value or 0) - thickness for _, s in shown],
        width=width * 1.3,
        marker={"color": colour, "line": {"width": 0}},
        **attributes,
    )
    return [interval, share]


def _hover_data(stretch: TrendPoint, context: Context) -> list[str | None]:
    """Its key first, for the rows behind it, where it has any."""
    formats, csat = context.formats, stretch.csat
    return [
        str(stretch.first) if stretch.inside else None,
        formats.weekday(stretch.first),
        formats.share(csat.value or 0),
        formats.count(csat.n),
        formats.decimal((csat.low or 0) * 100),
        formats.decimal((csat.high or 0) * 100),
    ]


def _numbers(named: Sequence[Placed], context: Context) -> Trace:
    return scatter(
        x=[place for place, _ in named],
        y=[s.csat.high for _, s in named],
        mode="text",
        text=[context.formats.decimal((s.csat.value or 0) * 100) for _, s in named],
        textposition="top center",
        textfont={"color": context.palette["ink1"], "size": 12},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _stretches(stretches: Sequence[TrendPoint], context: Context) -> dict[str, Any]:
    """Each with its ratings as far as there is room."""
    text, formats = context.text, context.formats
    step = max(1, -(-len(stretches) // COUNTED))
    ticks = range(len(stretches) - 1, -1, -step)
    return {
        "tickmode": "array",
        "tickvals": list(ticks),
        "ticktext": [
            f"{formats.day(stretches[place].first)}<br>"
            + text("units.n", n=formats.count(stretches[place].csat.n))
            for place in ticks
        ],
        "tickangle": 0,
        "range": [-0.6, max(len(stretches), 1) - 0.2],
    }


def focus(quality: Quality, context: Context) -> Element:
    """What stands first in both tables."""
    text = context.text
    choices = [
        (
            text(f"quality.focus.{key}"),
            context.view(focus=None if key == "worst" else key),
            quality.focus == key,
        )
        for key in FOCUSES
    ]
    label = text("quality.focus.label")
    return html.Div([html.Span(label), segmented(choices, label)], className="quality-focus")


def ranks(quality: Quality, ranks: Ranks, context: Context) -> Element:
    """Those without enough ratings by name only."""
    text, formats = context.text, context.formats
    key = f"csat_by_{ranks.by}"
    everyone = quality.kpis["csat_score"].now
    assert everyone.value is not None
    missing = ranks.by == "reason" and quality.reason_missing
    title = text(f"quality.by_{ranks.by}")
    body: Any
    if missing or not (ranks.ranked or ranks.few):
        label = (
            text("states.label_missing", label=quality.reason_label, setting="reason")
            if missing
            else ""
        )
        body = empty(context, label)
    else:
        floor = scale_floor([row.csat for row in ranks.ranked[: ranks.shown]])
        table = _table(title, ranks, everyone.value, floor, context)
        body = [
            html.Div(table, className="table-frame")
            if ranks.ranked
            else html.P(text("quality.nobody", n=quality.csat_minimum), className="ranks-few"),
            _rest(ranks, context),
            _few(quality, ranks, context),
        ]
    note = text("quality.ranks_note", n=quality.csat_minimum)
    return figure_panel(
        PAGE,
        key,
        title,
        body,
        None,
        context,
        population=text("quality.everyone", share=formats.share(everyone.value)),
        footnote=html.Span(
            [
                icon("caret-up-fill"),
                text("quality.all_above"),
                " ",
                icon("caret-down-fill"),
                text("quality.all_below"),
                " · ",
                note,
            ],
            className="ranks-key",
        ),
        info=quality.infos[key],
    )


def _table(title: str, ranks: Ranks, everyone: float, floor: float, context: Context) -> Element:
    text, formats = context.text, context.formats
    middle = (floor + 1) / 2
    ends = [formats.decimal(share * 100, 0) for share in (floor, middle, 1)]

    is_compared = any(rated.pulled is not None for rated in ranks.ranked)
    why = context.view(rows="csat_score", why=ranks.by)

    # A rating of two reasons stands at both.
    adds_up = ranks.by == "agent"

    def percent(share: float) -> str:
        return formats.decimal(share * 100)

    columns = [
        Column(text(f"quality.columns.{ranks.by}"), "text", class_name="left rank-name"),
        Column(
            "",
            "drawn",
            head=html.Span([html.Span(end) for end in ends], className="scale-head"),
            class_name="rank-bar",
        ),
        Column("CSAT", "share", lambda share: html.B(percent(share)), head="CSAT %"),
        *(_changes(why, context) if is_compared else []),
        Column(
            text("metrics.csat_adjusted.label"),
            "share",
            percent,
            head=text("quality.columns.adjusted"),
        ),
        Column(text("quality.columns.neutral"), sums=adds_up),
        Column(text("quality.columns.negatives"), sums=adds_up),
        Column(
            text("quality.columns.n"),
            write=lambda n: text("units.n", n=formats.count(n)),
            sums=adds_up,
        ),
    ]
    rows = [
        _cells(rated, ranks.by, everyone, floor, is_compared, context) for rated in ranks.ranked
    ]
    nothing = [None] * (len(columns) - 4)
    # Too few ratings to be compared: they have no share here either.
    rows += [
        [rated.name, *nothing, rated.neutral, rated.negatives, rated.csat.n] for rated in ranks.few
    ]
    shown = min(ranks.shown, len(ranks.ranked))
    return data_table(Table(title, columns, rows), context, "ranks-table", shown=shown, **MARK)


def _cells(
    rated: Rated, by: str, everyone: float, floor: float, is_compared: bool, context: Context
) -> list[Any]:
    cell = f"{by}:{rated.key}"
    csat = rated.csat
    name: list[Any] = [html.Span(rated.name, title=rated.name, className="bidi")]
    side = ""
    if csat.low is not None and csat.low > everyone:
        name.append(icon("caret-up-fill", title=context.text("quality.all_above")))
        side = " strong"
    elif csat.high is not None and csat.high < everyone:
        name.append(icon("caret-down-fill", title=context.text("quality.all_below")))
        side = " strong"
    if rated.left:
        name.append(pill(context.text("overview.left")))
    return [
        Cell(rated.name, drawn=html.Div(name, className=f"rank-words{side}")),
        interval_bar(csat, everyone, floor, context),
        csat.value,
        *((rated.change, rated.pulled) if is_compared else ()),
        Cell(rated.adjusted.value, ("csat_adjusted", cell)),
        Cell(rated.neutral, ("csat_score", cell, "part:neutral")),
        Cell(rated.negatives, ("dsat_score", cell, "value:1")),
        Cell(csat.n, ("csat_score", cell)),
    ]


def _changes(why: str, context: Context) -> list[Column]:
    """In points, from the period before; the second leads to why."""
    text = context.text

    def difference(part: float) -> str:
        return context.formats.difference(part * 100, "points", -1)

    pulled = text("quality.columns.pulled")
    return [
        Column(text("quality.columns.change"), "share", difference),
        Column(pulled, "share", difference, head=view_link(pulled, why, "link")),
    ]


def _rest(ranks: Ranks, context: Context) -> Element | None:
    text, formats = context.text, context.formats
    if ranks.every:
        label = text("quality.fewer")
        return html.P(view_link(label, context.view(every=None), "link"), className="ranks-few")
    hidden = ranks.ranked[ranks.shown :]
    if not hidden:
        return None
    label = text.plural(
        f"quality.others.{ranks.by}",
        len(hidden),
        n=formats.count(len(hidden)),
        ratings=formats.count(sum(rated.csat.n for rated in hidden)),
    )
    link = view_link(text("quality.show_all"), context.view(every=ranks.by), "link")
    return html.P([label, " ", link], className="ranks-few")


def _few(quality: Quality, ranks: Ranks, context: Context) -> Element | None:
    """Each with a way to its rows."""
    text, formats = context.text, context.formats
    if not ranks.few:
        return None
    parts: list[Any] = [text("quality.few", n=quality.csat_minimum), " "]
    for place, rated in enumerate(ranks.few[:NAMED]):
        words = [html.Span(rated.name, className="bidi"), f" (n {formats.count(rated.csat.n)})"]
        link = rows_link(words, context, "csat_score", f"{ranks.by}:{rated.key}")
        parts += [", " if place else "", link]
    more = len(ranks.few) - NAMED
    if more > 0:
        parts.append(text.plural("quality.few_more", more, n=formats.count(more)))
    return html.P(parts, className="ranks-few")
