"""What a panel shows when it has no numbers: empty, late, failed, forbidden, loading, partial."""

from typing import Any

from layouts.components.context import Context
from layouts.components.svg import porthole
from layouts.elements import Element, html
from layouts.i18n import Text
from layouts.icons import icon
from metrics.model.extent import Gap


def message(
    kind: str, context: Context, title: str, words: str = "", action: Any = None
) -> Element:
    """`kind` is a drawing of `svg.porthole`; `action` a link or button that mends it."""
    parts = [html.Strong(title), html.P(words) if words else None, action]
    return html.Div(
        [
            porthole(kind, context.palette),
            html.Div([part for part in parts if part is not None], className="state-words"),
        ],
        className=f"state state-{kind}",
    )


def empty(context: Context, words: str = "", action: Any = None, gap: Gap | None = None) -> Element:
    """`gap` says why nothing can be known of it."""
    text = context.text
    if gap is not None:
        return message("empty", context, text("states.no_data"), text(f"gaps.{gap}"), action)
    return message("empty", context, text("states.nothing_here"), words, action)


def starting(context: Context) -> Element:
    text = context.text
    return message("fog", context, text("states.starting"), text("states.starting_words"))


def forbidden(context: Context, action: Any = None) -> Element:
    text = context.text
    return message(
        "shuttered", context, text("states.forbidden"), text("states.forbidden_words"), action
    )


def failed_words(text: Text, reference: str) -> Element:
    """For whoever it was; the reference leads to the log."""
    parts = [
        html.Strong(text("states.failed")),
        html.P(text("states.failed_words", reference=reference)),
    ]
    drawing = icon("exclamation-triangle-fill", "warn")
    return html.Div(
        [drawing, html.Div(parts, className="state-words")], className="state state-cracked"
    )


def banner(kind: str, strong: str, words: str | Element = "", action: Any = None) -> Element:
    """`kind` is critical, attention, stale or information: its area grows with severity."""
    names = {
        "critical": "exclamation-octagon-fill",
        "attention": "exclamation-triangle-fill",
        "stale": "plug-fill",
        "information": "info-circle-fill",
    }
    parts = [icon(names[kind]), html.Strong(strong), html.Span(words) if words else None, action]
    return html.Div(
        [part for part in parts if part is not None],
        className=f"banner banner-{kind}",
        role="alert" if kind == "critical" else "status",
    )
