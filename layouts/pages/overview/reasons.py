"""The reasons that were mentioned most, with the period before as a tick."""

from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.panel import figure_panel
from layouts.components.states import empty
from layouts.components.view_link import rows_link
from layouts.icons import icon
from layouts.pages.overview.data import PAGE, Overview, Reason
from metrics.query.drilldown import OTHER_REASONS, TOP_REASONS


def panel(overview: Overview, context: Context) -> html.Section:
    """Bars in a table; each opens the conversations that mention it."""
    text, formats = context.text, context.formats
    passport = overview.passports[TOP_REASONS]
    title = text("overview.reasons")
    if overview.reason_missing or not overview.reasons:
        words = text(
            "overview.reason_missing" if overview.reason_missing else "overview.no_reasons",
            label=overview.reason_label,
        )
        nothing = empty(context, words)
        return figure_panel(PAGE, TOP_REASONS, title, nothing, None, context, passport=passport)
    # The others together would make every reason small: their bar is cut, and says so.
    scale = [r for r in overview.reasons if r.name is not None] or overview.reasons
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
    named = sum(reason.name is not None for reason in overview.reasons)
    rows = [
        html.Tr(
            _cells(reason, widest, named, compared, context),
            className="reason-others" if reason.name is None else None,
            **{"data-mark": ""},
        )
        for reason in overview.reasons
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="grid-table reason-table")
    return figure_panel(
        PAGE,
        TOP_REASONS,
        title,
        html.Div(table, className="table-frame"),
        None,
        context,
        population=text("overview.mentions", n=formats.count(overview.mentions)),
        footnote=text("overview.reasons_note" if compared else "overview.reasons_note_alone"),
        passport=passport,
    )


def _cells(
    reason: Reason, widest: int, named: int, compared: bool, context: Context
) -> list[html.Td]:
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
    words = context.formats.decimal(abs(difference))
    if abs(difference) < 0.05:
        return html.Span(words, className="quieter")
    arrow = icon("arrow-up" if difference > 0 else "arrow-down")
    return html.Span([arrow, words], className="strong" if abs(difference) >= 2 else "quieter")
