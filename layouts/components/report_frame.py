"""The frame of a report page: filter bar, content, and the place of the rows behind a number."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from layouts import ids
from layouts.components import long_trend
from layouts.components.context import Context
from layouts.components.download import excel_button
from layouts.components.shell import page_frame
from layouts.components.states import banner, message
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from metrics.model.periods import Period


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
            *[dcc.Store(id=ids.panel(ids.ROWS, name)) for name in ("shown", "action", "done")],
            html.Span(id=ids.panel(ids.ROWS, "said"), hidden=True),
            html.Div(id=ids.SIDE_PANEL),
        ],
        tools=[*tools, copy_link(context), excel_button(context, f"/exports/{name}.xlsx")],
    )


def page_with_trend(name: str, context: Context) -> Element:
    return page(name, context, after=long_trend.place(name))


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


def partial(loaded: int, total: int, known: Period | None, context: Context) -> Element:
    """`known` is what is loaded of the period, where that is not all."""
    text = context.text
    return banner(
        "information",
        text("states.history", loaded=loaded, total=total),
        _name_known(known, context) if known else text("states.history_words"),
        html.Span(
            html.Span(),
            className="progress-line",
            style={"--share": f"{loaded / total * 100:.0f}%"},
        ),
    )


def cut(known: Period, context: Context) -> Element:
    day = context.formats.long_day(known.first_day)
    strong = context.text("states.cut", day=day)
    return banner("information", strong, _name_known(known, context), _link_days(known, context))


def untold(period: Period, first_day: date, context: Context) -> Element:
    """On a page that has something to show whatever the period."""
    text, formats = context.text, context.formats
    span = formats.span(period.first_day, period.last_day)
    words = text("states.outside_words", day=formats.long_day(first_day))
    return banner("information", text("states.outside", span=span), words)


def outside(period: Period, known: Period, whole: bool, context: Context) -> Element:
    """`known` are days to look at instead; `whole` tells whether the history is all there."""
    text, formats = context.text, context.formats
    title = text("states.outside", span=formats.span(period.first_day, period.last_day))
    day = formats.long_day(known.first_day)
    words = text("states.outside_words" if whole else "states.outside_arriving", day=day)
    return message("empty", context, title, words, _link_days(known, context, "button"))


def future(period: Period, context: Context) -> Element:
    span = context.formats.span(period.first_day, period.last_day)
    return message("empty", context, context.text("states.future", span=span))


def _name_known(known: Period, context: Context) -> str:
    span = context.formats.span(known.first_day, known.last_day)
    return context.text("states.cut_words", span=span)


def _link_days(days: Period, context: Context, kind: str = "link") -> Element:
    first, last = days.first_day, days.last_day
    words = context.text("states.outside_link", span=context.formats.span(first, last))
    dates = {"period": None, "from_": first.isoformat(), "to": last.isoformat()}
    return view_link(words, context.view(**dates), kind)
