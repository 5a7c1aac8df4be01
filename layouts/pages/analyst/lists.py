"""The lists of the analyst's panel: still to classify, done, and every conversation."""

from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.live_time import lasting
from layouts.components.panel import open_link, panel
from layouts.components.popover import popover
from layouts.components.states import message
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.data import PAGE, PATH, Panel, Row
from layouts.pages.analyst.goal import excluded_kind, excluded_words
from metrics.classification.goals import STANDINGS

# Each press of «more» shows so many more, up to the most that an address may ask for.
MORE, MOST = 50, 500
ORDERS = ("oldest", "easiest")
DONE_SHOWN = 3
# A longer list of reasons is no choice any more.
REASONS_SHOWN = 60


def menu(
    key: str,
    words: Any,
    options: Sequence[tuple[str, str, bool]],
    class_name: str = "button button-quiet",
) -> Element:
    """The choice lives in the address; `options` are (words, href, chosen)."""
    target = ids.panel(PAGE, f"menu-{key}")
    inside = words if isinstance(words, list) else [html.Span(words), icon("chevron-down")]
    links = [
        html.Li(view_link(name, href, "choice choice-on bidi" if chosen else "choice bidi"))
        for name, href, chosen in options
    ]
    return html.Span(
        [
            html.Button(inside, id=target, className=class_name, type="button"),
            popover(target, html.Ul(links), placement="bottom-end"),
        ],
        className="menu",
    )


def more(own: Panel, shown: int, total: int, name: str, context: Context) -> Element | None:
    if shown >= total:
        return None
    text, formats = context.text, context.formats
    label = text("analyst.shown", shown=formats.count(shown), n=formats.count(total))
    if shown >= MOST:
        return html.P(f"{label} {text('analyst.shown_end')}", className="list-more quieter")
    change = {name: str(min(MOST, shown + MORE))}
    step = min(MORE, total - shown)
    href = view(PATH, own.head.choices, **change)
    words = text("analyst.show_more", n=formats.count(step))
    link = view_link(words, href, "link", mode="replace")
    return html.P([label, " ", link], className="list-more quieter")


def table(heads: Sequence[tuple[str, str]], rows: Sequence[Element], name: str) -> Element:
    """On a phone the rows are cards; `heads` are (words, side class)."""
    head = html.Thead(html.Tr([html.Th(words, className=side) for words, side in heads]))
    drawn = html.Table([head, html.Tbody(list(rows))], className=f"grid-table two-lines {name}")
    return html.Div(drawn, className="table-frame")


def subject(row: Row, context: Context) -> Element:
    label = row.subject or context.text("analyst.no_subject")
    return html.Span(label, title=label, className="bidi" if row.subject else "quieter")


def reason(row: Row, context: Context) -> Element:
    if row.reason:
        return html.Span(row.reason, title=row.reason, className="bidi")
    return html.Span(context.text("analyst.unclassified"), className="quieter")


def opening(row: Row, context: Context, button: bool = False) -> Element | Element:
    """Without a link as long as the workspace is not known."""
    if not row.url:
        return html.Span(row.id, className="quieter")
    return open_link(row.url, context.text("states.open"), button=button)


def ago(row: Row, own: Panel, context: Context) -> Any:
    """Counts on."""
    if row.closed_at is None:
        return html.Span(context.text("analyst.no_close"), className="no-data")
    before = html.Span(context.text("analyst.closed_ago") + " ", className="phone-only")
    running = lasting(row.closed_at, own.now, context)
    return html.Span([before, running], title=context.formats.full_moment(row.closed_at))


def pending_panel(own: Panel, context: Context) -> Element:
    text, formats, pending = context.text, context.formats, own.pending
    parts: list[Any] = [_done(own, context)]
    if own.reason_missing:
        parts.append(html.P(text("analyst.pending.unknown"), className="result-none"))
    elif pending.total:
        parts.append(_pending_table(own, context))
        parts.append(more(own, len(pending.rows), pending.total, "more", context))
    else:
        key = "analyst.pending.done" if own.goal.eligible else "analyst.pending.nothing"
        parts.append(message("calm", context, text(key), text(f"{key}_words")))
    parts.append(_excluded(own, context))
    is_known = pending.total > 0 and not own.reason_missing
    about = text("analyst.pending.about", n=formats.count(pending.total)) if is_known else ""
    order = menu(
        "order",
        text(f"analyst.pending.order.{pending.order}"),
        [
            (
                text(f"analyst.pending.order.{name}"),
                view(PATH, own.head.choices, order=name if name != "oldest" else None),
                name == pending.order,
            )
            for name in ORDERS
        ],
    )
    return panel(
        text("analyst.pending.title"),
        [part for part in parts if part is not None],
        population=about,
        tools=[order] if pending.total > 1 and pending.learnt else [],
        footnote=_coach(own, context),
        id=ids.panel(PAGE, "pending"),
    )


def _coach(own: Panel, context: Context) -> Any:
    if not own.pending.total or own.reason_missing:
        return None
    key = "coach" if own.pending.learnt else "no_coach"
    return context.text(f"analyst.pending.{key}")


def _pending_table(own: Panel, context: Context) -> Element:
    text, learnt = context.text, own.pending.learnt
    heads = [
        (text("analyst.columns.subject"), "left"),
        (text("analyst.columns.team"), "left"),
        (text("analyst.columns.closed_ago"), ""),
        *([(text("analyst.columns.suggestion"), "left")] if learnt else []),
        ("", ""),
    ]
    rows = [
        html.Tr(
            [
                html.Td(subject(row, context), className="left subject"),
                html.Td(row.team, className="left quiet team"),
                html.Td(ago(row, own, context), className="quiet age"),
                *(
                    [html.Td(_suggestion(row, context), className="left suggestion")]
                    if learnt
                    else []
                ),
                html.Td(opening(row, context, button=True), className="open"),
            ]
        )
        for row in own.pending.rows
    ]
    return table(heads, rows, "pending-table" + ("" if learnt else " no-coach"))


def _suggestion(row: Row, context: Context) -> Element:
    if not row.suggestion:
        return html.Span(context.text("analyst.pending.no_suggestion"), className="quieter")
    inside = [icon("lightbulb"), html.Span(row.suggestion, className="bidi")]
    return html.Span(inside, className="suggested", title=row.suggestion)


def _done(own: Panel, context: Context) -> Element | None:
    done = own.pending.done
    if not done:
        return None
    text, formats = context.text, context.formats
    lines = [
        html.Li(
            [
                icon("check-lg", "good", text("analyst.standing.classified")),
                html.Span(row.subject or text("analyst.no_subject"), className="bidi cut"),
                html.Span(row.reason, className="quieter cut"),
            ]
        )
        for row in done[:DONE_SHOWN]
    ]
    if len(done) > DONE_SHOWN:
        rest = len(done) - DONE_SHOWN
        lines.append(html.Li(text.plural("analyst.pending.more_done", rest, n=formats.count(rest))))
    return html.Ul(lines, className="done-list")


def _excluded(own: Panel, context: Context) -> Element | None:
    """They are listed where the address asks for it."""
    out, shown = own.pending.excluded, own.pending.excluded_rows
    if not out:
        return None
    text, n = context.text, sum(out.values())
    key = "hide" if shown is not None else "show"
    words = text.plural(f"analyst.excluded.{key}", n, n=context.formats.count(n))
    href = view(PATH, own.head.choices, out=None if shown is not None else "1")
    link = view_link(words, href, "link", mode="replace")
    line = html.P(
        [text("analyst.excluded.line", kinds=excluded_words(out, context)), " ", link],
        className="excluded-line",
    )
    if shown is None:
        return html.Div(line)
    heads = [
        (text("analyst.columns.subject"), "left"),
        (text("analyst.columns.why"), "left"),
        (text("analyst.columns.created"), ""),
        ("", ""),
    ]
    rows = [
        html.Tr(
            [
                html.Td(subject(row, context), className="left subject"),
                html.Td(_why(row, context), className="left quiet team"),
                html.Td(context.formats.moment(row.created_at), className="quiet age"),
                html.Td(opening(row, context), className="open"),
            ]
        )
        for row in shown
    ]
    return html.Div([line, table(heads, rows, "excluded-table")])


def _why(row: Row, context: Context) -> str:
    kind = excluded_kind(row.excluded)
    return context.text(f"analyst.excluded.why.{kind}", label=row.excluded)


def history_panel(own: Panel, context: Context) -> Element:
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


def _history_filters(own: Panel, context: Context) -> Element | None:
    text, shown, choices = context.text, own.history, own.head.choices
    if not shown.everything:
        return None
    any_words = text("analyst.history.any")
    standings = [(any_words, view(PATH, choices, state=None, lines=None), shown.standing is None)]
    standings += [
        (
            text(f"analyst.standing.{standing}"),
            view(PATH, choices, state=standing, lines=None),
            standing == shown.standing,
        )
        for standing in STANDINGS
    ]
    named = {"": text("analyst.unclassified")}
    offered = ["", *shown.reasons[:REASONS_SHOWN]]
    if shown.reason is not None and shown.reason not in offered:
        offered.append(shown.reason)
    reasons = [(any_words, view(PATH, choices, reason=None, lines=None), shown.reason is None)]
    reasons += [
        (
            named.get(value, value),
            view(PATH, choices, reason=value, lines=None),
            value == shown.reason,
        )
        for value in offered
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
            _clear_link(own, context) if shown.total != shown.everything else None,
        ],
        className="history-filters",
    )


def _filter(
    key: str,
    label: str,
    chosen: str | None,
    options: Sequence[tuple[str, str, bool]],
    context: Context,
) -> Element:
    words = chosen or context.text("analyst.history.any")
    inside = [
        html.Span(label),
        html.B(words, className="chip-value bidi cut", title=words),
        icon("chevron-down"),
    ]
    return menu(key, inside, options, "chip set" if chosen is not None else "chip")


def _filtered_away(own: Panel, context: Context) -> Element:
    text, n = context.text, own.history.everything
    label = text.plural("analyst.history.without", n, n=context.formats.count(n))
    back = _clear_link(own, context)
    return message("empty", context, text("states.nothing_here"), label, back)


def _clear_link(own: Panel, context: Context) -> Element:
    href = view(PATH, own.head.choices, state=None, reason=None, search=None, lines=None)
    return view_link(context.text("analyst.history.clear"), href, "link")


def _history_table(own: Panel, context: Context) -> Element:
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
