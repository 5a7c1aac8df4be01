"""The frame of a report page: filter bar, content, and the place of the rows behind a number."""

from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.download import excel_button
from layouts.components.shell import page_frame
from layouts.components.states import banner
from layouts.elements import Element, dcc, html
from layouts.icons import icon


def page(
    name: str,
    context: Context,
    tools: Sequence[Any] = (),
    before: Sequence[Any] = (),
    after: Sequence[Any] = (),
) -> Element:
    """Bar and content are filled by the page's callback; `before` and `after` stay meanwhile."""
    text = context.text
    return page_frame(
        context,
        text(f"{name}.title"),
        [
            dcc.Store(id=ids.panel(name, "version")),
            dcc.Store(id=ids.panel(name, "begun")),
            html.Div(id=ids.panel(name, "bar"), className="bar-place"),
            *before,
            html.Div(
                skeleton(), id=ids.panel(name, "content"), className=f"bi-content {name}-content"
            ),
            *after,
            dcc.Store(id=ids.panel(ids.ROWS, "shown")),
            html.Div(id=ids.SIDE_PANEL),
        ],
        tools=[*tools, copy_link(context), excel_button(context, f"/exports/{name}.xlsx")],
    )


def copy_link(context: Context) -> Element:
    text = context.text
    return html.Button(
        [icon("link-45deg"), text("rows.copy_link")],
        className="button button-quiet",
        **{"data-copy-link": text("rows.link_copied")},
    )


def skeleton() -> list[Element]:
    return [
        html.Div(className="skeleton skeleton-bar"),
        html.Div(className="skeleton skeleton-sheet"),
        html.Div([html.Div(className="skeleton skeleton-panel")] * 2, className="bi-row"),
    ]


def waiting() -> Element:
    """In a panel whose content is still to come."""
    return html.Div(className="skeleton skeleton-panel")


def unusable(name: str | None, context: Context) -> Element:
    """`name` is the parameter that cannot be used; None when the dates are reversed."""
    text = context.text
    if name is None:
        return banner("attention", text("filters.reversed"), text("filters.reversed_words"))
    return banner("attention", text("filters.unusable"), text("filters.unusable_words", name=name))


def partial(loaded: int, total: int, context: Context) -> Element:
    text = context.text
    return banner(
        "information",
        text("states.history", loaded=loaded, total=total),
        text("states.history_words"),
        html.Span(
            html.Span(),
            className="progress-line",
            style={"--share": f"{loaded / total * 100:.0f}%"},
        ),
    )
