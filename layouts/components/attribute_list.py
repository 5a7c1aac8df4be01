"""What «+ Filtro» offers: the labels of the attributes, then the values of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.context import Context
from layouts.icons import icon


@dataclass(frozen=True)
class Value:
    """A value of an attribute, with the conversations of the period that carry it."""

    value: str
    count: int
    chosen: bool = False


def labels(found: Sequence[tuple[str, int]], context: Context) -> Any:
    """Every attribute with how many conversations of the period have it filled."""
    if not found:
        return html.P(context.text("filters.no_attribute"), className="quieter chooser-note")
    return html.Ul(
        [
            html.Li(
                html.Button(
                    [
                        html.Span(label, className="bidi choice-words", title=label),
                        html.Small(context.formats.count(filled)),
                    ],
                    className="choice",
                    **{"data-filter-label": label},
                )
            )
            for label, filled in found
        ]
    )


def values(label: str, found: Sequence[Value], hidden: int, context: Context) -> Any:
    """The values of an attribute, most frequent first, to be ticked.

    Args:
        label: The attribute.
        found: What is offered.
        hidden: How many more there are.
        context: The reader.
    """
    text, formats = context.text, context.formats
    head = html.Button(
        [icon("chevron-left"), html.Span(label, className="bidi choice-words", title=label)],
        className="choice choice-back",
        **{"data-filter-label": ""},
    )
    if not found:
        return [head, html.P(text("filters.no_value"), className="quieter chooser-note")]
    options = [
        {
            "label": html.Span(
                [
                    html.Span(
                        one.value or text("filters.empty_value"),
                        className="bidi choice-words",
                        title=one.value,
                    ),
                    html.Small(formats.count(one.count)),
                ],
                className="choice-line",
            ),
            "value": one.value,
        }
        for one in found
    ]
    more = []
    if hidden:
        more.append(
            html.P(
                text("filters.more_values", n=formats.count(hidden)),
                className="quieter chooser-note",
            )
        )
    return [
        head,
        dcc.Checklist(
            id=ids.panel(ids.FILTERS, "values"),
            options=options,
            value=[one.value for one in found if one.chosen],
            className="checklist",
        ),
        *more,
        html.Div(
            html.Button(
                text("filters.apply"),
                id=ids.panel(ids.FILTERS, "apply-values"),
                className="button button-primary",
            ),
            className="chooser-foot",
        ),
    ]
