"""The manager's cross-tabs: any attribute by any other, and the reports that are always wanted."""

from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.kpi import kpi_cell
from layouts.components.panel import figure_panel, segmented
from layouts.components.popover import chooser
from layouts.components.share_bars import bar_table, colour_key, stacked_bars, stacked_values
from layouts.components.states import empty
from layouts.components.typed_table import carry
from layouts.components.view_link import view_link
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.pages.crosstabs.data import (
    CONVERSATIONS,
    PAGE,
    Categories,
    Choices,
    Cross,
    Pairs,
    Spread,
)
from layouts.pages.crosstabs.table import figure, missing


def cross(shown: Cross, context: Context) -> list[Any]:
    text = context.text
    tools = html.Div(
        [
            chooser(ids.panel(PAGE, "row"), text("crosstabs.down"), shown.down.name, shown.downs),
            view_link(
                icon("arrow-repeat"), shown.swapped, "icon-button", title=text("crosstabs.swap")
            ),
            chooser(
                ids.panel(PAGE, "column"),
                text("crosstabs.across"),
                shown.across.name,
                shown.acrosses,
            ),
            _choice("crosstabs.lines", shown.tops, context),
            _choice("crosstabs.columns", shown.widths, context),
            _choice("crosstabs.empty.label", shown.empties, context),
        ],
        className="view-tools",
    )
    ready = html.Div(
        [
            html.Span(text("crosstabs.ready.label"), className="quieter"),
            *[
                view_link(words, href, "ready-link ready-on" if on else "ready-link")
                for words, href, on in shown.ready
            ],
        ],
        className="view-tools",
    )
    return [reports(None, context), ready, tools, figure(shown, context)]


def reports(chosen: str | None, context: Context) -> Element:
    """The filters stay."""
    cleared = dict.fromkeys(("value", "top", "of", "direction"))
    choices = [
        (
            context.text(f"crosstabs.report.{key or 'cross'}"),
            context.view(report=key, **cleared),
            key == chosen,
        )
        for key in (None, "reasons", "categories")
    ]
    return html.Div(
        segmented(choices, context.text("crosstabs.title"), "report-choice"), className="view-tools"
    )


def _choice(key: str, choices: Choices, context: Context) -> Element:
    label = context.text(key)
    return html.Span(
        [html.Span(label, className="quieter"), segmented(choices, label)], className="tool"
    )


def pairs(shown: Pairs, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    directions = segmented(
        [
            (text("crosstabs.forth"), context.view(direction=None, value=None), not shown.back),
            (text("crosstabs.back"), context.view(direction="back", value=None), shown.back),
        ],
        text("crosstabs.direction"),
    )
    tools = html.Div(
        [directions, _choice("crosstabs.lines", shown.tops, context)], className="view-tools"
    )
    absent = [side for side in (shown.first, shown.second) if side.missing]
    if absent or not shown.n:
        body = missing(absent[0], context) if absent else empty(context, text("crosstabs.no_pairs"))
        panel = figure_panel(
            PAGE,
            "reason_pairs",
            text("crosstabs.report.reasons"),
            body,
            None,
            context,
            info=shown.infos["reason_pairs"],
        )
        return [reports("reasons", context), tools, panel]
    names: list[Any] = [
        view_link(
            words,
            href,
            "bidi elided value-link value-on" if on else "bidi elided value-link",
            title=words,
        )
        for words, href, on in shown.values
    ]
    names += [html.Span(line.name, className="quieter") for line in shown.left[len(names) :]]
    n, part = "n", text("overview.part")
    whole = sum(line.n for line in shown.right)
    return [
        reports("reasons", context),
        tools,
        html.Div(
            [
                figure_panel(
                    PAGE,
                    "reason_pairs",
                    shown.first.name,
                    bar_table(
                        shown.first.name,
                        [text("crosstabs.value"), n, part],
                        shown.left,
                        context,
                        names=names,
                    ),
                    None,
                    context,
                    population=text("crosstabs.both_n", n=formats.count(shown.n)),
                    footnote=text("crosstabs.pairs_note"),
                    info=shown.infos["reason_pairs"],
                ),
                figure_panel(
                    PAGE,
                    "reason_pairs_other",
                    text("crosstabs.with", value=shown.chosen),
                    bar_table(
                        text("crosstabs.with", value=shown.chosen),
                        [shown.second.name, n, part],
                        shown.right,
                        context,
                    ),
                    None,
                    context,
                    population=text("units.n", n=formats.count(whole)),
                    footnote=text("crosstabs.pairs_part", value=shown.chosen),
                ),
            ],
            className="bi-row crosstabs-row",
        ),
    ]


def categories(shown: Categories, context: Context) -> list[Any]:
    cells = [kpi_cell(PAGE, kpi, context) for kpi in shown.kpis]
    leading = [_leading(*pair, context) for pair in shown.leading]
    return [
        reports("categories", context),
        html.Div([*cells, *leading], className="kpis"),
        html.Div(
            [_distribution(shown, context), _area(shown, context)],
            className="bi-row crosstabs-row",
        ),
        _registrations(shown, context),
    ]


def _leading(key: str, leader: tuple[str, int] | None, context: Context) -> Element:
    text = context.text
    label = html.Div(html.H3(text(key)), className="kpi-label")
    if leader is None:
        value = html.P(text("states.no_data"), className="kpi-value kpi-empty")
        return html.Article([label, value], className="kpi kpi-no-data")
    name, n = leader
    words = text.plural("crosstabs.cases", n, n=context.formats.count(n))
    return html.Article(
        [
            label,
            html.P(name, className="kpi-word bidi", title=name),
            html.P(words, className="kpi-meta"),
        ],
        className="kpi",
    )


def _distribution(shown: Categories, context: Context) -> Element:
    text, formats = context.text, context.formats
    spread = shown.spread
    pick = chooser(ids.panel(PAGE, "of"), "", spread.side.name, shown.ofs)
    return figure_panel(
        PAGE,
        "distribution",
        text("crosstabs.distribution"),
        _bars(
            spread.side.name,
            spread,
            [text("crosstabs.value"), "n", text("overview.part")],
            context,
        ),
        None,
        context,
        population=text(
            "crosstabs.values_n", n=formats.count(spread.n), values=formats.count(spread.values)
        ),
        tools=[pick, segmented(shown.tops, text("crosstabs.lines"))],
        footnote=html.Span(
            [
                text("crosstabs.parts_note"),
                " ",
                html.A(text("crosstabs.details"), href=shown.details, className="link"),
            ]
        ),
        info=shown.infos["distribution"],
    )


def _area(shown: Categories, context: Context) -> Element:
    text, formats = context.text, context.formats
    heads = [shown.area.side.name, "n", text("overview.part"), text("crosstabs.median")]
    return figure_panel(
        PAGE,
        "areas",
        text("crosstabs.areas"),
        _bars(text("crosstabs.areas"), shown.area, heads, context),
        None,
        context,
        population=text("units.n", n=formats.count(shown.area.n)),
        footnote=text("crosstabs.parts_note"),
        info=shown.infos["areas"],
    )


def _bars(name: str, spread: Spread, heads: Sequence[str], context: Context) -> Element:
    if spread.side.missing:
        return missing(spread.side, context)
    if not spread.lines:
        return empty(context, context.text("overview.no_conversations"))
    return html.Div(
        bar_table(name, heads, spread.lines, context, more="seconds"), className="tall-bars"
    )


def _registrations(shown: Categories, context: Context) -> Element:
    text, formats = context.text, context.formats
    title = text("crosstabs.by", row=shown.category.name, column=shown.registrations.name)
    absent = [side for side in (shown.category, shown.registrations) if side.missing]
    if absent:
        body: Any = missing(absent[0], context)
    elif not shown.stacked:
        body = empty(context, text("crosstabs.no_both"))
    else:
        parts = [colour_key(shown.parts), stacked_bars(CONVERSATIONS, shown.stacked, context)]
        typed = stacked_values(title, shown.category.name, shown.stacked, context)
        body = carry(typed, html.Div(parts))
    return figure_panel(
        PAGE,
        "crosstab",
        title,
        body,
        None,
        context,
        population=text("crosstabs.both_n", n=formats.count(shown.both)),
        footnote=text("crosstabs.bars_note"),
        info=shown.infos["crosstab"],
    )
