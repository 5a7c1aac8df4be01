"""The manager's page of the second line: what is open, for how long, and with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.data_table import plain_table
from layouts.components.kpi import Kpi, kpi_sheet
from layouts.components.metric_info import MetricInfo
from layouts.components.panel import figure_panel, open_link, pill, segmented
from layouts.components.popover import chooser
from layouts.components.share_bars import BarLine, bar_table, bar_values, draw_bars
from layouts.components.states import banner, empty, message
from layouts.components.typed_table import carry
from layouts.components.view_link import rows_link, view_link
from layouts.elements import Element, html
from layouts.icons import icon

PAGE = "backoffice"
TABS: tuple[str | None, ...] = (None, "period", "backlog")
MERGED = "conversations_merged"
LINKS = 3
OPEN = "tickets_open"
LINES = 12
# The variable of the environment, by its name.
TOKEN = "INTERCOM_TOKEN"  # noqa: S105


@dataclass(frozen=True)
class Ticket:
    """`days` are whole, since its creation or until its resolution; `state` is the workspace's own
    word, `external` that of the other system; times are UTC; `owner` is empty for nobody.
    """

    id: str
    number: str
    is_open: bool
    is_overdue: bool
    days: int
    created_at: datetime
    resolved_at: datetime | None
    subject: str
    state: str
    external: str
    external_key: str
    owner: str
    creator: str
    platform: str
    severity: str
    company: str
    url: str | None
    conversations: Sequence[str]


@dataclass(frozen=True)
class Choice:
    """`values` are (value, words, tickets)."""

    name: str
    values: Sequence[tuple[str, str, int]]
    chosen: Sequence[str]


@dataclass(frozen=True)
class GroupCount:
    name: str
    cell: str
    n: int
    overdue: int = 0


@dataclass(frozen=True)
class Duplicate:
    at: datetime
    subject: str
    agent: str
    reason: str
    url: str | None
    into: str | None
    into_url: str | None
    into_reason: str | None


@dataclass(frozen=True)
class Backoffice:
    """`tab` is period, backlog or None for all open ones; `listed` is the key and the cells of the
    tab's list. Groups and ages count open tickets.
    """

    kpis: Sequence[Kpi]
    choices: Sequence[Choice]
    tab: str | None
    counts: Mapping[str | None, int]
    tickets: Sequence[Ticket]
    listed: tuple[str, Sequence[str]]
    states: Sequence[GroupCount]
    owners: Sequence[GroupCount]
    platforms: Sequence[GroupCount]
    severities: Sequence[GroupCount]
    ages: Mapping[str, int]
    open: int
    age_days: float
    has_external: bool
    duplicates: Sequence[Duplicate]
    merged: int
    infos: Mapping[str, MetricInfo]


def tickets(shown: Backoffice, context: Context) -> Element:
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
        table = plain_table(heads, rows, "tickets-table", words=len(columns))
        body = html.Div(table, className="table-frame tickets-frame")
        key, cells = shown.listed
        label = text.plural("rows.see", total, n=formats.count(total))
        parts = [text("backoffice.order", days=formats.decimal(shown.age_days, 0))]
        if total > len(shown.tickets):
            parts.append(text("backoffice.first", n=formats.count(len(shown.tickets))))
        link = rows_link(label, context, key, *cells, class_name="link")
        note = html.Span([" ".join(parts), " ", link])
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
        info=shown.infos["tickets_table"],
    )


def _columns(shown: Backoffice) -> list[str]:
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
        "owner": _agent(ticket.owner, context),
        "creator": _words(ticket.creator),
        "platform": _words(ticket.platform),
        "severity": _words(ticket.severity),
        "company": _words(ticket.company),
        "key": _words(ticket.external_key),
        "links": _conversations(ticket, context),
    }
    return [cells[name] for name in columns]


def _light(ticket: Ticket, context: Context) -> Element:
    """Sign and words stand beside the colour."""
    text = context.text
    days = text.plural("backoffice.days", ticket.days, n=context.formats.count(ticket.days))
    if not ticket.is_open:
        return pill(text("backoffice.done_in", days=days), "quiet", "check-lg")
    if ticket.is_overdue:
        return pill(
            text("backoffice.late_since", days=days), "critical", "exclamation-octagon-fill"
        )
    return pill(text("backoffice.in_time", days=days), "good", "clock")


def _agent(name: str, context: Context) -> Element:
    if name:
        return _words(name)
    return html.Span(context.text("rows.unassigned"), className="no-data")


def _words(words: str, kind: str = "") -> Element:
    return html.Span(words, className=f"bidi elided {kind}".strip(), title=words)


def _conversations(ticket: Ticket, context: Context) -> Element:
    """Of many, the first few."""
    name = context.text("backoffice.conversation")
    urls = ticket.conversations[:LINKS]
    parts = [open_link(url, str(n) if n > 1 else name) for n, url in enumerate(urls, 1)]
    return html.Span(parts, className="ticket-links")


def duplicates(
    duplicates: Sequence[Duplicate],
    merged: int,
    infos: Mapping[str, MetricInfo],
    context: Context,
) -> Element:
    """With both reasons where both are known."""
    text, formats = context.text, context.formats
    body: Any = empty(context, text("backoffice.no_duplicates"))
    note = None
    if duplicates:
        names = ("created", "subject", "agent", "reason", "into", "into_reason", "open")
        heads = [text(f"backoffice.columns.{name}") for name in names]
        rows = [_duplicate(duplicate, context) for duplicate in duplicates]
        table = plain_table(heads, rows, "duplicates-table", words=len(names))
        body = html.Div(table, className="table-frame tall")
        label = text.plural("rows.see", merged, n=formats.count(merged))
        link = rows_link(label, context, MERGED, class_name="link")
        note = html.Span([text("backoffice.duplicates_note"), " ", link])
    return figure_panel(
        PAGE,
        "duplicates",
        text.plural("backoffice.duplicates", merged, n=formats.count(merged)),
        body,
        None,
        context,
        footnote=note,
        info=infos["duplicates"],
    )


def _duplicate(duplicate: Duplicate, context: Context) -> list[Any]:
    text = context.text
    into: Any = html.Span(text("backoffice.unknown"), className="no-data")
    other: Any = into
    if duplicate.into:
        into = (
            open_link(duplicate.into_url, duplicate.into)
            if duplicate.into_url
            else _words(duplicate.into)
        )
        if duplicate.into_reason is None:
            other = html.Span(text("backoffice.not_loaded"), className="no-data")
        else:
            other = _reason(duplicate.into_reason, context)
    if duplicate.reason and duplicate.into_reason and duplicate.reason != duplicate.into_reason:
        mark = icon("exclamation-triangle-fill", "warn", text("backoffice.differs"))
        other = html.Span([mark, other], className="reasons-differ")
    link = open_link(duplicate.url, text("states.open")) if duplicate.url else ""
    subject = duplicate.subject or text("rows.no_subject")
    return [
        context.formats.moment(duplicate.at),
        _words(subject, "subject"),
        _agent(duplicate.agent, context),
        _reason(duplicate.reason, context),
        into,
        other,
        link,
    ]


def _reason(words: str, context: Context) -> Element:
    if words:
        return _words(words)
    return html.Span(context.text("rows.no_reason"), className="no-data")


def content(shown: Backoffice, context: Context) -> list[Any]:
    return [
        filters(shown.choices, context),
        kpi_sheet(PAGE, shown.kpis, context),
        tickets(shown, context),
        _row(
            _groups("tickets_by_state", "state", shown.states, shown, context),
            _groups("tickets_by_owner", "owner", shown.owners, shown, context),
        ),
        _row(_platforms(shown, context), _ages(shown, context)),
        duplicates(shown.duplicates, shown.merged, shown.infos, context),
    ]


def nothing_read(state: str, cause: str | None, context: Context) -> Element:
    text = context.text
    if state == "starting":
        kind, title, words = "fog", "backoffice.starting", "states.starting_words"
    elif cause == "no_tickets":
        kind, title, words = "empty", "backoffice.no_tickets", "backoffice.no_tickets_words"
    else:
        known = cause if cause in ("no_permission", "no_search") else "switched_off"
        kind, title, words = "shuttered", f"backoffice.off.{known}", f"backoffice.off.{known}_words"
    return html.Div(message(kind, context, text(title), text(words)), className="panel")


def notices(
    source: Any, cause: str | None, first_day: date | None, at: datetime, context: Context
) -> list[Element]:
    text, banners = context.text, []
    if source.state in ("late", "failed"):
        label = text("backoffice.stale_words")
        if cause and text.has(f"status.cause.{cause}"):
            label = text(f"status.cause.{cause}", source="Intercom", secret=TOKEN)
        age = context.formats.ago((at - source.as_of).total_seconds()) if source.as_of else ""
        banners.append(banner("stale", text("backoffice.stale", age=age), label))
    if first_day is not None:
        when = "" if first_day == date.max else context.formats.long_day(first_day)
        key = "backoffice.arriving" if first_day == date.max else "backoffice.arriving_since"
        banners.append(banner("information", text(key, day=when), text("states.history_words")))
    return banners


def filters(choices: Sequence[Choice], context: Context) -> Element | None:
    """Each chip opens its values, and any number of them fits."""
    if not choices:
        return None
    chips = [_chip(choice, context) for choice in choices]
    names = {choice.name: None for choice in choices if choice.chosen}
    if names:
        every = context.view(**names)
        chips.append(view_link(context.text("backoffice.clear"), every, "link"))
    return html.Div(chips, className="view-tools ticket-filters")


def _chip(choice: Choice, context: Context) -> Element:
    text = context.text
    words = {value: name for value, name, _ in choice.values}
    shown = ", ".join(words[value] for value in choice.chosen) or text("backoffice.all")
    links = []
    if choice.chosen:
        links.append((text("backoffice.all"), context.view(**{choice.name: None}), False))
    for value, name, n in choice.values:
        on = value in choice.chosen
        values = [key for key in choice.chosen if key != value] if on else [*choice.chosen, value]
        label = f"{name} ({context.formats.count(n)})"
        links.append((label, context.view(**{choice.name: values}), on))
    chip_id = ids.panel(PAGE, f"filter-{choice.name}")
    return chooser(chip_id, text(f"backoffice.filter.{choice.name}"), shown, links)


def _row(*parts: Any) -> Element:
    return html.Div(list(parts), className="bi-row backoffice-2")


def _platforms(shown: Backoffice, context: Context) -> Element:
    text = context.text
    parts: list[Any] = []
    for name, lines in (("platform", shown.platforms), ("severity", shown.severities)):
        if lines:
            parts.append(_bars(text(f"backoffice.filter.{name}"), lines, shown.open, context))
    body: Any = html.Div(parts, className="ticket-bars") if parts else _calm(context)
    return _figure("tickets_by_platform", body, shown, context)


def _ages(shown: Backoffice, context: Context) -> Element:
    text = context.text
    lines = [
        BarLine(text(f"metrics.parts.{band}"), n, n / (shown.open or 1), OPEN, (f"part:{band}",))
        for band, n in shown.ages.items()
    ]
    heads = [text("backoffice.age"), "n", text("overview.part")]
    name = text("metrics.tickets_by_age.label")
    body = bar_table(name, heads, lines, context) if shown.open else _calm(context)
    return _figure("tickets_by_age", body, shown, context)


def _groups(
    key: str, head: str, lines: Sequence[GroupCount], shown: Backoffice, context: Context
) -> Element:
    name = context.text(f"backoffice.columns.{head}")
    body = _bars(name, lines, shown.open, context) if lines else _calm(context)
    return _figure(key, body, shown, context)


def _bars(name: str, lines: Sequence[GroupCount], total: int, context: Context) -> Element:
    text, formats = context.text, context.formats
    parts = [
        BarLine(
            line.name,
            line.n,
            line.n / (total or 1),
            OPEN,
            (line.cell,),
            words=formats.count(line.overdue),
            more=line.overdue,
        )
        for line in lines
    ]
    heads = [name, "n", text("overview.part"), text("backoffice.late")]
    typed = bar_values(name, heads, parts)
    rest = sum(line.n for line in parts[LINES:])
    if rest:
        late = sum(line.overdue for line in lines[LINES:])
        label = text("backoffice.others", n=len(lines) - LINES)
        words = formats.count(late)
        others = BarLine(label, rest, rest / total, "", (), "bar-other", words=words)
        parts = [*parts[:LINES], others]
    return carry(typed, draw_bars(heads, parts, context))


def _figure(key: str, body: Any, shown: Backoffice, context: Context) -> Element:
    text = context.text
    return figure_panel(
        PAGE,
        key,
        text(f"metrics.{key}.label"),
        body,
        None,
        context,
        population=text("times.now_n", n=context.formats.count(shown.open)),
        info=shown.infos[key],
    )


def _calm(context: Context) -> Element:
    return empty(context, context.text("backoffice.none_open"))
