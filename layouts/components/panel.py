"""A sheet with a title, its population, tools, content and one line below."""

from collections.abc import Sequence
from typing import Any

from layouts.components.context import Context
from layouts.components.download import table_button
from layouts.components.metric_info import MetricInfo, info_button
from layouts.components.typed_table import find_tables
from layouts.components.view_link import Mode, view_link
from layouts.elements import Element, html
from layouts.icons import icon


def panel(
    title: str,
    content: Any,
    population: str = "",
    tools: Sequence[Any] = (),
    footnote: Any = None,
    class_name: str = "",
    **attributes: Any,
) -> Element:
    head = [html.H2(title)]
    if population:
        head.append(html.Span(population, className="panel-n"))
    if tools:
        head.append(html.Div(list(tools), className="panel-tools"))
    parts = [html.Div(head, className="panel-head"), html.Div(content, className="panel-body")]
    if footnote:
        parts.append(html.Div(footnote, className="panel-foot"))
    return html.Section(parts, className=f"panel {class_name}".strip(), **attributes)


def figure_panel(
    page: str,
    key: str,
    title: str,
    chart: Any,
    table: Any,
    context: Context,
    *,
    population: str = "",
    tools: Sequence[Any] = (),
    footnote: Any = None,
    info: MetricInfo | None = None,
    class_name: str = "",
) -> Element:
    """A chart that turns into its table; `table` is None where the chart is one already."""
    label = context.text("rows.table")
    shown = list(tools)
    body = chart
    views = {}
    if table is not None:
        shown.append(
            html.Button(
                icon("table"),
                className="icon-button",
                title=label,
                **{"data-table": key, "aria-label": label, "aria-pressed": "false"},
            )
        )
        body = [
            html.Div(chart, className="view-chart"),
            html.Div(table, className="view-table table-frame"),
        ]
        views = {"data-views": key}
    if context.lists_rows and any(True for _ in find_tables([chart, table])):
        shown.append(table_button(context, f"/exports/{page}/{key}.xlsx"))
    if info is not None:
        shown.append(info_button(page, info, context, "panel-passport"))
    return panel(
        title,
        body,
        population=population,
        tools=shown,
        footnote=footnote,
        class_name=class_name,
        id=f"{page}--{key}",
        **views,
    )


def segmented(
    choices: Sequence[tuple[str, str, bool]],
    label: str,
    class_name: str = "",
    mode: Mode = "push",
) -> Element:
    """Links, so that the choice lives in the address: (words, href, chosen)."""
    return html.Div(
        [
            view_link(words, href, "segment segment-on" if chosen else "segment", mode=mode)
            for words, href, chosen in choices
        ],
        className=f"segmented {class_name}".strip(),
        role="group",
        **{"aria-label": label},
    )


def open_link(href: str, words: str, button: bool = False) -> Element:
    return html.A(
        [words, icon("box-arrow-up-right")],
        href=href,
        target="_blank",
        rel="noopener noreferrer",
        className="button" if button else "link",
    )


def recording_link(call_id: str, context: Context) -> Element:
    return html.A(
        [context.text("states.listen"), icon("headphones")],
        href=f"/calls/{call_id}/recording",
        target="_blank",
        rel="noopener noreferrer",
        className="link",
    )


def pill(words: str, kind: str = "quiet", icon_name: str | None = None) -> Element:
    """critical, attention, information, good or quiet."""
    inside = [icon(icon_name), words] if icon_name else words
    return html.Span(inside, className=f"pill pill-{kind}")


def no_data(context: Context) -> Element:
    return html.Span(context.text("states.no_data"), className="no-data")
