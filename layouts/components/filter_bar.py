"""The bar that says, and changes, which rows a page is about. All of it lives in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from layouts.components.panel import segmented
from layouts.context import Context
from layouts.icons import icon
from layouts.links import Choices, view
from metrics.periods import Period

PRESETS = ("today", "yesterday", "7d", "28d", "90d", "month", "last_month")


@dataclass(frozen=True)
class Option:
    """Something to choose: its id in the address, its words, and whether it is chosen."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Bar:
    """The present choice, and what else there is.

    Attributes:
        path: The page.
        choices: The address's parameters.
        period: The days that are shown.
        preset: The name of the period, if it has one.
        today: The last day that can be chosen.
        teams: All teams in scope.
        agents: All people with rows, leavers included.
        origin: customer, teammate or None.
        clock: all or office.
    """

    path: str
    choices: Choices
    period: Period
    preset: str | None
    today: date
    teams: Sequence[Option]
    agents: Sequence[Option]
    origin: str | None
    clock: str


def filter_bar(page: str, bar: Bar, context: Context) -> html.Div:
    """Chips that open what they change, and the switch of the clock at the right."""
    text = context.text
    return html.Div(
        [
            _period_chip(page, bar, context),
            html.Span(
                [
                    text("filters.compared"),
                    " ",
                    html.B(text.plural("filters.days_before", bar.period.days, n=bar.period.days)),
                ],
                className="filter-note",
            ),
            _many_chip(page, "team", bar.teams, context),
            _many_chip(page, "agent", bar.agents, context),
            _origin_chip(page, bar, context),
            segmented(
                [
                    (
                        text("filters.clock_all"),
                        view(bar.path, bar.choices, clock=None),
                        bar.clock == "all",
                    ),
                    (
                        text("filters.clock_office"),
                        view(bar.path, bar.choices, clock="office"),
                        bar.clock == "office",
                    ),
                ],
                text("filters.clock"),
                "filter-clock",
            ),
        ],
        className="filters",
    )


def _chip(
    page: str,
    key: str,
    label: str,
    value: str,
    chosen: bool,
    body: Any,
    icon_name: str | None = None,
) -> html.Span:
    target = f"{page}--filter-{key}"
    inside: list[Any] = [icon(icon_name)] if icon_name else []
    inside += [html.Span(label)] if label else []
    inside += [html.B(value, className="chip-value"), icon("chevron-down")]
    return html.Span(
        [
            html.Button(inside, id=target, className="chip set" if chosen else "chip"),
            dbc.Popover(
                dbc.PopoverBody(body),
                target=target,
                trigger="legacy",
                placement="bottom-start",
                hide_arrow=True,
                className="chooser",
            ),
        ]
    )


def _period_chip(page: str, bar: Bar, context: Context) -> html.Span:
    text, formats = context.text, context.formats
    presets = html.Ul(
        [
            html.Li(
                dcc.Link(
                    text(f"filters.period.{preset}"),
                    href=view(bar.path, bar.choices, period=preset, from_=None, to=None),
                    className="choice choice-on" if preset == bar.preset else "choice",
                )
            )
            for preset in PRESETS
        ]
    )
    dates = html.Div(
        [
            _date_field(page, "from", text("filters.from"), bar.period.first_day, bar.today),
            _date_field(page, "to", text("filters.to"), bar.period.last_day, bar.today),
            html.Button(
                text("filters.apply"), id=f"{page}--apply-dates", className="button button-primary"
            ),
        ],
        className="date-fields",
    )
    span = formats.span(bar.period.first_day, bar.period.last_day)
    if bar.period.days == 1:
        span = formats.weekday(bar.period.first_day)
    return _chip(page, "period", "", span, False, [presets, dates], "calendar3")


def _date_field(page: str, key: str, label: str, day: date, today: date) -> html.Label:
    return html.Label(
        [
            html.Span(label),
            dcc.Input(
                id=f"{page}--date-{key}",
                type="date",
                value=day.isoformat(),
                max=today.isoformat(),
                className="field",
            ),
        ]
    )


def _many_chip(page: str, key: str, options: Sequence[Option], context: Context) -> html.Span:
    text = context.text
    chosen = [option for option in options if option.chosen]
    if not chosen:
        value = text("filters.all", n=len(options))
    elif len(chosen) == 1:
        value = chosen[0].words
    else:
        value = text("filters.some", n=len(chosen), total=len(options))
    body: list[Any] = [
        dcc.Checklist(
            id=f"{page}--choose-{key}",
            options=[{"label": option.words, "value": option.value} for option in options],
            value=[option.value for option in chosen],
            className="checklist",
        )
    ]
    if not options:
        body = [html.P(text("filters.nothing"), className="quieter")]
    return _chip(page, key, text(f"filters.{key}"), value, bool(chosen), body)


def _origin_chip(page: str, bar: Bar, context: Context) -> html.Span:
    text = context.text
    links = [
        html.Li(
            dcc.Link(
                text(f"filters.origin.{origin or 'all'}"),
                href=view(bar.path, bar.choices, origin=origin),
                className="choice choice-on" if origin == bar.origin else "choice",
            )
        )
        for origin in (None, "customer", "teammate")
    ]
    value = text(f"filters.origin.{bar.origin or 'all'}")
    return _chip(
        page, "origin", text("filters.origin.label"), value, bar.origin is not None, html.Ul(links)
    )
