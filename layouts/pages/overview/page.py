"""The manager's overview: the numbers of a period, what drove them, and who did the work."""

from collections.abc import Sequence
from typing import Any

from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.interval import interval_bar, scale_floor
from layouts.components.kpi import kpi_sheet
from layouts.components.panel import figure_panel, no_data, pill
from layouts.components.states import empty
from layouts.components.typed_table import Cell, Column, Kind, Table, carry
from layouts.components.view_link import rows_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.links import view
from layouts.pages.overview import charts as overview_charts
from layouts.pages.overview.data import PAGE, REASONS_SHOWN, Overview, Reason
from metrics.model.catalog import CATALOG
from metrics.model.summary import Summary
from metrics.query.agents import AgentRow
from metrics.query.drilldown import OTHER_REASONS, TOP_REASONS
from metrics.query.news import News

KEYS = (
    "conversations",
    "closes",
    "conversations_resolved",
    "first_response_time",
    "time_to_close",
    "classification_rate",
    "csat_score",
    "dsat_score",
    "calls_answered",
    "loss_rate",
)

TRENDS = ("conversations", "closes", "first_response_time", "csat_score", "classification_rate")
AGENT_COLUMNS: dict[str, tuple[Kind, str]] = {
    "agent": ("text", ""),
    **dict.fromkeys(("conversations", "closed"), ("count", "")),
    **dict.fromkeys(("first_response", "close"), ("seconds", "")),
    "csat": ("share", "left"),
    "csat_n": ("count", ""),
    "classification": ("drawn", ""),
    "classified": ("share", ""),
    "calls": ("count", ""),
    "talk": ("seconds", ""),
    "open": ("count", ""),
}

# What is drawn as a bar and a number is told in other words.
TOLD = {
    "csat": "overview.table.csat",
    "csat_n": "overview.table.ratings",
    "classified": "metrics.classification_rate.label",
}


def content(overview: Overview, context: Context) -> list[Any]:
    parts = [
        _highlights(overview, context),
        kpi_sheet(PAGE, overview.kpis, context),
        html.Div(
            [reasons_panel(overview, context), overview_charts.by_day(overview, context)],
            className="bi-row overview-row-1",
        ),
        html.Div(
            [overview_charts.matrix(overview, context), _hours_and_origin(overview, context)],
            className="bi-row overview-row-2",
        ),
        agents_panel(overview, context),
    ]
    return [part for part in parts if part is not None]


def _hours_and_origin(overview: Overview, context: Context) -> Element:
    parts = [overview_charts.by_hour(overview, context), overview_charts.origin(overview, context)]
    return html.Div(parts, className="bi-stack")


def _highlights(overview: Overview, context: Context) -> Element | None:
    """Each line opens its rows."""
    if not overview.highlights:
        return None
    lines = [html.Li(_highlight(news, name, context)) for news, name in overview.highlights]
    return html.Ul(lines, className="news")


def _highlight(news: News, name: str, context: Context) -> Element:
    text = context.text
    mark = icon("arrow-up-right" if news.value > news.beside else "arrow-down")
    if news.is_bad:
        mark = icon("exclamation-triangle-fill", "warn")
    strong = name or text(f"metrics.{news.key}.label")
    words = [mark, html.Span([html.B(strong, className="bidi"), " ", _news_words(news, context)])]
    if news.kind == "debt":
        owed = view("/telephony", context.choices, matrix=None)
        return dcc.Link(words, href=owed, className="news-line")
    return rows_link(words, context, news.key, *news.cells, class_name="news-line")


def _news_words(news: News, context: Context) -> str:
    """The reason why it is there."""
    text, formats = context.text, context.formats
    said = f"overview.news.{news.kind}"
    n = formats.count(news.n)
    if news.kind == "target":
        late, beside = formats.count(round(news.concerns)), formats.duration(news.beside)
        return text(said, late=late, n=n, share=formats.share(1 - news.value), target=beside)
    if news.kind == "debt":
        return text.plural(said, news.n, n=n)
    if news.kind == "backlog":
        return text(said, more=formats.count(news.value), n=n)
    if news.kind == "usual":
        unit = CATALOG[news.key].unit
        change = (
            formats.points(news.beside)
            if unit == "share"
            else formats.decimal(abs(news.beside), 2)
            if unit == "points"
            else formats.share(abs(news.beside), 0)
        )
        return text(f"{said}_{'above' if news.beside > 0 else 'below'}", change=change)
    if news.kind == "mentions":
        side = "up" if news.value > news.beside else "down"
        return text(f"{said}_{side}", points=formats.decimal(abs(news.value - news.beside) * 100))
    value, beside = formats.share(news.value), formats.share(news.beside)
    return text(said, value=value, beside=beside, n=n)


def reasons_panel(overview: Overview, context: Context) -> Element:
    """Bars in a table; each opens the conversations that mention it."""
    text, formats = context.text, context.formats
    info = overview.infos[TOP_REASONS]
    title = text("overview.reasons")
    if overview.reason_missing or not overview.reasons:
        label = text(
            "states.label_missing" if overview.reason_missing else "overview.no_reasons",
            label=overview.reason_label,
            setting="reason",
        )
        nothing = empty(context, label)
        return figure_panel(PAGE, TOP_REASONS, title, nothing, None, context, info=info)
    shown = _fold(overview.reasons)
    # The others together would make every reason small: their bar is cut, and says so.
    scale = [reason for reason in shown if reason.name is not None]
    widest = max(max(r.mentions, r.previous_mentions or 0) for r in scale) or 1
    compared = any(reason.previous_share is not None for reason in overview.reasons)
    head = html.Tr(
        [
            html.Th(text("overview.reason"), className="left"),
            html.Th("", className="reason-bar"),
            html.Th("n"),
            html.Th(text("overview.part")),
            html.Th(text("overview.change")) if compared else None,
        ]
    )
    rows = [
        html.Tr(
            _reason_cells(reason, widest, len(scale), compared, context),
            className="reason-others" if reason.name is None else None,
            **{"data-mark": ""},
        )
        for reason in shown
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="grid-table reason-table")
    typed = _reason_values(title, overview.reasons, compared, context)
    return figure_panel(
        PAGE,
        TOP_REASONS,
        title,
        carry(typed, html.Div(table, className="table-frame")),
        None,
        context,
        population=text("overview.mentions", n=formats.count(overview.mentions)),
        footnote=text("overview.reasons_note" if compared else "overview.reasons_note_alone"),
        info=info,
    )


def _fold(reasons: Sequence[Reason]) -> list[Reason]:
    """The first, and all the others as one line."""
    rest = reasons[REASONS_SHOWN:]
    if not rest:
        return list(reasons)
    compared = rest[0].previous_share is not None
    others = Reason(
        None,
        sum(reason.mentions for reason in rest),
        sum(reason.share for reason in rest),
        sum(reason.previous_mentions or 0 for reason in rest) if compared else None,
        sum(reason.previous_share or 0 for reason in rest) if compared else None,
        len(rest),
    )
    return [*reasons[:REASONS_SHOWN], others]


def _reason_values(
    title: str, reasons: Sequence[Reason], compared: bool, context: Context
) -> Table:
    text = context.text
    columns = [
        Column(text("overview.reason"), "text"),
        Column("n", sums=True),
        Column(text("overview.part"), "share"),
    ]
    if compared:
        columns += [Column(text("export.before_n")), Column(text("overview.change"), "share")]
    rows = [
        (
            *(reason.name, reason.mentions, reason.share, reason.previous_mentions),
            reason.share - (reason.previous_share or 0),
        )
        for reason in reasons
    ]
    return Table(title, columns, [row[: len(columns)] for row in rows], charted=(1,))


def _reason_cells(
    reason: Reason, widest: int, named: int, compared: bool, context: Context
) -> list[Element]:
    text, formats = context.text, context.formats
    name = reason.name or text.plural("overview.others", reason.others, n=reason.others)
    cell = f"{OTHER_REASONS}:{named}" if reason.name is None else f"reason:{reason.name}"
    share = min(1.0, reason.mentions / widest)
    style = {"--share": f"{share * 100:.1f}%"}
    cut = reason.mentions > widest
    kind = "bar-fill bar-other" if reason.name is None else "bar-fill"
    marks: list[Any] = [html.Span(className=f"{kind} bar-cut" if cut else kind)]
    if reason.previous_mentions is not None and not cut:
        style["--before"] = f"{reason.previous_mentions / widest * 100:.1f}%"
        marks.append(html.Span(className="bar-before"))
    count = html.B(formats.count(reason.mentions))
    bar = html.Div(marks, className="bar", style=style)
    cells = [
        html.Td(html.Span(name, title=name, className="bidi"), className="left reason-name"),
        html.Td(
            rows_link(bar, context, TOP_REASONS, cell, tabIndex="-1", **{"aria-hidden": "true"}),
            className="reason-bar",
        ),
        html.Td(rows_link(count, context, TOP_REASONS, cell)),
        html.Td(formats.share(reason.share)),
    ]
    if compared:
        cells.append(html.Td(_change(reason, context), className="reason-change"))
    return cells


def _change(reason: Reason, context: Context) -> Any:
    if reason.previous_share is None:
        return html.Span(context.text("overview.new"), className="quieter")
    difference = (reason.share - reason.previous_share) * 100
    label = context.formats.decimal(abs(difference))
    if abs(difference) < 0.05:
        return html.Span(label, className="quieter")
    arrow = icon("arrow-up" if difference > 0 else "arrow-down")
    return html.Span([arrow, label], className="strong" if abs(difference) >= 2 else "quieter")


def agents_panel(overview: Overview, context: Context) -> Element:
    text = context.text
    floor = scale_floor(_rated(row, overview) for row in (*overview.agents, overview.total))
    rows = [_agent_cells(row, overview, floor, context) for row in overview.agents]
    total = _agent_cells(overview.total, overview, floor, context)
    goal = context.formats.share(overview.goal, 0)
    columns = [
        Column(
            text(TOLD.get(key, f"overview.columns.{key}")),
            kind,
            head=text(f"overview.columns.{key}", goal=goal),
            class_name=side,
        )
        for key, (kind, side) in AGENT_COLUMNS.items()
    ]
    title = text("overview.agents")
    table = data_table(Table(title, columns, rows, total), context, "agents-table")
    calls = overview.total.metrics["calls_answered"].value or 0
    note = text(
        "overview.agents_note",
        credits=context.formats.count(overview.participations),
        calls=context.formats.count(calls),
    )
    return figure_panel(
        PAGE,
        "agents_table",
        title,
        html.Div(table, className="table-frame"),
        None,
        context,
        population=text.plural("overview.lines", len(rows), n=len(rows)),
        footnote=note,
        info=overview.infos["agents_table"],
    )


def _rated(row: AgentRow, overview: Overview) -> Summary | None:
    """Where there are enough ratings to be compared."""
    csat = row.metrics.get("csat_score")
    enough = csat is not None and csat.value is not None and csat.n >= overview.csat_minimum
    return csat if enough else None


def _agent_cells(row: AgentRow, overview: Overview, floor: float, context: Context) -> list[Any]:
    text, formats = context.text, context.formats

    own = [f"agent:{row.id}"] if row.id else []

    def shown(key: str) -> Cell:
        summary = row.metrics.get(key)
        if summary is None or summary.value is None:
            return Cell(None)
        return Cell(summary.value, (key, *own) if summary.n else ())

    def linked(key: str, words: Any, n: int) -> Any:
        """Nothing stands behind a zero."""
        return rows_link(words, context, key, *own) if n else words

    first = shown("first_response_time")
    if row.slow and first.value is not None:
        drawn = linked("first_response_time", formats.duration(first.value), 1)
        mark = html.Span([icon("caret-up-fill"), drawn], className="warn strong")
        first = Cell(first.value, drawn=mark)
    csat = row.metrics.get("csat_score")
    ratings = csat.n if csat else 0
    rated = _rated(row, overview)
    score = Cell(None, drawn=linked("csat_score", _few(csat, context), ratings))
    count = Cell(ratings, drawn="")
    if rated is not None:
        everyone = overview.total.metrics["csat_score"].value if row is not overview.total else None
        score = Cell(rated.value, drawn=interval_bar(rated, everyone, floor, context))
        words = html.Span(text("units.n", n=formats.count(rated.n)), className="quieter")
        share = html.B(formats.decimal((rated.value or 0) * 100))
        count = Cell(ratings, drawn=[share, " ", linked("csat_score", words, rated.n)])
    talk = row.metrics.get("talk_time")
    mean = Cell(None)
    if talk is not None and talk.mean is not None:
        mean = Cell(talk.mean, drawn=linked("talk_time", formats.duration(talk.mean), talk.n))
    name: list[Any] = [html.Span(row.name, className="bidi name")]
    if row.status == "left":
        name += [" ", pill(text("overview.left"))]
    if row.status == "unassigned":
        name = [html.Span(row.name, className="quiet")]
    return [
        Cell(row.name, drawn=name),
        shown("conversations"),
        shown("conversations_closed"),
        first,
        shown("time_to_close"),
        score,
        count,
        _goal(row.metrics.get("classification_rate"), overview.goal),
        shown("classification_rate"),
        shown("calls_answered"),
        mean,
        Cell(row.open, drawn=linked("open_now", _open(row, context), row.open or 0)),
    ]


def _few(csat: Summary | None, context: Context) -> Element:
    n = csat.n if csat else 0
    if not n:
        return no_data(context)
    return html.Span(context.text("overview.few_ratings", n=n), className="quieter")


def _goal(rate: Summary | None, goal: float) -> Any:
    if rate is None or rate.value is None:
        return ""
    reached = "goal-line goal-reached" if rate.value >= goal else "goal-line"
    style = {"--share": f"{rate.value * 100:.1f}%", "--goal": f"{goal * 100:.1f}%"}
    marks = [html.Span(className="goal-fill"), html.Span(className="goal-mark")]
    return html.Span(marks, className=reached, style=style)


def _open(row: AgentRow, context: Context) -> Any:
    if row.open is None:
        return no_data(context)
    count = context.formats.count(row.open)
    if not row.overloaded:
        return count
    return html.Span([icon("exclamation-triangle-fill"), " ", count], className="warn strong")
