"""The passport of a number: what it means, what it rests on, and how old it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import dash_bootstrap_components as dbc
from dash import html

from layouts.context import Context
from layouts.icons import icon


@dataclass(frozen=True)
class Passport:
    """What a reader may ask of a number.

    Attributes:
        key: The catalogue's key.
        lines: (what, words), in order: population, period, clock, filters, before, data.
    """

    key: str
    lines: Sequence[tuple[str, str]] = field(default_factory=tuple)


def passport_button(page: str, passport: Passport, context: Context) -> html.Span:
    """A small button that opens the passport beside its number."""
    text = context.text
    target = f"{page}--{passport.key}-passport"
    label = text(f"metrics.{passport.key}.label")
    rows = [part for what, words in passport.lines for part in (html.Dt(what), html.Dd(words))]
    body = [
        html.Div([html.H4(label), html.Code(passport.key)], className="passport-head"),
        html.P(text(f"metrics.{passport.key}.definition")),
        html.Dl(rows),
    ]
    return html.Span(
        [
            html.Button(
                icon("info-circle"),
                id=target,
                className="icon-button passport-button",
                title=text("passport.open", label=label),
                **{"aria-label": text("passport.open", label=label)},
            ),
            dbc.Popover(
                dbc.PopoverBody(body),
                target=target,
                trigger="legacy",
                placement="bottom-end",
                hide_arrow=True,
                className="passport",
            ),
        ],
        className="passport-anchor",
    )
