"""The manager's overview: the numbers of a period, what drove them, and who did the work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.charts.matrix import Point, efficiency_matrix
from layouts.charts.volume import Bar as VolumeBar
from layouts.charts.volume import volume_by_day, volume_by_hour
from layouts.components.filter_bar import Bar, filter_bar
from layouts.components.graph import graph
from layouts.components.interval import interval_bar, scale_floor
from layouts.components.kpi import Kpi, kpi_sheet
from layouts.components.panel import no_data, panel, pill, segmented
from layouts.components.states import banner, empty
from layouts.context import Context
from layouts.icons import icon
from layouts.links import view
from layouts.shell import page_frame
from metrics.summary import Summary

PAGE = "overview"
KEYS = (
    "conversations",
    "conversations_closed",
    "conversations_resolved",
    "first_response_time",
    "time_to_close",
    "classification_rate",
    "csat_score",
    "dsat_score",
    "calls_answered",
    "loss_rate",
)


@dataclass(frozen=True)
class Reason:
    """A reason with its mentions, now and before; `name` None stands for all the others."""

    name: str | None
    mentions: int
    share: float
    previous_mentions: int | None
    previous_share: float | None
    others: int = 0


@dataclass(frozen=True)
class AgentRow:
    """One line of the table of agents.

    Attributes:
        id: Intercom admin id, or `none`.
        name: Name, as the roster remembers it.
        status: member, outside, left, voice or unassigned.
        metrics: Numbers of the period, by key.
        open: Open conversations now; None for people who are no longer there.
        overloaded: Whether that is at or above the limit.
        slow: Whether the first response is slower than for nine of ten colleagues.
    """

    id: str
    name: str
    status: str
    metrics: Mapping[str, Summary]
    open: int | None
    overloaded: bool = False
    slow: bool = False


@dataclass(frozen=True)
class Overview:
    """Everything that the page draws, for one choice of rows.

    Attributes:
        bar: The filter bar.
        notice: A banner above the numbers, or None.
        kpis: The sheet.
        news: (icon, strong, words): what is worth a word.
        reasons: The most mentioned first.
        mentions: All mentions of the period; shares are of them.
        days: Volume per day.
        hours: Volume per hour of the day.
        points: The matrix.
        by_reason: Whether the matrix shows reasons instead of people.
        origins: origin -> conversations.
        agents: The table.
        total: The table's last line.
        csat_minimum: Ratings needed before anybody is ranked.
        goal: Classification goal, 0..1.
        participations: Credits of answered calls; more than calls where calls were transferred.
    """

    bar: Bar
    notice: Any
    kpis: Sequence[Kpi]
    news: Sequence[tuple[str, str, str]]
    reasons: Sequence[Reason]
    mentions: int
    reason_label: str
    reason_missing: bool
    days: Sequence[VolumeBar]
    hours: Sequence[VolumeBar]
    points: Sequence[Point]
    by_reason: bool
    origins: Mapping[str, int]
    agents: Sequence[AgentRow]
    total: AgentRow
    csat_minimum: int
    goal: float
    participations: int


def page(context: Context) -> html.Div:
    """The page's frame; what depends on the filters is filled by its callback."""
    text = context.text
    return page_frame(
        context,
        text("overview.title"),
        [
            dcc.Store(id=ids.panel(PAGE, "version")),
            html.Div(id=ids.panel(PAGE, "content"), className="overview", children=skeleton()),
        ],
        tools=[
            html.Button(
                [icon("link-45deg"), text("overview.copy_link")],
                className="button button-quiet",
                **{"data-copy-link": text("overview.link_copied")},
            )
        ],
    )


def skeleton() -> list[html.Div]:
    """The shape of the page before its first numbers."""
    return [
        html.Div(className="skeleton skeleton-bar"),
        html.Div(className="skeleton skeleton-sheet"),
        html.Div([html.Div(className="skeleton skeleton-panel")] * 2, className="overview-row"),
    ]


def content(overview: Overview, context: Context) -> list[Any]:
    """What is drawn for the present choice."""
    parts = [
        filter_bar(PAGE, overview.bar, context),
        overview.notice,
        _news(overview, context),
        kpi_sheet(PAGE, overview.kpis, context),
        html.Div(
            [_reasons(overview, context), _by_day(overview, context)],
            className="overview-row overview-row-1",
        ),
        html.Div(
            [_matrix(overview, context), _by_hour(overview, context)],
            className="overview-row overview-row-2",
        ),
        _agents(overview, context),
    ]
    return [part for part in parts if part is not None]


def _news(overview: Overview, context: Context) -> html.Ul | None:
    if not overview.news:
        return None
    return html.Ul(
        [
            html.Li(
                [
                    icon(name, "warn" if name.startswith("exclamation") else ""),
                    html.Span([html.B(strong), " ", words]),
                ]
            )
            for name, strong, words in overview.news
        ],
        className="news",
    )


def _reasons(overview: Overview, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    title = text("overview.reasons")
    panel_id = ids.panel(PAGE, "top_reasons")
    if overview.reason_missing or not overview.reasons:
        words = text(
            "overview.reason_missing" if overview.reason_missing else "overview.no_reasons",
            label=overview.reason_label,
        )
        return panel(title, empty(context, words), id=panel_id)
    widest = max(max(r.mentions, r.previous_mentions or 0) for r in overview.reasons) or 1
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
        html.Tr(_reason_cells(reason, widest, compared, context)) for reason in overview.reasons
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="grid-table reason-table")
    return panel(
        title,
        html.Div(table, className="table-frame"),
        population=text("overview.mentions", n=formats.count(overview.mentions)),
        footnote=text("overview.reasons_note" if compared else "overview.reasons_note_alone"),
        id=panel_id,
    )


def _reason_cells(reason: Reason, widest: int, compared: bool, context: Context) -> list[html.Td]:
    text, formats = context.text, context.formats
    name = reason.name or text.plural("overview.others", reason.others, n=reason.others)
    style = {"--share": f"{reason.mentions / widest * 100:.1f}%"}
    marks: list[Any] = [
        html.Span(className="bar-fill bar-other" if reason.name is None else "bar-fill")
    ]
    if reason.previous_mentions is not None:
        style["--before"] = f"{reason.previous_mentions / widest * 100:.1f}%"
        marks.append(html.Span(className="bar-before"))
    cells = [
        html.Td(html.Span(name, title=name), className="left reason-name"),
        html.Td(html.Div(marks, className="bar", style=style), className="reason-bar"),
        html.Td(html.B(formats.count(reason.mentions))),
        html.Td(formats.share(reason.share)),
    ]
    if compared:
        cells.append(html.Td(_share_change(reason, context), className="reason-change"))
    return cells


def _share_change(reason: Reason, context: Context) -> Any:
    if reason.previous_share is None:
        return html.Span(context.text("overview.new"), className="quieter")
    difference = (reason.share - reason.previous_share) * 100
    words = context.formats.decimal(abs(difference))
    if abs(difference) < 0.05:
        return html.Span(words, className="quieter")
    arrow = icon("arrow-up" if difference > 0 else "arrow-down")
    return html.Span([arrow, words], className="strong" if abs(difference) >= 2 else "quieter")


def _by_day(overview: Overview, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    total = sum(day.count for day in overview.days)
    banded = any(day.high is not None for day in overview.days)
    tools = (
        [
            html.Span(
                [html.Span(className="band-key"), text("overview.usual_weekday")], className="key"
            )
        ]
        if banded
        else []
    )
    label = text("overview.by_day_label", n=formats.count(total))
    body = graph(
        ids.panel(PAGE, "by-day-graph"), volume_by_day(overview.days, context), text, label
    )
    return panel(
        text("overview.by_day"),
        body if total else empty(context, text("overview.no_conversations")),
        population=text("units.n", n=formats.count(total)),
        tools=tools,
        id=ids.panel(PAGE, "volume_by_day"),
    )


def _by_hour(overview: Overview, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    total = sum(hour.count for hour in overview.hours)
    label = text("overview.by_hour_label", n=formats.count(total))
    body: list[Any] = [empty(context, text("overview.no_conversations"))]
    if total:
        body = [
            graph(
                ids.panel(PAGE, "by-hour-graph"),
                volume_by_hour(overview.hours, context),
                text,
                label,
            ),
            _origin(overview, context),
        ]
    return panel(
        text("overview.by_hour"),
        body,
        population=text("units.n", n=formats.count(total)),
        id=ids.panel(PAGE, "volume_by_hour"),
    )


def _origin(overview: Overview, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    total = sum(overview.origins.values())
    known = [(key, n) for key, n in overview.origins.items() if n]
    pieces = [
        html.Span(className=f"origin-{key}", style={"--share": f"{n / total * 100:.2f}%"})
        for key, n in known
    ]
    words = [
        html.Span(
            [
                html.Span(className=f"dot origin-{key}"),
                text(f"overview.origin.{key}"),
                " ",
                html.B(formats.count(n)),
                " ",
                formats.share(n / total),
            ]
        )
        for key, n in known
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.H3(text("overview.origin.title")),
                    html.Span(text("units.n", n=formats.count(total)), className="panel-n"),
                ],
                className="origin-head",
            ),
            html.Div(pieces, className="origin-bar"),
            html.Div(words, className="origin-words"),
        ],
        className="origin",
    )


def _matrix(overview: Overview, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    choices = overview.bar.choices
    switch = segmented(
        [
            (
                text("overview.agents_short"),
                view("/overview", choices, matrix=None),
                not overview.by_reason,
            ),
            (
                text("overview.reasons_short"),
                view("/overview", choices, matrix="reason"),
                overview.by_reason,
            ),
        ],
        text("overview.matrix"),
    )
    count = len(overview.points)
    key = "overview.matrix_n_reasons" if overview.by_reason else "overview.matrix_n"
    body: Any = empty(context, text("overview.matrix_empty"))
    if overview.points:
        figure = efficiency_matrix(overview.points, context)
        body = graph(
            ids.panel(PAGE, "matrix-graph"), figure, text, text("overview.matrix_label", n=count)
        )
    rated = [point.csat for point in overview.points if point.csat is not None]
    scale = []
    if rated:
        steps = [html.Span(className=f"scale-{n}") for n in range(1, 8)]
        middle = sum(rated) / len(rated)
        reach = max(abs(value - middle) for value in rated)
        low, high = formats.share(middle - reach, 0), formats.share(min(1, middle + reach), 0)
        scale = [
            html.Span([text("overview.csat_scale", share=low), *steps, high], className="scale")
        ]
    return panel(
        text("overview.matrix"),
        body,
        population=text.plural(key, count, n=count),
        tools=[switch],
        footnote=html.Div(
            [*scale, html.Span(text("overview.matrix_note", n=overview.csat_minimum))],
            className="matrix-foot",
        ),
        id=ids.panel(PAGE, "efficiency_matrix"),
    )


def _agents(overview: Overview, context: Context) -> html.Section:
    text = context.text
    heads = [
        ("agent", "left"),
        ("conversations", ""),
        ("closed", ""),
        ("first_response", ""),
        ("close", ""),
        ("csat", "left"),
        ("csat_n", ""),
        ("classification", "left"),
        ("classified", ""),
        ("calls", ""),
        ("talk", ""),
        ("open", ""),
    ]
    goal = context.formats.share(overview.goal, 0)
    head = html.Tr(
        [html.Th(text(f"overview.columns.{key}", goal=goal), className=side) for key, side in heads]
    )
    floor = scale_floor(_rated(row, overview) for row in (*overview.agents, overview.total))
    rows = [html.Tr(_agent_cells(row, overview, floor, context)) for row in overview.agents]
    foot = html.Tr(_agent_cells(overview.total, overview, floor, context))
    table = html.Table(
        [html.Thead(head), html.Tbody(rows), html.Tfoot(foot)], className="grid-table agents-table"
    )
    calls = overview.total.metrics["calls_answered"].value or 0
    note = text(
        "overview.agents_note",
        credits=context.formats.count(overview.participations),
        calls=context.formats.count(calls),
    )
    return panel(
        text("overview.agents"),
        html.Div(table, className="table-frame"),
        population=text.plural("overview.lines", len(rows), n=len(rows)),
        footnote=note,
        id=ids.panel(PAGE, "agents"),
    )


def _rated(row: AgentRow, overview: Overview) -> Summary | None:
    """The ratings of a line, where there are enough of them to be compared."""
    csat = row.metrics.get("csat_score")
    enough = csat is not None and csat.value is not None and csat.n >= overview.csat_minimum
    return csat if enough else None


def _agent_cells(
    row: AgentRow, overview: Overview, floor: float, context: Context
) -> list[html.Td]:
    text, formats = context.text, context.formats

    def shown(key: str) -> Any:
        summary = row.metrics.get(key)
        if summary is None or summary.value is None:
            return no_data(context)
        return formats.value(summary.value, summary.unit)

    first = shown("first_response_time")
    if row.slow:
        first = html.Span([icon("caret-up-fill"), first], className="warn strong")
    csat = row.metrics.get("csat_score")
    rated = _rated(row, overview)
    talk = row.metrics.get("talk_time")
    everyone = overview.total.metrics["csat_score"].value if row is not overview.total else None
    name: list[Any] = [row.name]
    if row.status == "left":
        name += [" ", pill(text("overview.left"))]
    return [
        html.Td(name, className="left name" if row.status != "unassigned" else "left quiet"),
        html.Td(shown("conversations")),
        html.Td(shown("conversations_closed")),
        html.Td(first),
        html.Td(shown("time_to_close")),
        html.Td(
            interval_bar(rated, everyone, floor, context) if rated else _few(csat, context),
            className="left",
        ),
        html.Td(
            [
                html.B(formats.decimal((rated.value or 0) * 100)),
                html.Span(text("units.n", n=formats.count(rated.n)), className="quieter n-after"),
            ]
            if rated
            else ""
        ),
        html.Td(_goal(row.metrics.get("classification_rate"), overview.goal), className="left"),
        html.Td(shown("classification_rate")),
        html.Td(shown("calls_answered")),
        html.Td(
            formats.talk(talk.mean)
            if talk is not None and talk.mean is not None
            else no_data(context)
        ),
        html.Td(_open(row, context)),
    ]


def _few(csat: Summary | None, context: Context) -> html.Span:
    n = csat.n if csat else 0
    if not n:
        return no_data(context)
    return html.Span(context.text("overview.few_ratings", n=n), className="quieter")


def _goal(rate: Summary | None, goal: float) -> Any:
    if rate is None or rate.value is None:
        return ""
    reached = "goal-line goal-reached" if rate.value >= goal else "goal-line"
    style = {"--share": f"{rate.value * 100:.1f}%", "--goal": f"{goal * 100:.1f}%"}
    return html.Span(
        [html.Span(className="goal-fill"), html.Span(className="goal-mark")],
        className=reached,
        style=style,
    )


def _open(row: AgentRow, context: Context) -> Any:
    if row.open is None:
        return no_data(context)
    count = context.formats.count(row.open)
    if not row.overloaded:
        return count
    return html.Span([icon("exclamation-triangle-fill"), " ", count], className="warn strong")


def unusable(reason: str | None, context: Context) -> html.Div:
    """A banner for an address that asks for something impossible.

    Args:
        reason: What is wrong, in words; None when the dates are reversed.
        context: The reader.
    """
    text = context.text
    if reason is None:
        return banner("attention", text("filters.reversed"), text("filters.reversed_words"))
    return banner(
        "attention", text("filters.unusable"), text("filters.unusable_words", reason=reason)
    )


def partial(loaded: int, total: int, context: Context) -> html.Div:
    """A banner for a history that is still arriving."""
    text = context.text
    return banner(
        "information",
        text("states.history", loaded=loaded, total=total),
        text("states.history_words"),
        html.Span(
            html.Span(),
            className="progress-line",
            style={"--share": f"{loaded / total * 100:.0f}%"},
        ),
    )
