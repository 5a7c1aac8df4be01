"""What a panel shows when it has no numbers: empty, late, failed, forbidden, loading, partial."""

from collections.abc import Sequence
from typing import Any, Literal

from layouts.components.context import Context
from layouts.components.svg import porthole
from layouts.elements import Element, html
from layouts.i18n import Text
from layouts.icons import icon
from metrics.model.extent import Gap

# Something that is awaited: its name, how it stands, and the same in words.
Step = tuple[str, Literal["done", "awaited", "failed"], str]
STEP_ICONS = {
    "done": ("check-lg", "good"),
    "awaited": ("three-dots", ""),
    "failed": ("exclamation-triangle-fill", "warn"),
}


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
    title = text("states.nothing_here" if context.is_filtered else "states.no_rows")
    return message("empty", context, title, words, action)


def starting(context: Context, steps: Sequence[Step] = ()) -> Element:
    """Until everything that is awaited was read once: each with its state."""
    text = context.text
    ticks = [
        html.Li([icon(*STEP_ICONS[state]), f" {name}: ", html.Span(words)], className=state)
        for name, state, words in steps
    ]
    listed = html.Ul(ticks, className="state-steps") if ticks else None
    words = text("states.starting_words")
    return message("fog", context, text("states.starting"), words, listed)


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
