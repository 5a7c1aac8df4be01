"""The status page: whether everything works, and what to do where it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.frame import NAMES
from layouts.components.live_time import age, lasting
from layouts.components.panel import panel, pill
from layouts.components.shell import page_frame
from layouts.components.states import banner
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.links import view
from layouts.slack.delivery_errors import reason_words
from layouts.slack.mrkdwn import plain
from metrics.model.periods import Period
from metrics.query.drilldown import RECOGNISED_CALLS

PAGE, PATH = "status", "/status"
PILLS = {
    "ok": ("good", "check2"),
    "late": ("attention", "exclamation-triangle-fill"),
    "failed": ("attention", "plug-fill"),
    **dict.fromkeys(("full", "read_only"), ("attention", "plug-fill")),
    "starting": ("quiet", "clock"),
    "off": ("quiet", "pause-circle"),
}
DOUBTFUL = ("late", "failed", "full", "read_only")
COLUMNS = ("source", "state", "data", "since", "requests", "version", "todo")
LINK = ids.panel(PAGE, "link-words")
PLACES = ("notices", "sources", "past", "match", "processes", "cache", "screens")
MEGABYTE = 2**20
LISTED = 200


@dataclass(frozen=True)
class SourceRow:
    """`state` is a key of `PILLS`; `error` is in the words of the vendor's client; `warning` is
    something to know while all is well; `requests` and `budget` are per minute.
    """

    key: str
    state: str
    as_of: datetime | None = None
    since: datetime | None = None
    cause: str | None = None
    error: str | None = None
    warning: str | None = None
    asked: str | None = None
    answered: str | None = None
    requests: int | None = None
    budget: int | None = None


@dataclass(frozen=True)
class Screen:
    """A television, or a browser in kiosk mode, whose `id` is empty."""

    id: str
    name: str
    made_at: datetime | None
    seen_at: datetime | None
    is_silent: bool


@dataclass(frozen=True)
class HistoryProgress:
    loaded: int
    total: int
    complete: bool
    first_day: date | None
    cut_at: date | None
    lost: int


@dataclass(frozen=True)
class SecondLook:
    """What was read again of a source; `changed` and `removed` rows are of the last 24 hours."""

    key: str
    read_at: datetime
    whole_since: datetime
    changed: int
    removed: int


@dataclass(frozen=True)
class Recognised:
    """Conversations of the loaded days that look like calls."""

    count: int
    period: Period


@dataclass(frozen=True)
class Status:
    at: datetime
    sources: Sequence[SourceRow]
    past: HistoryProgress | None
    version: int | None
    published_at: datetime | None
    problem: str | None
    troubles: Sequence[str]  # of the stores, as `services.storage.store.Trouble`
    epoch: str | None
    cycles: Mapping[str, float]
    build: str
    threads: int
    robot_runs: bool
    looked_at: datetime | None
    cache_bytes: int
    cache_limit: int
    expires_hours: float
    state_bytes: int
    rows: Mapping[str, int]
    recognised: Recognised | None
    absent_labels: Sequence[str]
    voice_only: Sequence[tuple[str, str]]
    text_only: Sequence[tuple[str, str]]
    second_looks: Sequence[SecondLook]
    screens: Sequence[Screen]
    kiosks: Sequence[Screen]
    waiting: int
    given_up: int
    deliveries: Mapping[str, Mapping[str, int]]  # vendor -> outcome -> so many of this UTC day


def name_of(source: str) -> str:
    own = {"tickets": "Intercom (tickets)", "slack": "Slack", "mongo": "MongoDB"}
    return {**NAMES, **own}.get(source, source)


def sources(status: Status, context: Context) -> Element:
    text = context.text
    heads = [
        html.Th(text(f"status.head.{column}"), className="left", scope="col") for column in COLUMNS
    ]
    body = [_source_row(row, status, context) for row in status.sources]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(body)], className="grid-table sources-table"
    )
    return panel(
        text("status.sources"),
        html.Div(table, className="table-frame"),
        population=text("status.sources_words"),
        id=f"{PAGE}--sheet",
    )


def _source_row(row: SourceRow, status: Status, context: Context) -> Element:
    text = context.text
    kind, drawing = PILLS.get(row.state, PILLS["starting"])
    as_of = age(row.as_of, status.at, context) if row.as_of else _nothing(text("status.never"))
    since: Any = (
        lasting(row.since, status.at, context) if row.since and row.state != "off" else _nothing("")
    )
    cells = [
        html.B(name_of(row.key), className="name"),
        pill(text(f"status.state.{row.state}"), kind, drawing),
        as_of if row.state != "off" else _nothing(""),
        since,
        _requests(row, context),
        _version(row, context),
        html.Div(_todo(row, context), className="todo"),
    ]
    doubtful = row.state in DOUBTFUL
    return html.Tr(
        [html.Td(cell, className="left") for cell in cells],
        className="source-doubtful" if doubtful else "",
    )


def _requests(row: SourceRow, context: Context) -> Any:
    if row.requests is None or row.budget is None or row.state == "off":
        return _nothing("")
    formats = context.formats
    label = context.text(
        "status.requests", n=formats.count(row.requests), budget=formats.count(row.budget)
    )
    share = min(1.0, row.requests / max(1, row.budget))
    bar = html.Span(
        html.Span(), className="progress-line", style={"--share": f"{share * 100:.0f}%"}
    )
    return html.Div([html.Span(label), bar], className="budget")


def _version(row: SourceRow, context: Context) -> Any:
    text = context.text
    if row.asked is None:
        return _nothing("")
    answered = row.answered or text("status.no_version")
    if row.answered is None or row.answered == row.asked:
        return html.Span(text("status.version", asked=row.asked))
    return html.Span(
        [icon("info-circle-fill"), text("status.versions", asked=row.asked, answered=answered)],
        className="version-other",
    )


def _todo(row: SourceRow, context: Context) -> list[Any]:
    text, name = context.text, name_of(row.key)
    if row.state == "off":
        keys = (f"status.off.{row.cause}", f"status.off.{row.key}", "status.off_other")
        return [html.Span(text(next(filter(text.has, keys))), className="quieter")]
    if row.key == "slack" and row.error:
        return [html.Span(reason_words(row.error, context))]
    parts: list[Any] = []
    if row.state in DOUBTFUL:
        cause = row.cause or "unavailable"
        key = text(f"status.key.{row.key}") if text.has(f"status.key.{row.key}") else name
        parts.append(html.Span(text(f"status.cause.{cause}", source=name, secret=key)))
    if row.error:
        parts.append(html.Small(row.error, className="technical"))
    if row.warning:
        parts.append(html.Small([icon("info-circle"), " ", row.warning], className="technical"))
    if not parts and row.state == "ok":
        parts.append(html.Span(text("status.nothing_to_do"), className="quieter"))
    return parts


def _nothing(words: str) -> Element:
    return html.Span(words, className="quieter")


def screens_frame(context: Context) -> Element:
    text = context.text
    form = html.Div(
        [
            dcc.Input(
                id=ids.panel(PAGE, "device-name"),
                type="text",
                maxLength=80,
                placeholder=text("status.device_name"),
                autoComplete="off",
            ),
            html.Button(
                [icon("tv"), text("status.make_link")],
                className="button",
                **{"data-act": f"{PAGE}.device"},
            ),
        ],
        className="form-line",
        **{"data-form": ""},
    )
    return panel(
        text("status.screens"),
        [
            html.P(text("status.screens_words"), className="quiet"),
            form,
            html.Div(id=ids.panel(PAGE, "link")),
            html.Div(id=ids.panel(PAGE, "screens")),
        ],
        class_name="status-screens",
    )


def new_link(name: str, address: str, place: str, code: str, context: Context) -> Element:
    """Nobody can see it again; the code stands for it where it would have to be typed."""
    text = context.text
    return html.Div(
        [
            html.P([html.B(text("status.link_made", name=plain(name)), className="bidi")]),
            html.P(text("status.link_code", place=place, code=f"{code[:3]} {code[3:]}")),
            html.Code(address, id=LINK, className="link-words"),
            html.Div(
                [
                    html.Button(
                        [icon("copy"), text("status.copy")],
                        className="button button-primary",
                        **{"data-copy": LINK, "data-copied": text("rows.link_copied")},
                    ),
                    html.Span(text("status.link_once"), className="quiet"),
                ],
                className="form-line",
            ),
        ],
        className="new-link",
        role="status",
    )


def screens(status: Status, context: Context) -> list[Any]:
    text = context.text
    if not status.screens and not status.kiosks:
        return [html.P(text("status.no_screens"), className="quiet screens-none")]
    rows = [_screen_row(screen, status, context) for screen in (*status.screens, *status.kiosks)]
    heads = [
        html.Th(text(f"status.head.{column}"), className="left", scope="col")
        for column in ("screen", "alive", "made", "revoke")
    ]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(rows)], className="grid-table screens-table"
    )
    return [html.Div(table, className="table-frame")]


def _screen_row(screen: Screen, status: Status, context: Context) -> Element:
    text, formats = context.text, context.formats
    made = formats.moment(screen.made_at) if screen.made_at else text("status.kiosk")
    name = plain(screen.name)
    cells = [
        html.Span(name, className="name bidi", title=name),
        _alive(screen, status, context),
        html.Span(made, className="quiet"),
        _revoke(screen, context) if screen.id else "",
    ]
    return html.Tr([html.Td(cell, className="left") for cell in cells])


def _alive(screen: Screen, status: Status, context: Context) -> Element:
    text = context.text
    if screen.seen_at is None:
        return html.Span(text("status.never_opened"), className="quieter")
    seen = age(screen.seen_at, status.at, context)
    if screen.is_silent:
        silent = pill(text("status.silent"), "attention", "exclamation-triangle-fill")
        return html.Span([silent, seen], className="alive")
    return html.Span([icon("check2", "good"), seen], className="alive")


def _revoke(screen: Screen, context: Context) -> Element:
    text = context.text
    return html.Button(
        [icon("trash"), text("status.revoke")],
        className="button button-quiet",
        **{
            "data-act": f"{PAGE}.revoke",
            "data-device": screen.id,
            "data-confirm": text("status.revoke_title", name=plain(screen.name)),
            "data-confirm-words": text("status.revoke_words"),
            "data-confirm-yes": text("status.revoke"),
            "data-confirm-no": text("status.back"),
        },
    )


def page(context: Context) -> Element:
    text = context.text
    places = {place: html.Div(id=ids.panel(PAGE, place), className="stack") for place in PLACES}
    places["sources"]["props"]["children"] = html.Div(className="skeleton skeleton-panel")
    content = [
        dcc.Store(id=ids.panel(PAGE, "action")),
        dcc.Store(id=ids.panel(PAGE, "done")),
        dcc.Store(id=ids.panel(PAGE, "shown")),
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
    """In the order of `PLACES`."""
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
    parts = []
    if status.past is None:
        parts.append(banner("information", text("status.empty"), text("status.empty_words")))
    if status.problem:
        parts.append(banner("attention", text("status.unreadable"), status.problem))
    if status.past is not None and not status.robot_runs:
        parts.append(banner("stale", text("alerts.not_running"), text("status.not_running_words")))
    for trouble in status.troubles:
        title, words = text(f"status.store.{trouble}"), text(f"status.store.{trouble}_words")
        parts.append(banner("attention", title, words))
    silent = [plain(screen.name) for screen in status.screens if screen.is_silent]
    if silent:
        label = text.plural("status.silent_screens", len(silent), n=len(silent))
        parts.append(banner("attention", label, ", ".join(silent)))
    if status.given_up:
        label = text.plural("status.given_up", status.given_up, n=status.given_up)
        link = dcc.Link(text("status.see_alerts"), href="/alerts", className="link")
        parts.append(banner("attention", label, text("status.given_up_words"), link))
    if status.waiting:
        label = text.plural("status.waiting", status.waiting, n=status.waiting)
        parts.append(banner("information", label, text("status.waiting_words")))
    return parts


def _past(status: Status, context: Context) -> Element:
    text, formats, past = context.text, context.formats, status.past
    if past is None:
        nothing = html.P(text("status.unknown"), className="quieter")
        return panel(text("status.past"), html.Div(nothing, className="status-body"))
    loaded, total = past.loaded, past.total
    share = loaded / total if total else 0.0
    label = text("status.past_complete") if past.complete else text("status.past_words")
    content: list[Any] = [
        html.P(text("states.history", loaded=loaded, total=total), className="status-value"),
        html.Span(html.Span(), className="progress-line", style={"--share": f"{share * 100:.0f}%"}),
        html.P(label, className="quiet"),
    ]
    if past.first_day:
        first = text("status.first_day", day=formats.long_day(past.first_day))
        content.append(html.P(first, className="quiet"))
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
    content += [_describe_second_look(look, status, context) for look in status.second_looks]
    return panel(text("status.past"), html.Div(content, className="status-body"))


def _describe_second_look(look: SecondLook, status: Status, context: Context) -> Element:
    text, formats = context.text, context.formats
    found = text(
        "status.second_look_found",
        changed=formats.count(look.changed),
        removed=formats.count(look.removed),
    )
    parts = [
        text("status.second_look", source=name_of(look.key)),
        " ",
        age(look.read_at, status.at, context),
        "; ",
        text("status.second_look_whole"),
        " ",
        age(look.whole_since, status.at, context),
        "; ",
        found,
    ]
    return html.P(parts, className="quiet")


def _match(status: Status, context: Context) -> Element:
    text, formats = context.text, context.formats
    found = status.recognised
    if found is None:
        nothing = html.P(text("status.unknown"), className="quieter")
        return panel(text("status.match"), html.Div(nothing, className="status-body"))
    count = text.plural("status.recognised", found.count, n=formats.count(found.count))
    span = {"from": [str(found.period.first_day)], "to": [str(found.period.last_day)]}
    href = view("/details", span, rows=RECOGNISED_CALLS)
    content: list[Any] = [
        html.P(dcc.Link(count, href=href, className="link"), className="status-fact"),
        html.P(text("status.recognised_words"), className="quiet"),
        _list_absent_labels(status, context),
        _people("voice_only", status.voice_only, context),
        _people("text_only", status.text_only, context),
        html.P(
            [
                text("status.match_words"),
                " ",
                html.A(text("status.set_up"), href="/setup/people", className="link"),
            ],
            className="quieter",
        ),
    ]
    return panel(text("status.match"), html.Div(content, className="status-body"))


def _list_absent_labels(status: Status, context: Context) -> Element | None:
    labels, text = status.absent_labels, context.text
    if not labels:
        return None
    named = ", ".join(f"«{plain(label)}»" for label in labels)
    title = text.plural("status.absent_labels", len(labels), n=context.formats.count(len(labels)))
    return html.P([icon("exclamation-triangle-fill", "warn"), f" {title}: {named}"])


def _people(key: str, people: Any, context: Context) -> Element:
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


def _processes(status: Status, context: Context) -> Element:
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
    for vendor, counts in status.deliveries.items():
        told = [
            f"{text(f'hooks.outcome.{outcome}')}: {formats.count(count)}"
            for outcome, count in sorted(counts.items(), key=lambda item: -item[1])
        ]
        facts.append((text("status.deliveries", source=name_of(vendor)), " · ".join(told)))
    return panel(text("status.processes"), html.Div(_facts(facts), className="status-body"))


def _cache(status: Status, context: Context) -> Element:
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


def _facts(facts: Any) -> Element:
    return html.Dl(
        [part for name, value in facts for part in (html.Dt(name), html.Dd(value))],
        className="facts",
    )
