"""A chip that opens a list of links: a choice of one of many that lives in the address."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from layouts.components.going import go
from layouts.icons import icon


def chooser(
    chip_id: str, label: str, value: str, choices: Sequence[tuple[str, str, bool]]
) -> html.Span:
    """A chip with its choices.

    Args:
        chip_id: Of the button.
        label: What is chosen.
        value: The present choice.
        choices: (words, href, chosen), in order.
    """
    links = [
        html.Li(
            go(
                html.Span(words, className="choice-words bidi"),
                href,
                "choice choice-on" if on else "choice",
                title=words,
            )
        )
        for words, href, on in choices
    ]
    said: dict[str, Any] = {"aria-haspopup": "dialog"}
    return html.Span(
        [
            html.Button(
                [
                    html.Span(label),
                    html.B(value, className="chip-value bidi", title=value),
                    icon("chevron-down"),
                ],
                id=chip_id,
                className="chip",
                **said,
            ),
            dbc.Popover(
                dbc.PopoverBody(html.Ul(links)),
                target=chip_id,
                trigger="legacy",
                placement="bottom-start",
                hide_arrow=True,
                className="chooser chooser-list",
            ),
        ],
        className="chip-group",
    )
