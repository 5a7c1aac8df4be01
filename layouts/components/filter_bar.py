"""The bar that says, and changes, which rows a page is about. All of it lives in the address.

There is one bar on a screen, so its ids are the same on every page (`reports/filters.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, get_args

from layouts import ids
from layouts.components.context import FILTERS, Context
from layouts.components.live_time import until_now
from layouts.components.panel import segmented
from layouts.components.popover import popover
from layouts.components.search import search_field
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from metrics.model.filters import Origin
from metrics.model.periods import Period

PRESETS = ("today", "yesterday", "7d", "28d", "90d", "month", "last_month")
COMPARISONS = (None, "same", "none")
# So many choices and more have a field that looks for them.
SEARCHED = 8


@dataclass(frozen=True)
class Value:
    value: str
    count: int
    chosen: bool = False


def labels(attributes: Sequence[tuple[str, int]], context: Context) -> Any:
    """Every attribute with how many conversations of the period have it filled."""
    if not attributes:
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
            for label, filled in attributes
        ]
    )


def values(label: str, values: Sequence[Value], hidden: int, context: Context) -> Any:
    text, formats = context.text, context.formats
    head = html.Button(
        [icon("chevron-left"), html.Span(label, className="bidi choice-words", title=label)],
        className="choice choice-back",
        **{"data-filter-label": ""},
    )
    if not values:
        return [head, html.P(text("filters.no_value"), className="quieter chooser-note")]
    options = [
        {
            "label": html.Span(
                [
                    html.Span(
                        row.value or text("filters.empty_value"),
                        className="bidi choice-words",
                        title=row.value,
                    ),
                    html.Small(formats.count(row.count)),
                ],
                className="choice-line",
            ),
            "value": row.value,
        }
        for row in values
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
            value=[row.value for row in values if row.chosen],
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


@dataclass(frozen=True)
class Option:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Bar:
    """The present choice, and what else there is; the address itself is the context's.

    Attributes:
        until: The clock time up to which a period with today is compared.
        same: The days of the same period before, for the words of that choice.
        compare: same, none, or None for the days just before.
        origin: None for all.
        clock: all or office.
        ai_alone: How many of the conversations of the period the AI agent had for itself.
        attributes: Label -> chosen values; an empty one stands for rows without a value.
    """

    period: Period
    preset: str | None
    today: date
    until: time | None
    same: Period
    compare: str | None
    teams: Sequence[Option]
    agents: Sequence[Option]
    origin: Origin | None
    shifts: Sequence[Option]
    handlers: Sequence[Option]
    clock: str
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lines: Sequence[str] = ()
    ai_alone: int = 0


def filter_bar(bar: Bar, context: Context) -> Element:
    text = context.text
    switch = segmented(
        [
            (text("filters.clock_all"), context.view(clock=None), bar.clock == "all"),
            (text("filters.clock_office"), context.view(clock="office"), bar.clock == "office"),
        ],
        text("filters.clock"),
        "filter-clock",
    )
    return html.Div(
        [
            _period_chip(bar, context),
            _compare_chip(bar, context),
            _many_chip("team", bar.teams, context),
            _many_chip("agent", bar.agents, context),
            _many_chip("shift", bar.shifts, context),
            _many_chip("handled_by", bar.handlers, context, _count_ai(bar, context)),
            _origin_chip(bar, context),
            *[_attribute_chip(label, v, context) for label, v in bar.attributes.items()],
            _lines_chip(bar, context),
            _add_chip(context),
            _clear_all(bar, context),
            switch,
        ],
        className="filters",
    )


def _chip(
    key: str,
    label: str,
    value: str,
    body: Any,
    *,
    clear: str | None = None,
    icon_name: str | None = None,
    context: Context,
    after: Element | None = None,
) -> Element:
    """Where it is set (`clear` is the address without the choice), an outline and a cross."""
    target = ids.panel(ids.FILTERS, f"filter-{key}")
    inside: list[Any] = [icon(icon_name)] if icon_name else []
    inside += [html.Span(label)] if label else []
    inside += [html.B(value, className="chip-value bidi", title=value)]
    inside += [icon("chevron-down")] if after is None else [after, icon("chevron-down")]
    parts: list[Any] = [
        html.Button(inside, id=target, className="chip", **{"aria-haspopup": "dialog"}),
        popover(target, body),
    ]
    if clear is not None:
        # Last, so that an open list stays where it is when the first choice is made.
        parts.append(_cross(label, clear, context))
    return html.Span(parts, className="chip-group set" if clear is not None else "chip-group")


def _cross(label: str, href: str, context: Context) -> Element:
    words = context.text("filters.clear", label=label)
    attributes: dict[str, Any] = {"title": words, "aria-label": words}
    return view_link(icon("x-lg"), href, "chip-clear", **attributes)


def _choice(words: str, href: str, chosen: bool, note: str = "") -> Element:
    inside: list[Any] = [words]
    if note:
        inside.append(html.Small(note))
    return html.Li(view_link(inside, href, "choice choice-on" if chosen else "choice"))


def _period_chip(bar: Bar, context: Context) -> Element:
    text, formats = context.text, context.formats
    presets = html.Ul(
        [
            _choice(
                text(f"filters.period.{preset}"),
                context.view(period=preset, from_=None, to=None),
                preset == bar.preset,
            )
            for preset in PRESETS
        ]
    )
    dates = html.Div(
        [
            _date_field("from", text("filters.from"), bar.period.first_day, bar.today),
            _date_field("to", text("filters.to"), bar.period.last_day, bar.today),
            html.Button(
                text("filters.apply"),
                id=ids.panel(ids.FILTERS, "apply-dates"),
                className="button button-primary",
            ),
        ],
        className="date-fields",
    )
    span = formats.span(bar.period.first_day, bar.period.last_day)
    if bar.period.days == 1:
        span = formats.weekday(bar.period.first_day)
    return _chip("period", "", span, [presets, dates], icon_name="calendar3", context=context)


def _date_field(key: str, label: str, day: date, today: date) -> Element:
    return html.Label(
        [
            html.Span(label),
            dcc.Input(
                id=ids.panel(ids.FILTERS, f"date-{key}"),
                type="date",
                value=day.isoformat(),
                max=today.isoformat(),
                className="field",
            ),
        ]
    )


def _compare_chip(bar: Bar, context: Context) -> Element:
    text, formats = context.text, context.formats
    before = bar.period.previous
    named = {
        None: (text.plural("filters.days_before", bar.period.days, n=bar.period.days), before),
        "same": (text("filters.same_before"), bar.same),
        "none": (text("filters.no_comparison"), None),
    }
    choices = html.Ul(
        [
            _choice(
                words,
                context.view(compare=compare),
                compare == bar.compare,
                formats.span(days.first_day, days.last_day) if days else "",
            )
            for compare, (words, days) in ((c, named[c]) for c in COMPARISONS)
        ]
    )
    clear = context.view(compare=None) if bar.compare else None
    label = text("filters.compared")
    until = None if bar.until is None else until_now(bar.until, context)
    return _chip(
        "compare",
        label,
        named[bar.compare][0],
        choices,
        clear=clear,
        context=context,
        after=until,
    )


def _count_ai(bar: Bar, context: Context) -> str:
    n = bar.ai_alone
    return context.text.plural("filters.all_with_ai", n, n=context.formats.count(n)) if n else ""


def _many_chip(key: str, options: Sequence[Option], context: Context, every: str = "") -> Element:
    """`every` is what it says while nothing is chosen, in the place of how many there are."""
    text = context.text
    chosen = [option for option in options if option.chosen]
    if not chosen:
        value = every or text("filters.all", n=len(options))
    elif len(chosen) == 1:
        value = chosen[0].words
    else:
        value = text("filters.some", n=len(chosen), total=len(options))
    body: list[Any] = [
        dcc.Checklist(
            id=ids.panel(ids.FILTERS, f"choose-{key}"),
            options=[{"label": option.words, "value": option.value} for option in options],
            value=[option.value for option in chosen],
            className="checklist",
        )
    ]
    if len(options) >= SEARCHED:
        find = text(f"filters.find_{key}")
        body.insert(0, search_field(ids.panel(ids.FILTERS, f"find-{key}"), "", find))
    if not options:
        # The empty list stays: callbacks look for it.
        body.insert(0, html.P(text("filters.nothing"), className="quieter"))
    clear = context.view(**{key: None}) if chosen else None
    return _chip(key, text(f"filters.{key}"), value, body, clear=clear, context=context)


def _origin_chip(bar: Bar, context: Context) -> Element:
    text = context.text
    links = [
        _choice(
            text(f"filters.origin.{origin or 'all'}"),
            context.view(origin=origin),
            origin == bar.origin,
        )
        for origin in (None, *get_args(Origin))
    ]
    value = text(f"filters.origin.{bar.origin or 'all'}")
    clear = context.view(origin=None) if bar.origin else None
    label = text("filters.origin.label")
    return _chip("origin", label, value, html.Ul(links), clear=clear, context=context)


def _attribute_chip(label: str, values: Sequence[str], context: Context) -> Element:
    text = context.text
    parts = [value or text("filters.empty_value") for value in values]
    shown = parts[0] if len(parts) == 1 else text("filters.values", n=len(parts))
    return html.Span(
        [
            html.Button(
                [
                    html.Span(label, className="chip-label bidi"),
                    html.B(shown, className="chip-value bidi"),
                ],
                className="chip",
                title=f"{label}: {', '.join(parts)}",
                **{"data-filter-label": label},
            ),
            _cross(label, context.view(**{f"attr.{label}": None}), context),
        ],
        className="chip-group set",
    )


def _lines_chip(bar: Bar, context: Context) -> Element | None:
    if not bar.lines:
        return None
    label, words = context.text("telephony.lines"), ", ".join(bar.lines)
    inside = [html.Span(label), html.B(words, className="chip-value bidi", title=words)]
    cross = _cross(label, context.view(line=None), context)
    return html.Span([html.Span(inside, className="chip"), cross], className="chip-group set")


def _add_chip(context: Context) -> Element:
    """«+ Filtro»: every attribute, and of the one that is chosen every value."""
    text = context.text
    target = ids.panel(ids.FILTERS, "filter-add")
    find = text("filters.find")
    body = [
        search_field(ids.panel(ids.FILTERS, "find"), "", find),
        html.Div(id=ids.panel(ids.FILTERS, "attributes"), className="attribute-list"),
    ]
    return html.Span(
        [
            html.Button(
                [icon("plus-lg"), html.B(text("filters.add"))],
                id=target,
                className="chip chip-add",
                **{"aria-haspopup": "dialog"},
            ),
            popover(target, body, "chooser chooser-wide"),
            dcc.Store(id=ids.panel(ids.FILTERS, "label")),
        ],
        className="chip-group",
    )


def _clear_all(bar: Bar, context: Context) -> Element | None:
    """One way back to everything, once more than one thing is chosen."""
    chosen: list[object] = [bar.origin, bar.lines]
    many = (bar.teams, bar.agents, bar.shifts, bar.handlers)
    chosen += [any(option.chosen for option in options) for options in many]
    if sum(map(bool, chosen)) + len(bar.attributes) < 2:
        return None
    cleared = dict.fromkeys((*FILTERS, *(f"attr.{label}" for label in bar.attributes)))
    href = context.view(**cleared)
    return view_link(context.text("filters.clear_all"), href, "link filter-clear-all")
