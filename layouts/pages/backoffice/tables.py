"""Tables of the second line: the tickets themselves, and conversations closed as duplicates."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.metric_info import Passport
from layouts.components.panel import figure_panel, open_link, pill, segmented
from layouts.components.states import empty
from layouts.components.view_link import rows_link
from layouts.icons import icon
from layouts.pages.backoffice.data import PAGE, Backoffice, Duplicate, Ticket

TABS: tuple[str | None, ...] = (None, "period", "backlog")
MERGED = "conversations_merged"
LINKS = 3


def tickets(shown: Backoffice, context: Context) -> html.Section:
    """Overdue ones first, then the oldest."""
    text, formats = context.text, context.formats
    tabs = [
        (
            text(f"backoffice.tab.{tab or 'open'}", n=formats.count(shown.counts[tab])),
            context.view(tab=tab),
            shown.tab == tab,
        )
        for tab in TABS
    ]
    total = shown.counts[shown.tab]
    body: Any = empty(context, text(f"backoffice.none.{shown.tab or 'open'}"))
    note = None
    if shown.tickets:
        columns = _columns(shown)
        heads = [text(f"backoffice.columns.{name}") for name in columns]
        rows = [_line(ticket, columns, context) for ticket in shown.tickets]
        table = data_table(heads, rows, "tickets-table", words=len(columns))
        body = html.Div(table, className="table-frame tickets-frame")
        key, cells = shown.listed
        words = text.plural("rows.see", total, n=formats.count(total))
        said = [text("backoffice.order", days=formats.decimal(shown.age_days, 0))]
        if total > len(shown.tickets):
            said.append(text("backoffice.first", n=formats.count(len(shown.tickets))))
        link = rows_link(words, context, key, *cells, class_name="link")
        note = html.Span([" ".join(said), " ", link])
    return figure_panel(
        PAGE,
        "tickets_table",
        text("metrics.tickets_table.label"),
        body,
        None,
        context,
        population=text("units.n", n=formats.count(total)),
        tools=[segmented(tabs, text("backoffice.tabs"), "ticket-tabs")],
        footnote=note,
        passport=shown.passports["tickets_table"],
    )


def _columns(shown: Backoffice) -> list[str]:
    """The columns that any of the tickets has something in."""
    optional = {
        "external": shown.has_external,
        "key": any(ticket.external_key for ticket in shown.tickets),
        "resolved": shown.tab == "period",
        "platform": any(ticket.platform for ticket in shown.tickets),
        "severity": any(ticket.severity for ticket in shown.tickets),
        "company": any(ticket.company for ticket in shown.tickets),
    }
    order = (
        *("age", "ticket", "subject", "links", "created", "resolved", "state", "external"),
        *("owner", "creator", "platform", "severity", "company", "key"),
    )
    return [name for name in order if optional.get(name, True)]


def _line(ticket: Ticket, columns: Sequence[str], context: Context) -> list[Any]:
    formats, done = context.formats, ticket.resolved_at
    cells = {
        "age": _light(ticket, context),
        "ticket": (
            open_link(ticket.url, ticket.number)
            if ticket.url
            else html.Span(ticket.number, className="digits")
        ),
        "subject": _words(ticket.subject or context.text("rows.no_subject"), "subject"),
        "created": formats.moment(ticket.created_at),
        "resolved": formats.moment(done) if done else "",
        "state": _words(ticket.state),
        "external": _words(ticket.external),
        "owner": _owner(ticket, context),
        "creator": _words(ticket.creator),
        "platform": _words(ticket.platform),
        "severity": _words(ticket.severity),
        "company": _words(ticket.company),
        "key": _words(ticket.external_key),
        "links": _conversations(ticket, context),
    }
    return [cells[name] for name in columns]


def _light(ticket: Ticket, context: Context) -> html.Span:
    """How old it is: sign and words beside the colour."""
    text = context.text
    days = text.plural("backoffice.days", ticket.days, n=context.formats.count(ticket.days))
    if not ticket.is_open:
        return pill(text("backoffice.done_in", days=days), "quiet", "check-lg")
    if ticket.is_overdue:
        return pill(
            text("backoffice.late_since", days=days), "critical", "exclamation-octagon-fill"
        )
    return pill(text("backoffice.in_time", days=days), "good", "clock")


def _owner(ticket: Ticket, context: Context) -> html.Span:
    if ticket.owner:
        return _words(ticket.owner)
    return html.Span(context.text("rows.unassigned"), className="no-data")


def _words(words: str, kind: str = "") -> html.Span:
    return html.Span(words, className=f"bidi elided {kind}".strip(), title=words)


def _conversations(ticket: Ticket, context: Context) -> html.Span:
    """The ways to the linked conversations; of many, the first few."""
    name = context.text("backoffice.conversation")
    urls = ticket.conversations[:LINKS]
    found = [open_link(url, str(n) if n > 1 else name) for n, url in enumerate(urls, 1)]
    return html.Span(found, className="ticket-links")


def duplicates(
    found: Sequence[Duplicate],
    merged: int,
    passports: Mapping[str, Passport],
    context: Context,
) -> html.Section:
    """Conversations closed as duplicates, with both reasons where both are known."""
    text, formats = context.text, context.formats
    body: Any = empty(context, text("backoffice.no_duplicates"))
    note = None
    if found:
        names = ("created", "subject", "agent", "reason", "into", "into_reason", "open")
        heads = [text(f"backoffice.columns.{name}") for name in names]
        rows = [_duplicate(one, context) for one in found]
        table = data_table(heads, rows, "duplicates-table", words=len(names))
        body = html.Div(table, className="table-frame tall")
        words = text.plural("rows.see", merged, n=formats.count(merged))
        link = rows_link(words, context, MERGED, class_name="link")
        note = html.Span([text("backoffice.duplicates_note"), " ", link])
    return figure_panel(
        PAGE,
        "duplicates",
        text.plural("backoffice.duplicates", merged, n=formats.count(merged)),
        body,
        None,
        context,
        footnote=note,
        passport=passports["duplicates"],
    )


def _duplicate(one: Duplicate, context: Context) -> list[Any]:
    text = context.text
    into: Any = html.Span(text("backoffice.unknown"), className="no-data")
    other: Any = into
    if one.into:
        into = open_link(one.into_url, one.into) if one.into_url else _words(one.into)
        if one.into_reason is None:
            other = html.Span(text("backoffice.not_loaded"), className="no-data")
        else:
            other = _reason(one.into_reason, context)
    kept = one.reason and one.into_reason and one.reason != one.into_reason
    if kept:
        mark = icon("exclamation-triangle-fill", "warn", text("backoffice.differs"))
        other = html.Span([mark, other], className="reasons-differ")
    link = open_link(one.url, text("states.open")) if one.url else ""
    subject = one.subject or text("rows.no_subject")
    agent = (
        _words(one.agent) if one.agent else html.Span(text("rows.unassigned"), className="no-data")
    )
    return [
        context.formats.moment(one.at),
        _words(subject, "subject"),
        agent,
        _reason(one.reason, context),
        into,
        other,
        link,
    ]


def _reason(words: str, context: Context) -> html.Span:
    if words:
        return _words(words)
    return html.Span(context.text("rows.no_reason"), className="no-data")
