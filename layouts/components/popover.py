"""What opens below a button, such as a list of choices; a click beside it closes it."""

from collections.abc import Sequence
from typing import Any

from layouts.components.view_link import view_link
from layouts.elements import Element, dbc, html
from layouts.icons import icon


def popover(
    target: Any, body: Any, class_name: str = "chooser", placement: str = "bottom-start"
) -> Element:
    return dbc.Popover(
        dbc.PopoverBody(body),
        target=target,
        trigger="legacy",
        placement=placement,
        hide_arrow=True,
        className=class_name,
    )


def chooser(
    chip_id: str, label: str, value: str, choices: Sequence[tuple[str, str, bool]]
) -> Element:
    """`choices` are (words, href, chosen)."""
    links = [
        html.Li(
            view_link(
                html.Span(words, className="choice-words bidi"),
                href,
                "choice choice-on" if on else "choice",
                title=words,
            )
        )
        for words, href, on in choices
    ]
    attributes: dict[str, Any] = {"aria-haspopup": "dialog"}
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
                **attributes,
            ),
            popover(chip_id, html.Ul(links), "chooser chooser-list"),
        ],
        className="chip-group",
    )
