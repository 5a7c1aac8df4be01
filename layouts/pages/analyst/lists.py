"""What an analyst still has to classify, what was just done, and what does not count."""

from typing import Any

from dash import html

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import panel
from layouts.components.states import message
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.goal import excluded_kind, excluded_words
from layouts.pages.analyst.pieces import PAGE, PATH, ago, menu, more, opening, subject, table
from layouts.pages.analyst.values import Panel, Row

ORDERS = ("oldest", "easiest")
DONE_SHOWN = 3


def pending_panel(own: Panel, context: Context) -> html.Section:
    """Closed, counting, without a reason; with a suggestion where the words are sure."""
    text, formats, pending = context.text, context.formats, own.pending
    parts: list[Any] = [_done(own, context)]
    if own.reason_missing:
        parts.append(html.P(text("analyst.pending.unknown"), className="result-none"))
    elif pending.total:
        parts.append(_pending_table(own, context))
        parts.append(more(own, len(pending.rows), pending.total, "more", context))
    else:
        words = "analyst.pending.done" if own.goal.eligible else "analyst.pending.nothing"
        parts.append(message("calm", context, text(words), text(f"{words}_words")))
    parts.append(_excluded(own, context))
    told = pending.total > 0 and not own.reason_missing
    about = text("analyst.pending.about", n=formats.count(pending.total)) if told else ""
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
    words = "coach" if own.pending.learnt else "no_coach"
    return context.text(f"analyst.pending.{words}")


def _pending_table(own: Panel, context: Context) -> html.Div:
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


def _suggestion(row: Row, context: Context) -> html.Span:
    if not row.suggestion:
        return html.Span(context.text("analyst.pending.no_suggestion"), className="quieter")
    inside = [icon("lightbulb"), html.Span(row.suggestion, className="bidi")]
    return html.Span(inside, className="suggested", title=row.suggestion)


def _done(own: Panel, context: Context) -> html.Ul | None:
    """What was classified since the page was opened: a tick each, and how many."""
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


def _excluded(own: Panel, context: Context) -> html.Div | None:
    """How many do not count and why; they are listed where the address asks for it."""
    out, shown = own.pending.excluded, own.pending.excluded_rows
    if not out:
        return None
    text, n = context.text, sum(out.values())
    key = "hide" if shown is not None else "show"
    link = html.A(
        text.plural(f"analyst.excluded.{key}", n, n=context.formats.count(n)),
        href=view(PATH, own.head.choices, out=None if shown is not None else "1"),
        className="link",
        **{"data-go": "replace"},
    )
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
