"""People and reasons with their scores: intervals on one scale, against everybody's."""

from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.interval import interval_bar, scale_floor
from layouts.components.panel import figure_panel, pill, segmented
from layouts.components.states import empty
from layouts.components.view_link import rows_link, view_link
from layouts.icons import icon
from layouts.pages.quality.data import PAGE, Quality, Ranks, Rated

FOCUSES = ("worst", "best", "negatives", "volume")
NAMED = 12


def focus(quality: Quality, context: Context) -> html.Div:
    """What stands first in both tables."""
    text = context.text
    choices = [
        (
            text(f"quality.focus.{key}"),
            context.view(focus=None if key == "worst" else key),
            quality.focus == key,
        )
        for key in FOCUSES
    ]
    label = text("quality.focus.label")
    return html.Div([html.Span(label), segmented(choices, label)], className="quality-focus")


def ranks(quality: Quality, found: Ranks, context: Context) -> html.Section:
    """One line per person or reason that has enough ratings; the others by name only."""
    text, formats = context.text, context.formats
    key = f"csat_by_{found.by}"
    everyone = quality.kpis["csat_score"].now
    assert everyone.value is not None
    missing = found.by == "reason" and quality.reason_missing
    body: Any
    if missing or not (found.shown or found.few):
        words = text("overview.reason_missing", label=quality.reason_label) if missing else ""
        body = empty(context, words)
    else:
        floor = scale_floor([one.csat for one in found.shown])
        body = [
            html.Div(_table(found, everyone.value, floor, context), className="table-frame")
            if found.shown
            else html.P(text("quality.nobody", n=quality.csat_minimum), className="ranks-few"),
            _rest(found, context),
            _few(quality, found, context),
        ]
    note = text("quality.ranks_note", n=quality.csat_minimum)
    return figure_panel(
        PAGE,
        key,
        text(f"quality.by_{found.by}"),
        body,
        None,
        context,
        population=text("quality.everyone", share=formats.share(everyone.value)),
        footnote=html.Span(
            [
                icon("caret-up-fill"),
                text("quality.all_above"),
                " ",
                icon("caret-down-fill"),
                text("quality.all_below"),
                " · ",
                note,
            ],
            className="ranks-key",
        ),
        passport=quality.passports[key],
    )


def _table(found: Ranks, everyone: float, floor: float, context: Context) -> html.Table:
    text = context.text
    middle = (floor + 1) / 2
    ends = [context.formats.decimal(share * 100, 0) for share in (floor, middle, 1)]
    head = html.Tr(
        [
            html.Th(text(f"quality.columns.{found.by}"), className="left"),
            html.Th(html.Span([html.Span(end) for end in ends], className="scale-head")),
            html.Th("CSAT %"),
            html.Th(text("quality.columns.negatives")),
            html.Th(text("quality.columns.n")),
        ]
    )
    rows = [
        html.Tr(_cells(one, found.by, everyone, floor, context), **{"data-mark": ""})
        for one in found.shown
    ]
    return html.Table([html.Thead(head), html.Tbody(rows)], className="grid-table ranks-table")


def _cells(one: Rated, by: str, everyone: float, floor: float, context: Context) -> list[html.Td]:
    formats = context.formats
    cell = f"{by}:{one.key}"
    csat = one.csat
    name: list[Any] = [html.Span(one.name, title=one.name, className="bidi")]
    side = ""
    if csat.low is not None and csat.low > everyone:
        name.append(icon("caret-up-fill", title=context.text("quality.all_above")))
        side = " strong"
    elif csat.high is not None and csat.high < everyone:
        name.append(icon("caret-down-fill", title=context.text("quality.all_below")))
        side = " strong"
    if one.left:
        name.append(pill(context.text("overview.left")))
    bad: Any = formats.count(one.negatives)
    if one.negatives:
        bad = rows_link(bad, context, "dsat_score", cell, "value:1")
    return [
        html.Td(html.Div(name, className="rank-words"), className=f"left rank-name{side}"),
        html.Td(interval_bar(csat, everyone, floor, context), className="rank-bar"),
        html.Td(html.B(formats.decimal((csat.value or 0) * 100))),
        html.Td(bad),
        html.Td(
            rows_link(context.text("units.n", n=formats.count(csat.n)), context, "csat_score", cell)
        ),
    ]


def _rest(found: Ranks, context: Context) -> html.P | None:
    text, formats = context.text, context.formats
    if found.every:
        words = text("quality.fewer")
        return html.P(view_link(words, context.view(every=None), "link"), className="ranks-few")
    if not found.hidden:
        return None
    words = text.plural(
        f"quality.others.{found.by}",
        found.hidden,
        n=formats.count(found.hidden),
        ratings=formats.count(found.hidden_ratings),
    )
    link = view_link(text("quality.show_all"), context.view(every=found.by), "link")
    return html.P([words, " ", link], className="ranks-few")


def _few(quality: Quality, found: Ranks, context: Context) -> html.P | None:
    """Who has too few ratings to be compared: by name, each with a way to its rows."""
    text, formats = context.text, context.formats
    if not found.few:
        return None
    said: list[Any] = [text("quality.few", n=quality.csat_minimum), " "]
    for place, one in enumerate(found.few[:NAMED]):
        words = [html.Span(one.name, className="bidi"), f" (n {formats.count(one.csat.n)})"]
        link = rows_link(words, context, "csat_score", f"{found.by}:{one.key}")
        said += [", " if place else "", link]
    more = len(found.few) - NAMED
    if more > 0:
        said.append(text.plural("quality.few_more", more, n=formats.count(more)))
    return html.P(said, className="ranks-few")
