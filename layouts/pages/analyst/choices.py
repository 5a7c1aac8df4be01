"""Whose panel, and which days: the choices above the analyst's panel."""

from datetime import date
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.components.popover import popover
from layouts.links import view
from layouts.pages.analyst.values import Head, Person
from metrics.model.filters import UNASSIGNED

PAGE = "analyst"
PATH = "/analyst"
PERIODS = ("today", "week", "month")
TEAM = "team"
# The lists' own choices; another person or period starts them anew.
LISTS = ("more", "lines", "out", "comments", "calls")


def person_name(person: Person, context: Context) -> str:
    """A name, or words where there is none."""
    if person.id == UNASSIGNED:
        return context.text("analyst.unassigned")
    return person.name or context.text("analyst.unnamed", id=person.id)


def people(shown: Head, context: Context) -> dcc.Dropdown:
    """Whose panel a manager looks at."""
    text = context.text
    options = [{"label": text("analyst.all_people"), "value": TEAM}]
    options += [{"label": person_name(one, context), "value": one.id} for one in shown.people]
    return dcc.Dropdown(
        id=ids.panel(PAGE, "person"),
        options=options,
        value=shown.agent_id or TEAM,
        clearable=False,
        className="person-choice",
        labels={"search": text("analyst.search")},
    )


def periods(shown: Head, context: Context) -> html.Div:
    """The presets, and own dates."""
    text = context.text
    parts: list[Any] = []
    for name in PERIODS:
        words: list[Any] = [html.Span(text(f"analyst.period.{name}"))]
        if name == shown.preset and name != "today":
            words.append(html.Span(f", {span(shown, context)}", className="segment-span"))
        anew = dict.fromkeys(("from_", "to", *LISTS))
        parts.append(
            html.A(
                words,
                href=view(PATH, shown.choices, period=name, **anew),
                className="segment segment-on" if name == shown.preset else "segment",
                **{"data-go": "push"},
            )
        )
    return html.Div(
        [*parts, *_other(shown, context)],
        className="segmented analyst-periods",
        role="group",
        **{"aria-label": text("analyst.period.label")},
    )


def _other(shown: Head, context: Context) -> list[Any]:
    """Own dates, in a popover below the last segment."""
    text, target = context.text, ids.panel(PAGE, "other-dates")
    chosen = shown.preset not in PERIODS
    words: list[Any] = [html.Span(text("analyst.period.other"))]
    if chosen:
        words.append(html.Span(f", {span(shown, context)}", className="segment-span"))
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
            words, id=target, className="segment segment-on" if chosen else "segment", type="button"
        ),
        popover(target, fields),
    ]


def _date(key: str, label: str, day: date, last: date) -> html.Label:
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
    """The days in few words: 23 a 29 nov, ter 24 nov."""
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
