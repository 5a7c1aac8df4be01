"""The AI agent's page: what it takes on, how that ends, and what it leaves to people."""

from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import MARK, data_table, named
from layouts.components.graph import Figure, figure, graph, scatter
from layouts.components.kpi import kpi_sheet
from layouts.components.panel import figure_panel, segmented
from layouts.components.share_bars import BarLine, bar_table
from layouts.components.states import empty, message
from layouts.components.typed_table import Cell, Column, Table
from layouts.elements import Element, html
from layouts.pages.ai.data import PAGE, AiAgent, Group, TrendPoint
from metrics.measures.ai_agent import STATES
from metrics.model.filters import EMPTY
from metrics.query.ai_agent import BESIDE, HandOver, of_same_reasons

KEYS = (
    "ai_involved",
    "ai_resolved",
    "ai_handed_over",
    "response_after_handover",
    "ai_csat_score",
    "ai_csat_average",
)
GROUPS = ("reason", "team", "channel", "hour")
# So many lines of a table; its file has all.
SHOWN = 12


def needs_version(version: str, context: Context) -> list[Element]:
    """`version` is that which the vendor answers in; empty where it does not say."""
    text = context.text
    words = text("ai.needs_words", version=version) if version else text("ai.needs_words_plain")
    action = html.Pre('intercom:\n  version: "2.14"', className="ai-setting")
    return [message("empty", context, text("ai.needs"), words, action)]


def nothing(conversations: int, context: Context) -> list[Element]:
    if not conversations:
        return [empty(context)]
    n = context.formats.count(conversations)
    return [empty(context, context.text.plural("ai.nothing", conversations, n=n))]


def content(ai: AiAgent, context: Context) -> list[Element]:
    return [
        kpi_sheet(PAGE, ai.kpis, context),
        _row(_ended(ai, context), _trend(ai, context)),
        _groups(ai, context),
        _after(ai, context),
        _row(
            html.Div(
                [
                    _ratings(ai, context),
                    _sources(ai, "ai_sources", ai.sources, context),
                    _sources(ai, "ai_contents", ai.contents, context),
                ],
                className="bi-stack",
            ),
            _worth(ai, context),
        ),
    ]


def _row(*parts: Element) -> Element:
    return html.Div(list(parts), className="bi-row ai-2")


def _n(n: int, context: Context) -> str:
    return context.text("units.n", n=context.formats.count(n))


def _ended(ai: AiAgent, context: Context) -> Element:
    """How it ended; the parts are all that it took part in."""
    text, resolved = context.text, ai.numbers["ai_resolved"]
    kinds = dict.fromkeys(list(STATES)[2:], "bar-lost") | dict.fromkeys(
        ("ai_abandoned", "ai_none", "ai_other"), "bar-other"
    )
    lines = [
        BarLine(
            text(f"metrics.parts.{part}"),
            n,
            n / resolved.n,
            "ai_resolved",
            (f"part:{part}",),
            kinds.get(part, ""),
        )
        for part, n in resolved.parts.items()
        if n
    ]
    title = text("ai.ended")
    heads = [text(f"ai.columns.{key}") for key in ("ended", "conversations", "part")]
    return figure_panel(
        PAGE,
        "ai_ended",
        title,
        bar_table(title, heads, lines, context),
        None,
        context,
        population=_n(resolved.n, context),
        footnote=text("ai.ended_note"),
        info=ai.infos["ai_ended"],
    )


def _trend(ai: AiAgent, context: Context) -> Element:
    text, formats = context.text, context.formats
    title = text("ai.trend")
    columns = [
        Column(text("ai.columns.from"), "day"),
        *(
            column
            for key in ("ai_involved", "ai_resolved")
            for column in (
                Column(text(f"metrics.{key}.label"), "share"),
                Column(text(f"ai.columns.n_{key}")),
            )
        ),
    ]
    rows = [
        [p.first, p.involved.value, p.involved.n, p.resolved.value, p.resolved.n] for p in ai.trend
    ]
    label = text("ai.trend_label", n=formats.count(ai.numbers["ai_resolved"].n))
    drawn = graph(ids.panel(PAGE, "trend-graph"), trend(ai.trend, context), text, label)
    key = [
        html.Span([html.Span(className=f"dot part-{place}"), text(f"metrics.{name}.label")])
        for place, name in ((1, "ai_involved"), (2, "ai_resolved"))
    ]
    return figure_panel(
        PAGE,
        "ai_trend",
        title,
        drawn,
        data_table(Table(title, columns, rows, charted=(1, 3)), context),
        context,
        tools=[html.Span(one, className="key") for one in key],
        footnote=text("ai.trend_note"),
        info=ai.infos["ai_trend"],
    )


def trend(points: Sequence[TrendPoint], context: Context) -> Figure:
    """Shares of all conversations and of those with it; where there were none, a gap."""
    traces = []
    for place, key in ((1, "ai_involved"), (2, "ai_resolved")):
        numbers = [p.involved if key == "ai_involved" else p.resolved for p in points]
        words = [
            [context.formats.weekday(p.first), context.formats.count(number.n)]
            for p, number in zip(points, numbers, strict=True)
        ]
        label = context.text(f"metrics.{key}.label")
        traces.append(
            scatter(
                x=[p.first.isoformat() for p in points],
                y=[number.value for number in numbers],
                mode="lines+markers",
                line={"color": context.palette[f"cat-{place}"], "width": 2},
                marker={"size": 6},
                customdata=words,
                hovertemplate=f"%{{customdata[0]}}<br>{label} <b>%{{y:.1%}}</b> "
                "n %{customdata[1]}<extra></extra>",
            )
        )
    return figure(context.theme, traces, yaxis={"tickformat": ".0%", "range": [0, 1]}, height=262)


def _groups(ai: AiAgent, context: Context) -> Element:
    text = context.text
    choices = [
        (
            text(f"ai.by.{by}"),
            context.view(by=None if by == "reason" else by),
            by == ai.by,
        )
        for by in GROUPS
    ]
    title = text("ai.groups")
    table = _list_groups(title, ai.by, ai.groups, context)
    return figure_panel(
        PAGE,
        "ai_groups",
        title,
        html.Div(
            data_table(table, context, "ai-table", shown=24 if ai.by == "hour" else SHOWN, **MARK),
            className="table-frame",
        ),
        None,
        context,
        tools=[segmented(choices, text("ai.by.label"))],
        footnote=text("ai.groups_note"),
        info=ai.infos["ai_groups"],
    )


def _list_groups(title: str, by: str, groups: Sequence[Group], context: Context) -> Table:
    text = context.text
    columns = [
        Column(text(f"ai.columns.{by}"), "text", class_name="left name"),
        Column(text("ai.columns.involved"), sums=by != "reason"),
        Column(text("ai.columns.involved_share"), "share"),
        Column(text("ai.columns.resolved"), "share"),
        Column(text("ai.columns.handed_over"), sums=by != "reason"),
        Column(text("metrics.ai_csat_score.short"), "share"),
        Column(text("ai.columns.ratings")),
    ]
    rows = []
    for group in groups:
        cell = f"{by}:{group.key}"
        rows.append(
            [
                Cell(group.name, drawn=named(group.name)),
                Cell(group.involved, ("ai_resolved", cell)),
                group.value("ai_involved"),
                Cell(group.value("ai_resolved"), ("ai_resolved", cell, "value:1")),
                Cell(group.n("ai_handed_over"), ("ai_handed_over", cell)),
                group.value("ai_csat_score"),
                Cell(group.n("ai_csat_score"), ("ai_csat_score", cell)),
            ]
        )
    return Table(title, columns, rows)


def _sources(ai: AiAgent, key: str, groups: Sequence[Group], context: Context) -> Element:
    """What brought it in, or what it answered from: what resolves and what fails."""
    text = context.text
    title, by = text(f"ai.{key}"), {"ai_sources": "ai_source", "ai_contents": "ai_content"}[key]
    table = _list_groups(title, by, groups, context)
    places = [place for place in range(len(table.columns)) if place != 2]
    lines = [[row[place] for place in places] for row in table.rows]
    narrow = Table(title, [table.columns[place] for place in places], lines)
    body = (
        html.Div(
            data_table(narrow, context, "ai-table", shown=SHOWN, **MARK), className="table-frame"
        )
        if groups
        else empty(context, text("ai.no_titles"))
    )
    return figure_panel(
        PAGE,
        key,
        title,
        body,
        None,
        context,
        footnote=text(f"ai.{key}_note"),
        info=ai.infos[key],
    )


def _after(ai: AiAgent, context: Context) -> Element:
    """Where it hands over most, and how that goes on beside what people had from the beginning."""
    text = context.text
    title = text("ai.after")
    columns = [
        Column(text("ai.columns.reason"), "text", class_name="left name"),
        Column(text("ai.columns.handed_over")),
        Column(text("metrics.response_after_handover.short"), "seconds"),
    ]
    kinds: dict[str, Any] = {"time_to_close": "seconds"}
    for key in BESIDE:
        short, kind = text(f"metrics.{key}.short"), kinds.get(key, "share")
        columns += [
            Column(f"{short} · {text('ai.columns.with')}", kind),
            Column(f"{short} · {text('ai.columns.without')}", kind),
        ]
    rows = [_hand_over(row, context) for row in ai.hand_overs]
    same = [of_same_reasons(ai.hand_overs, key) for key in BESIDE]
    pairs = [value for pair in same for value in (pair or (None, None))]
    response = ai.numbers["response_after_handover"].value
    total = [text("ai.same_reasons"), ai.numbers["ai_handed_over"].n, response, *pairs]
    table = Table(title, columns, rows, total)
    body = (
        html.Div(
            data_table(table, context, "ai-table", shown=SHOWN, **MARK), className="table-frame"
        )
        if rows
        else empty(context, text("ai.nothing_handed"))
    )
    return figure_panel(
        PAGE,
        "ai_after",
        title,
        body,
        None,
        context,
        footnote=text("ai.after_note"),
        info=ai.infos["ai_after"],
    )


def _hand_over(row: HandOver, context: Context) -> list[Any]:
    cell = f"reason:{row.reason}"
    name = context.text("rows.no_reason") if row.reason == EMPTY else row.reason
    handed = row.handed["ai_handed_over"].n
    cells: list[Any] = [
        Cell(name, drawn=named(name)),
        Cell(handed, ("ai_handed_over", cell)),
    ]
    after = row.handed.get("response_after_handover")
    cells.append(Cell(after.value if after else None, ("response_after_handover", cell)))
    for key in BESIDE:
        for numbers, handler in ((row.handed, "both"), (row.people, "people")):
            number = numbers.get(key)
            value = number.value if number else None
            cells.append(Cell(value, (key, cell, f"handled_by:{handler}")))
    return cells


def _ratings(ai: AiAgent, context: Context) -> Element:
    """Its ratings beside people's: two populations, never one number."""
    text = context.text
    title = text("ai.ratings")
    columns = [
        Column(text("ai.columns.whose"), "text"),
        Column("CSAT", "share"),
        Column(text("ai.columns.low"), "share"),
        Column(text("ai.columns.high"), "share"),
        Column(text("ai.columns.average"), "points"),
        *(
            Column(text(f"metrics.parts.{band}"), sums=False)
            for band in ("positive", "neutral", "negative")
        ),
        Column(text("ai.columns.ratings")),
    ]
    rows = []
    for whose, key, average in (
        ("agent", "ai_csat_score", "ai_csat_average"),
        ("people", "csat_score", "csat_average"),
    ):
        score = ai.numbers[key]
        bands = [
            Cell(score.parts.get(band, 0), (key, f"part:{band}"))
            for band in ("positive", "neutral", "negative")
        ]
        mean = ai.numbers[average].value
        name, n = text(f"ai.whose.{whose}"), Cell(score.n, (key,))
        rows.append([name, Cell(score.value, (key,)), score.low, score.high, mean, *bands, n])
    return figure_panel(
        PAGE,
        "ai_ratings",
        title,
        html.Div(data_table(Table(title, columns, rows), context), className="table-frame"),
        None,
        context,
        footnote=text("ai.ratings_note"),
        info=ai.infos["ai_ratings"],
    )


def _worth(ai: AiAgent, context: Context) -> Element:
    text, formats, worth = context.text, context.formats, ai.worth
    title = text("ai.worth")
    columns = [
        Column(text("ai.columns.reason"), "text", class_name="left name"),
        Column(text("ai.columns.resolved_alone"), sums=True),
        Column(text("ai.columns.handling"), "seconds"),
        Column(text("ai.columns.handled")),
        Column(text("ai.columns.saved"), "seconds", sums=True),
    ]
    rows = [
        [
            Cell(row.reason, drawn=named(row.reason)),
            row.resolved,
            row.seconds,
            row.handled,
            row.total,
        ]
        for row in worth.reasons
    ]
    if not rows:
        body: Any = empty(context, text("ai.no_worth"))
    else:
        low, high = (max(0.0, worth.seconds + side * worth.margin) for side in (-1, 1))
        hours = [formats.decimal(seconds / 3600) for seconds in (worth.seconds, low, high)]
        told = [
            html.B(text("ai.hours", hours=hours[0]), className="fact-value"),
            text("ai.hours_words", low=hours[1], high=hours[2], n=formats.count(worth.resolved)),
        ]
        body = [
            html.P(told, className="fact"),
            html.Div(
                data_table(Table(title, columns, rows), context, "ai-table", shown=SHOWN),
                className="table-frame",
            ),
        ]
    note = text("ai.worth_note")
    if worth.untold:
        note += " " + text.plural("ai.untold", worth.untold, n=formats.count(worth.untold))
    return figure_panel(
        PAGE, "ai_worth", title, body, None, context, footnote=note, info=ai.infos["ai_worth"]
    )
