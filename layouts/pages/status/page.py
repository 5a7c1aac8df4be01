"""The status page: whether everything works, and what to do where it does not."""

from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.frame import NAMES
from layouts.components.live_time import age
from layouts.components.panel import panel
from layouts.components.shell import page_frame
from layouts.components.states import banner
from layouts.icons import icon
from layouts.pages.status.data import PAGE, Status
from layouts.pages.status.screens import screens, screens_frame
from layouts.pages.status.sources import name_of, sources
from layouts.slack.mrkdwn import plain

PLACES = ("notices", "sources", "past", "match", "processes", "cache", "screens")
MEGABYTE = 2**20
LISTED = 200


def page(context: Context) -> html.Div:
    """The page's frame."""
    text = context.text
    places = {place: html.Div(id=ids.panel(PAGE, place), className="stack") for place in PLACES}
    places["sources"].children = html.Div(className="skeleton skeleton-panel")
    content = [
        dcc.Store(id=ids.panel(PAGE, "action")),
        dcc.Store(id=ids.panel(PAGE, "done")),
        dcc.Interval(id=ids.panel(PAGE, "soon"), interval=2000, max_intervals=0),
        html.Span(id=ids.panel(PAGE, "said"), hidden=True),
        places["notices"],
        places["sources"],
        html.Div([places["past"], places["match"]], className="status-row"),
        screens_frame(context),
        html.Div([places["processes"], places["cache"]], className="status-row"),
    ]
    return page_frame(context, text("status.title"), content)


def parts(status: Status, context: Context) -> tuple[Any, ...]:
    """What goes into `PLACES`."""
    return (
        _notices(status, context),
        sources(status, context),
        _past(status, context),
        _match(status, context),
        _processes(status, context),
        _cache(status, context),
        screens(status, context),
    )


def _notices(status: Status, context: Context) -> list[Any]:
    text = context.text
    found = []
    if status.past is None:
        found.append(banner("information", text("status.empty"), text("status.empty_words")))
    if status.problem:
        found.append(banner("attention", text("status.unreadable"), status.problem))
    if status.past is not None and not status.robot_runs:
        found.append(banner("stale", text("alerts.not_running"), text("status.not_running_words")))
    silent = [plain(screen.name) for screen in status.screens if screen.is_silent]
    if silent:
        words = text.plural("status.silent_screens", len(silent), n=len(silent))
        found.append(banner("attention", words, ", ".join(silent)))
    if status.given_up:
        words = text.plural("status.given_up", status.given_up, n=status.given_up)
        link = dcc.Link(text("status.see_alerts"), href="/alerts", className="link")
        found.append(banner("attention", words, text("status.given_up_words"), link))
    if status.waiting:
        words = text.plural("status.waiting", status.waiting, n=status.waiting)
        found.append(banner("information", words, text("status.waiting_words")))
    return found


def _past(status: Status, context: Context) -> html.Section:
    text, formats, past = context.text, context.formats, status.past
    if past is None:
        nothing = html.P(text("status.unknown"), className="quieter")
        return panel(text("status.past"), html.Div(nothing, className="status-body"))
    loaded, total = past.loaded, past.total
    share = loaded / total if total else 0.0
    said = text("status.past_complete") if past.complete else text("status.past_words")
    content: list[Any] = [
        html.P(text("states.history", loaded=loaded, total=total), className="status-value"),
        html.Span(html.Span(), className="progress-line", style={"--share": f"{share * 100:.0f}%"}),
        html.P(said, className="quiet"),
    ]
    if past.first_day:
        content.append(
            html.P(
                text("status.first_day", day=formats.long_day(past.first_day)), className="quiet"
            )
        )
    if past.cut_at:
        cut = text("status.cut", day=formats.long_day(past.cut_at))
        content.append(html.P([icon("exclamation-triangle-fill", "warn"), " ", cut]))
    if past.lost:
        lost = text.plural("status.lost", past.lost, n=past.lost)
        content.append(html.P([icon("info-circle"), " ", lost], className="quiet"))
    facts = [
        (text(f"status.rows.{table}"), formats.count(count)) for table, count in status.rows.items()
    ]
    content.append(_facts(facts))
    return panel(text("status.past"), html.Div(content, className="status-body"))


def _match(status: Status, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    if status.past is None:
        nothing = html.P(text("status.unknown"), className="quieter")
        return panel(text("status.match"), html.Div(nothing, className="status-body"))
    count = formats.count(status.recognised)
    content: list[Any] = [
        html.P(
            text.plural("status.recognised", status.recognised, n=count), className="status-fact"
        ),
        html.P(text("status.recognised_words"), className="quiet"),
        _people("voice_only", status.voice_only, context),
        _people("text_only", status.text_only, context),
        html.P(text("status.match_words"), className="quieter"),
    ]
    return panel(text("status.match"), html.Div(content, className="status-body"))


def _people(key: str, people: Any, context: Context) -> html.Details:
    text = context.text
    title = text.plural(f"status.{key}", len(people), n=context.formats.count(len(people)))
    lines = [
        html.Li(
            [
                html.Span(plain(person), className="bidi"),
                html.Span(plain(email), className="quieter bidi"),
            ]
        )
        for person, email in people[:LISTED]
    ]
    if not lines:
        return html.Details(html.Summary(title), className="status-people status-people-none")
    return html.Details([html.Summary(title), html.Ul(lines)], className="status-people")


def _processes(status: Status, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    nothing = html.Span(text("status.unknown"), className="quieter")
    published = age(status.published_at, status.at, context) if status.published_at else nothing
    facts: list[tuple[str, Any]] = [
        (text("status.published"), published),
        (text("status.epoch"), status.epoch or nothing),
    ]
    for source in NAMES:
        if source in status.cycles:
            seconds = formats.decimal(status.cycles[source])
            facts.append((text("status.cycle", source=name_of(source)), f"{seconds} s"))
    looked = age(status.looked_at, status.at, context) if status.looked_at else nothing
    facts += [
        (text("status.robot"), looked),
        (text("status.snapshot"), str(status.version) if status.version else nothing),
        (text("status.build"), html.Code(status.build)),
        (text("status.threads"), formats.count(status.threads)),
    ]
    return panel(text("status.processes"), html.Div(_facts(facts), className="status-body"))


def _cache(status: Status, context: Context) -> html.Section:
    text, formats = context.text, context.formats
    used = status.cache_bytes / MEGABYTE
    share = min(1.0, status.cache_bytes / max(1, status.cache_limit))
    size = text(
        "status.size",
        used=formats.decimal(used, 0 if used >= 10 else 1),
        limit=formats.count(status.cache_limit / MEGABYTE),
    )
    clear = html.Button(
        [icon("arrow-repeat"), text("status.clear")],
        className="button",
        **{
            "data-act": f"{PAGE}.clear",
            "data-confirm": text("status.clear_title"),
            "data-confirm-words": text("status.clear_words"),
            "data-confirm-yes": text("status.clear_yes"),
            "data-confirm-no": text("status.back"),
        },
    )
    content = [
        html.P(size, className="status-value"),
        html.Span(html.Span(), className="progress-line", style={"--share": f"{share * 100:.0f}%"}),
        html.P(text("status.cache_words", hours=f"{status.expires_hours:g}"), className="quiet"),
        _facts(
            [(text("status.state_size"), f"{formats.decimal(status.state_bytes / MEGABYTE)} MB")]
        ),
        html.Div(clear, className="form-line"),
    ]
    return panel(text("status.cache"), html.Div(content, className="status-body"))


def _facts(facts: Any) -> html.Dl:
    return html.Dl(
        [part for name, value in facts for part in (html.Dt(name), html.Dd(value))],
        className="facts",
    )
