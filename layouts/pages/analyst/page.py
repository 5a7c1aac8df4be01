"""The analyst's panel, and the team's table from which a manager opens one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import no_data, panel, pill
from layouts.components.popover import popover
from layouts.components.shell import page_frame
from layouts.components.states import banner, message
from layouts.components.typed_table import Column, Table, carry
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.links import view
from layouts.pages.analyst.data import PAGE, PATH, Head, Panel, Person, Team, TeamLine
from layouts.pages.analyst.goal import goal_bar, hero
from layouts.pages.analyst.lists import history_panel, pending_panel
from layouts.pages.analyst.results import calls_panel, comments_panel, ratings_panel, times_panel
from metrics.classification.goals import Goal
from metrics.classification.suggestions import Growth
from metrics.model.filters import UNASSIGNED

PERIODS = ("today", "week", "month")
TEAM = "team"
# The lists' own choices; another person or period starts them anew.
LISTS = ("more", "lines", "out", "comments", "calls")


def person_name(person: Person, context: Context) -> str:
    if person.id == UNASSIGNED:
        return context.text("analyst.unassigned")
    return person.name or context.text("analyst.unnamed", id=person.id)


def people(shown: Head, context: Context) -> Element:
    text = context.text
    options = [{"label": text("analyst.all_people"), "value": TEAM}]
    options += [
        {"label": person_name(person, context), "value": person.id} for person in shown.people
    ]
    return dcc.Dropdown(
        id=ids.panel(PAGE, "person"),
        options=options,
        value=shown.agent_id or TEAM,
        clearable=False,
        className="person-choice",
        labels={"search": text("analyst.search")},
    )


def periods(shown: Head, context: Context) -> Element:
    text = context.text
    parts: list[Any] = []
    for name in PERIODS:
        words: list[Any] = [html.Span(text(f"analyst.period.{name}"))]
        if name == shown.preset and name != "today":
            words.append(html.Span(f", {span(shown, context)}", className="segment-span"))
        anew = dict.fromkeys(("from_", "to", *LISTS))
        href = view(PATH, shown.choices, period=name, **anew)
        parts.append(
            view_link(words, href, "segment segment-on" if name == shown.preset else "segment")
        )
    return html.Div(
        [*parts, *_other(shown, context)],
        className="segmented analyst-periods",
        role="group",
        **{"aria-label": text("analyst.period.label")},
    )


def _other(shown: Head, context: Context) -> list[Any]:
    text, target = context.text, ids.panel(PAGE, "other-dates")
    chosen = shown.preset not in PERIODS
    parts: list[Any] = [html.Span(text("analyst.period.other"))]
    if chosen:
        parts.append(html.Span(f", {span(shown, context)}", className="segment-span"))
    last = max(shown.today, shown.period.last_day) if chosen else shown.today
    fields = html.Div(
        [
            _date("from", text("filters.from"), shown.period.first_day, last),
            _date("to", text("filters.to"), min(shown.period.last_day, last), last),
            html.Button(
                text("filters.apply"),
                id=ids.panel(PAGE, "apply-dates"),
                className="button button-primary",
            ),
        ],
        className="date-fields",
    )
    return [
        html.Button(
            parts, id=target, className="segment segment-on" if chosen else "segment", type="button"
        ),
        popover(target, fields),
    ]


def _date(key: str, label: str, day: date, last: date) -> Element:
    return html.Label(
        [
            html.Span(label),
            dcc.Input(
                id=ids.panel(PAGE, f"date-{key}"),
                type="date",
                value=day.isoformat(),
                max=last.isoformat(),
                className="field",
            ),
        ]
    )


def span(shown: Head, context: Context) -> str:
    """23 a 29 nov, ter 24 nov."""
    formats, first, last = context.formats, shown.period.first_day, shown.period.last_day
    if first == last:
        return formats.weekday(first)
    if first.year != last.year or last.year != shown.today.year:
        return formats.span(first, last)
    start, end = (formats.weekday(day).split(" ", 1)[1] for day in (first, last))
    if first.month == last.month:
        if context.text.language == "pt-BR":
            start = str(first.day)
        else:
            end = str(last.day)
    return context.text("units.span", first=start, last=end)


def page(context: Context) -> Element:
    """What depends on person and period is filled by its callback."""
    title = context.text(f"analyst.title_{context.role}")
    content = html.Div(
        [html.Div(className=f"skeleton skeleton-{kind}") for kind in ("hero", "panel")],
        id=ids.panel(PAGE, "content"),
        className="analyst",
        **{"data-lists": " ".join(LISTS)},
    )
    stores = [dcc.Store(id=ids.panel(PAGE, key)) for key in ("version", "celebrated")]
    head = html.Div(id=ids.panel(PAGE, "head"), className="analyst-head")
    return page_frame(context, title, [*stores, content], beside_title=[head])


def head(shown: Head, context: Context) -> list[Any]:
    parts: list[Any] = []
    if context.role == "manager":
        parts.append(people(shown, context))
    parts.append(periods(shown, context))
    if shown.download is not None:
        parts.append(
            html.A(
                [icon("file-earmark-spreadsheet"), html.Span("Excel")],
                href=f"{PATH}/export.xlsx{shown.download}",
                className="button analyst-excel",
                title=context.text("analyst.export.title"),
                download="",
            )
        )
    return parts


def content(own: Panel, context: Context, notices: Sequence[Any] = ()) -> list[Any]:
    lists = [pending_panel(own, context), history_panel(own, context)]
    results = [
        ratings_panel(own, context),
        times_panel(own, context),
        calls_panel(own, context),
        comments_panel(own, context),
    ]
    parts = [
        *notices,
        None if own.own else _looking_at(own, context),
        growth_note(own.growth, context, own.name),
        hero(own, context),
        html.Div(
            [
                html.Div(lists, className="analyst-lists"),
                html.Div(
                    [part for part in results if part is not None], className="analyst-results"
                ),
            ],
            className="analyst-columns",
        ),
        _jumps(context) if own.own else None,
    ]
    return [part for part in parts if part is not None]


def nobody(context: Context) -> Element:
    """An account that is no person in Intercom."""
    text = context.text
    return message("empty", context, text("analyst.nobody"), text("analyst.nobody_words"))


def unknown(choices: Any, context: Context) -> Element:
    """A person whom neither Intercom nor any conversation knows."""
    text = context.text
    back = view_link(text("analyst.all_people"), view(PATH, choices, agent=None), "link")
    label = text("analyst.unknown_words")
    return message("empty", context, text("analyst.unknown"), label, back)


def unusable(name: str | None, context: Context) -> Element:
    """`name` is the parameter that cannot be used; None where the dates are turned round."""
    text = context.text
    if name is None:
        return banner("attention", text("filters.reversed"), text("analyst.reversed_words"))
    label = text("analyst.unusable_words", name=name)
    return banner("attention", text("filters.unusable"), label)


def arriving(loaded: int, total: int, first_day: date | None, context: Context) -> Element:
    """For a period that is not whole yet."""
    text = context.text
    label = text("states.history_words")
    if first_day is not None:
        label = text("analyst.arriving", day=context.formats.day(first_day))
    share = {"--share": f"{loaded / total * 100 if total else 0:.0f}%"}
    line = html.Span(html.Span(), className="progress-line", style=share)
    return banner("information", text("states.history", loaded=loaded, total=total), label, line)


def beyond(first_day: date, context: Context) -> Element:
    """For a period that begins before what is kept."""
    text = context.text
    day = context.formats.long_day(first_day)
    return banner("information", text("analyst.beyond", day=day), text("analyst.beyond_words"))


def growth_note(growth: Growth | None, context: Context, name: str = "") -> Element | None:
    """For the manager: a reason that says nothing takes more room than before."""
    if growth is None:
        return None
    text, formats = context.text, context.formats
    label = text(
        "analyst.growth.words",
        share=formats.share(growth.share, 0),
        n=formats.count(growth.n),
        before=formats.share(growth.before, 0),
    )
    personal_title = text("analyst.growth.of", reason=growth.reason, name=name)
    title = personal_title if name else text("analyst.growth.team", reason=growth.reason)
    return banner("information", title, label)


def _looking_at(own: Panel, context: Context) -> Element:
    text = context.text
    name = person_name(Person(own.head.agent_id or "", own.name), context)
    parts: list[Any] = [pill(text("analyst.looking_at", name=name), "information", "eye")]
    if own.left:
        parts.append(pill(text("analyst.status.left")))
    href = view(PATH, own.head.choices, **dict.fromkeys(("agent", *LISTS)))
    back = view_link(text("analyst.all_people"), href, "link")
    return html.P([*parts, back], className="analyst-whose")


def _jumps(context: Context) -> Element:
    """The panel's parts as tabs of a phone, in the place of the pages'."""
    places = (
        ("goal", "flag", "goal"),
        ("history", "clock-history", "history"),
        ("csat_score", "emoji-smile", "ratings"),
        ("calls", "telephone", "calls"),
    )
    text = context.text
    links: list[Any] = [
        html.A(
            [icon(drawing), html.Span(text(f"analyst.jump.{key}"))],
            href=f"#{ids.panel(PAGE, place)}",
            className="nav-link-other",
            **{"data-jump": ids.panel(PAGE, place)},
        )
        for place, drawing, key in places
    ]
    if context.wall:
        links.append(
            dcc.Link(
                [icon("broadcast"), html.Span(text("nav.operations"))],
                href="/operations",
                className="nav-link-other",
            )
        )
    return html.Nav(
        links, className="tabs analyst-jumps", **{"aria-label": text("analyst.jump.label")}
    )


def team_content(team: Team, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    if team.reason_missing:
        title = text("analyst.no_reason.title", label=team.reason_label)
        drawn = message("empty", context, title, text("analyst.no_reason.manager"))
        return [html.Section(drawn, className="panel")]
    if not team.lines:
        words = text("analyst.team.nobody_words")
        drawn = message("empty", context, text("analyst.team.nobody"), words)
        return [html.Section(drawn, className="panel")]
    heads = [
        (text("analyst.team.person"), "left"),
        (text("analyst.team.total"), ""),
        (text("analyst.team.classified"), ""),
        (text("analyst.team.pending"), ""),
        (text("metrics.classification_rate.short"), ""),
        (text("analyst.team.missing"), ""),
        ("", "left team-bar"),
    ]
    head = html.Thead(html.Tr([html.Th(words, className=side) for words, side in heads]))
    body = html.Tbody([_line(line, team, context) for line in team.lines])
    name = html.Td(text("analyst.team.all"), className="left")
    foot = html.Tfoot(
        html.Tr([name, *_numbers(team.total, context), html.Td(className="team-bar")])
    )
    drawn = html.Table([head, body, foot], className="grid-table team-table")
    table = carry(_team_values(team, context), drawn)
    note = growth_note(team.growth, context)
    share = formats.share(team.total.share, 0)
    shown = panel(
        text("analyst.team.title"),
        html.Div(table, className="table-frame"),
        population=text("analyst.team.about", n=formats.count(team.total.eligible)),
        footnote=text("analyst.team.note", share=share),
        id=ids.panel(PAGE, "team"),
    )
    return [part for part in (note, shown) if part is not None]


def _team_values(team: Team, context: Context) -> Table:
    text = context.text
    columns = [
        Column(text("analyst.team.person"), "text"),
        *[Column(text(f"analyst.team.{key}")) for key in ("total", "classified", "pending")],
        Column(text("metrics.classification_rate.short"), "share"),
        Column(text("analyst.team.missing")),
    ]

    def values(name: str, goal: Goal) -> list[Any]:
        return [name, goal.eligible, goal.classified, goal.pending, goal.rate, goal.missing]

    rows = [
        values(person_name(Person(line.id, line.name), context), line.goal) for line in team.lines
    ]
    total = values(text("analyst.team.all"), team.total)
    return Table(text("analyst.team.title"), columns, rows, total)


def _line(line: TeamLine, team: Team, context: Context) -> Element:
    name = person_name(Person(line.id, line.name), context)
    href = view(PATH, team.head.choices, agent=line.id)
    parts: list[Any] = [view_link(name, href, "link name bidi")]
    if line.status in ("left", "outside"):
        parts.append(pill(context.text(f"analyst.status.{line.status}")))
    bar = html.Td(
        goal_bar(line.goal, context) if line.goal.eligible else None, className="team-bar"
    )
    return html.Tr([html.Td(parts, className="left team-name"), *_numbers(line.goal, context), bar])


def _numbers(goal: Goal, context: Context) -> list[Element]:
    formats = context.formats
    counts = [goal.eligible, goal.classified, goal.pending]
    rate: Any = no_data(context) if goal.rate is None else formats.share(goal.rate)
    if not goal.eligible:
        missing: Any = ""
    elif goal.reached:
        missing = icon("check-lg", "good", context.text("analyst.goal.reached"))
    else:
        missing = html.B(formats.count(goal.missing))
    return [*[html.Td(formats.count(n)) for n in counts], html.Td(rate), html.Td(missing)]
