"""The manager's page of the second line: what is open, for how long, and with whom."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dash import html

from layouts import ids
from layouts.components.chooser import chooser
from layouts.components.context import Context
from layouts.components.kpi import kpi_sheet
from layouts.components.panel import figure_panel
from layouts.components.share_bars import BarLine, bar_table
from layouts.components.states import banner, empty, message
from layouts.components.view_link import view_link
from layouts.pages.backoffice import tables
from layouts.pages.backoffice.data import PAGE, Backoffice, Choice, Line

OPEN = "tickets_open"
LINES = 12
# The variable of the environment, by its name.
TOKEN = "INTERCOM_TOKEN"  # noqa: S105

duplicates = tables.duplicates


def content(shown: Backoffice, context: Context) -> list[Any]:
    """What is drawn for the present choice."""
    return [
        filters(shown.choices, context),
        kpi_sheet(PAGE, shown.kpis, context),
        tables.tickets(shown, context),
        _row(_states(shown, context), _owners(shown, context)),
        _row(_platforms(shown, context), _ages(shown, context)),
        tables.duplicates(shown.duplicates, shown.merged, shown.passports, context),
    ]


def nothing_read(state: str, cause: str | None, context: Context) -> html.Div:
    """Tickets are not read yet, may not be read, or there is none."""
    text = context.text
    if state == "starting":
        said = message("fog", context, text("backoffice.starting"), text("states.starting_words"))
    elif cause == "no_tickets":
        said = message(
            "empty", context, text("backoffice.no_tickets"), text("backoffice.no_tickets_words")
        )
    else:
        known = cause if cause in ("no_permission", "no_search") else "switched_off"
        said = message(
            "shuttered",
            context,
            text(f"backoffice.off.{known}"),
            text(f"backoffice.off.{known}_words"),
        )
    return html.Div(said, className="panel")


def notices(
    source: Any, cause: str | None, first_day: date | None, at: datetime, context: Context
) -> list[html.Div]:
    """Old data, and a history that is still arriving."""
    text, found = context.text, []
    if source.state in ("late", "failed"):
        words = text("backoffice.stale_words")
        if cause and text.has(f"status.cause.{cause}"):
            words = text(f"status.cause.{cause}", source="Intercom", secret=TOKEN)
        age = context.formats.ago((at - source.as_of).total_seconds()) if source.as_of else ""
        found.append(banner("stale", text("backoffice.stale", age=age), words))
    if first_day is not None:
        when = "" if first_day == date.max else context.formats.long_day(first_day)
        key = "backoffice.arriving" if first_day == date.max else "backoffice.arriving_since"
        found.append(banner("information", text(key, day=when), text("states.history_words")))
    return found


def filters(choices: Sequence[Choice], context: Context) -> html.Div | None:
    """What tickets are chosen by; each chip opens its values, and any number of them fits."""
    if not choices:
        return None
    chips = [_chip(choice, context) for choice in choices]
    names = {choice.name: None for choice in choices if choice.chosen}
    if names:
        every = context.view(**names)
        chips.append(view_link(context.text("backoffice.clear"), every, "link"))
    return html.Div(chips, className="view-tools ticket-filters")


def _chip(choice: Choice, context: Context) -> html.Span:
    text = context.text
    words = {value: name for value, name, _ in choice.values}
    shown = ", ".join(words[value] for value in choice.chosen) or text("backoffice.all")
    links = []
    if choice.chosen:
        links.append((text("backoffice.all"), context.view(**{choice.name: None}), False))
    for value, name, n in choice.values:
        on = value in choice.chosen
        values = [one for one in choice.chosen if one != value] if on else [*choice.chosen, value]
        label = f"{name} ({context.formats.count(n)})"
        links.append((label, context.view(**{choice.name: values}), on))
    chip_id = ids.panel(PAGE, f"filter-{choice.name}")
    return chooser(chip_id, text(f"backoffice.filter.{choice.name}"), shown, links)


def _row(*parts: Any) -> html.Div:
    return html.Div(list(parts), className="bi-row backoffice-2")


def _states(shown: Backoffice, context: Context) -> html.Section:
    """In which state they are."""
    return _groups("tickets_by_state", "state", shown.states, shown, context)


def _owners(shown: Backoffice, context: Context) -> html.Section:
    """Who has how many, and how many of those wait for too long."""
    return _groups("tickets_by_owner", "owner", shown.owners, shown, context)


def _platforms(shown: Backoffice, context: Context) -> html.Section:
    """Where the trouble is, and how bad."""
    text = context.text
    parts: list[Any] = []
    for name, lines in (("platform", shown.platforms), ("severity", shown.severities)):
        if lines:
            parts.append(_bars(text(f"backoffice.filter.{name}"), lines, shown.open, context))
    body: Any = html.Div(parts, className="ticket-bars") if parts else _calm(context)
    return _figure("tickets_by_platform", body, shown, context)


def _ages(shown: Backoffice, context: Context) -> html.Section:
    """How old they are."""
    text = context.text
    lines = [
        BarLine(text(f"metrics.parts.{band}"), n, n / (shown.open or 1), OPEN, (f"part:{band}",))
        for band, n in shown.ages.items()
    ]
    heads = [text("backoffice.age"), "n", text("overview.part")]
    body = bar_table(heads, lines, context) if shown.open else _calm(context)
    return _figure("tickets_by_age", body, shown, context)


def _groups(
    key: str, head: str, lines: Sequence[Line], shown: Backoffice, context: Context
) -> html.Section:
    name = context.text(f"backoffice.columns.{head}")
    body = _bars(name, lines, shown.open, context) if lines else _calm(context)
    return _figure(key, body, shown, context)


def _bars(name: str, lines: Sequence[Line], total: int, context: Context) -> html.Div:
    text, formats = context.text, context.formats
    told = [
        BarLine(
            line.name,
            line.n,
            line.n / (total or 1),
            OPEN,
            (line.cell,),
            words=formats.count(line.overdue),
        )
        for line in lines[:LINES]
    ]
    rest = sum(line.n for line in lines[LINES:])
    if rest:
        late = sum(line.overdue for line in lines[LINES:])
        words = text("backoffice.others", n=len(lines) - LINES)
        told.append(
            BarLine(words, rest, rest / total, "", (), "bar-other", words=formats.count(late))
        )
    return bar_table([name, "n", text("overview.part"), text("backoffice.late")], told, context)


def _figure(key: str, body: Any, shown: Backoffice, context: Context) -> html.Section:
    text = context.text
    return figure_panel(
        PAGE,
        key,
        text(f"metrics.{key}.label"),
        body,
        None,
        context,
        population=text("times.now_n", n=context.formats.count(shown.open)),
        passport=shown.passports[key],
    )


def _calm(context: Context) -> html.Div:
    return empty(context, context.text("backoffice.none_open"))
