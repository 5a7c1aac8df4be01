"""All conversations of the analyst's period: filters, table and files."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import panel
from layouts.components.states import message
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.pieces import PAGE, PATH, menu, more, opening, reason, subject, table
from layouts.pages.analyst.values import Panel
from metrics.classification.goals import STANDINGS

# A longer list of reasons is no choice any more.
REASONS_SHOWN = 60


def history_panel(own: Panel, context: Context) -> html.Section:
    """Every conversation of the period, with filters that live in the address."""
    text, formats, shown = context.text, context.formats, own.history
    parts: list[Any] = [_history_filters(own, context)]
    if shown.rows:
        parts.append(_history_table(own, context))
        parts.append(more(own, len(shown.rows), shown.total, "lines", context))
    elif shown.everything:
        parts.append(_filtered_away(own, context))
    else:
        words = text("analyst.history.nothing_words")
        parts.append(message("empty", context, text("analyst.history.nothing"), words))
    n = formats.count(shown.total)
    if shown.total != shown.everything:
        about = text("analyst.history.some", n=n, total=formats.count(shown.everything))
    else:
        about = text("units.n", n=n) if shown.total else ""
    files = [
        html.A(
            words,
            href=f"{PATH}/export.{kind}{own.head.download or ''}",
            className="link",
            title=text("analyst.export.title"),
            download="",
        )
        for kind, words in (("csv", "CSV"), ("xlsx", "Excel"))
    ]
    return panel(
        text("analyst.history.title"),
        [part for part in parts if part is not None],
        population=about,
        tools=files if shown.total and own.head.download is not None else [],
        id=ids.panel(PAGE, "history"),
    )


def _history_filters(own: Panel, context: Context) -> html.Div | None:
    text, shown, choices = context.text, own.history, own.head.choices
    if not shown.everything:
        return None
    any_words = text("analyst.history.any")
    standings = [(any_words, view(PATH, choices, state=None, lines=None), shown.standing is None)]
    standings += [
        (
            text(f"analyst.standing.{one}"),
            view(PATH, choices, state=one, lines=None),
            one == shown.standing,
        )
        for one in STANDINGS
    ]
    named = {"": text("analyst.unclassified")}
    offered = ["", *shown.reasons[:REASONS_SHOWN]]
    if shown.reason is not None and shown.reason not in offered:
        offered.append(shown.reason)
    reasons = [(any_words, view(PATH, choices, reason=None, lines=None), shown.reason is None)]
    reasons += [
        (
            named.get(one, one),
            view(PATH, choices, reason=one, lines=None),
            one == shown.reason,
        )
        for one in offered
    ]
    chosen_reason = None if shown.reason is None else named.get(shown.reason, shown.reason)
    chosen_state = text(f"analyst.standing.{shown.standing}") if shown.standing else None
    return html.Div(
        [
            _filter("standing", text("analyst.columns.standing"), chosen_state, standings, context),
            _filter("reason", text("analyst.columns.reason"), chosen_reason, reasons, context),
            html.Label(
                [
                    icon("search"),
                    html.Span(text("analyst.history.search"), className="unseen"),
                    dcc.Input(
                        id=ids.panel(PAGE, "search"),
                        type="search",
                        value=shown.search,
                        debounce=True,
                        maxLength=200,
                        placeholder=text("analyst.history.search"),
                        autoComplete="off",
                        className="field history-search",
                    ),
                ],
                className="search-field",
            ),
            html.A(
                text("analyst.history.clear"),
                href=view(PATH, choices, state=None, reason=None, search=None, lines=None),
                className="link",
                **{"data-go": "push"},
            )
            if shown.total != shown.everything
            else None,
        ],
        className="history-filters",
    )


def _filter(
    key: str,
    label: str,
    chosen: str | None,
    options: Sequence[tuple[str, str, bool]],
    context: Context,
) -> html.Span:
    words = chosen or context.text("analyst.history.any")
    inside = [
        html.Span(label),
        html.B(words, className="chip-value bidi cut", title=words),
        icon("chevron-down"),
    ]
    return menu(key, inside, options, "chip set" if chosen is not None else "chip")


def _filtered_away(own: Panel, context: Context) -> html.Div:
    text, n = context.text, own.history.everything
    back = html.A(
        text("analyst.history.clear"),
        href=view(PATH, own.head.choices, state=None, reason=None, search=None, lines=None),
        className="link",
        **{"data-go": "push"},
    )
    words = text.plural("analyst.history.without", n, n=context.formats.count(n))
    return message("empty", context, text("states.nothing_here"), words, back)


def _history_table(own: Panel, context: Context) -> html.Div:
    text = context.text
    heads = [
        (text("analyst.columns.subject"), "left"),
        (text("analyst.columns.reason"), "left"),
        (text("analyst.columns.standing"), "left"),
        (text("analyst.columns.created"), ""),
        ("", ""),
    ]
    rows = [
        html.Tr(
            [
                html.Td(subject(row, context), className="left subject"),
                html.Td(reason(row, context), className="left reason"),
                html.Td(
                    text(f"analyst.standing.{row.standing}"),
                    className="left quiet history-standing",
                ),
                html.Td(context.formats.moment(row.created_at), className="quiet age"),
                html.Td(opening(row, context), className="open"),
            ]
        )
        for row in own.history.rows
    ]
    return table(heads, rows, "history-table")
