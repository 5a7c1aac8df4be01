"""The table of agents: what each did in the period."""

from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.interval import interval_bar, scale_floor
from layouts.components.panel import figure_panel, no_data, pill
from layouts.components.view_link import rows_link
from layouts.icons import icon
from layouts.pages.overview.data import PAGE, AgentRow, Overview
from metrics.model.summary import Summary


def panel(overview: Overview, context: Context) -> html.Section:
    """One line per person, and the total; every number opens its rows."""
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
    return figure_panel(
        PAGE,
        "agents_table",
        text("overview.agents"),
        html.Div(table, className="table-frame"),
        None,
        context,
        population=text.plural("overview.lines", len(rows), n=len(rows)),
        footnote=note,
        passport=overview.passports["agents_table"],
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

    def linked(key: str, words: Any, n: int) -> Any:
        """The number as a way to its rows; nothing stands behind a zero."""
        if not n:
            return words
        cells = [f"agent:{row.id}"] if row.id else []
        return rows_link(words, context, key, *cells)

    def shown(key: str) -> Any:
        summary = row.metrics.get(key)
        if summary is None or summary.value is None:
            return no_data(context)
        return linked(key, formats.value(summary.value, summary.unit), summary.n)

    first = shown("first_response_time")
    if row.slow:
        first = html.Span([icon("caret-up-fill"), first], className="warn strong")
    csat = row.metrics.get("csat_score")
    rated = _rated(row, overview)
    talk = row.metrics.get("talk_time")
    everyone = overview.total.metrics["csat_score"].value if row is not overview.total else None
    name: list[Any] = [html.Span(row.name, className="bidi")]
    if row.status == "left":
        name += [" ", pill(text("overview.left"))]
    return [
        html.Td(name, className="left name" if row.status != "unassigned" else "left quiet"),
        html.Td(shown("conversations")),
        html.Td(shown("conversations_closed")),
        html.Td(first),
        html.Td(shown("time_to_close")),
        html.Td(
            interval_bar(rated, everyone, floor, context)
            if rated
            else linked("csat_score", _few(csat, context), csat.n if csat else 0),
            className="left",
        ),
        html.Td(
            [
                html.B(formats.decimal((rated.value or 0) * 100)),
                " ",
                linked(
                    "csat_score",
                    html.Span(text("units.n", n=formats.count(rated.n)), className="quieter"),
                    rated.n,
                ),
            ]
            if rated
            else ""
        ),
        html.Td(_goal(row.metrics.get("classification_rate"), overview.goal), className="left"),
        html.Td(shown("classification_rate")),
        html.Td(shown("calls_answered")),
        html.Td(
            linked("talk_time", formats.talk(talk.mean), talk.n)
            if talk is not None and talk.mean is not None
            else no_data(context)
        ),
        html.Td(linked("open_now", _open(row, context), row.open or 0)),
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
