"""The comment reader: what customers wrote at the left, one of them in full at the right."""

from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.metric_info import info_button
from layouts.components.panel import open_link, segmented
from layouts.components.search import search_field
from layouts.components.states import message
from layouts.components.view_link import rows_link, view_link
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.pages.quality.data import PAGE, Comment, Comments, Moment, OpenComment


def comments(shown: Comments, context: Context) -> Element:
    text, formats = context.text, context.formats
    switch = segmented(
        [
            (f"{text(f'quality.band.{key}')} {formats.count(count)}", href, chosen)
            for key, count, href, chosen in shown.bands
        ],
        text("quality.bands"),
        "band-switch",
    )
    chosen = next(key for key, _, _, is_chosen in shown.bands if is_chosen)
    count = text(
        "quality.having_words", n=formats.count(shown.match_count), all=formats.count(shown.ratings)
    )
    if shown.find:
        count = text.plural(
            "quality.having_found", shown.match_count, n=formats.count(shown.match_count)
        )
    head = [
        html.H2(text("quality.comments")),
        switch,
        html.Span(count, className="panel-n"),
        html.Div(
            [
                search_field(ids.panel(PAGE, "find"), shown.find, text("quality.find")),
                _rows_of_band(chosen, context),
                info_button(PAGE, shown.info, context, "panel-passport"),
            ],
            className="panel-tools comment-tools",
        ),
    ]
    return html.Section(
        [html.Div(head, className="panel-head"), _body(shown, context)],
        className="panel comment-panel",
    )


def _rows_of_band(band: str, context: Context) -> Element:
    """The ratings as a list, from where they can be taken as a workbook."""
    cells = [] if band == "all" else [f"part:{band}"]
    parts = [icon("download"), context.text("quality.take")]
    return rows_link(parts, context, "csat_average", *cells, class_name="comment-take")


def _body(shown: Comments, context: Context) -> Any:
    text = context.text
    if not shown.listed:
        key = "quality.no_match" if shown.find else "quality.no_words"
        return message("calm", context, text(f"{key}.title"), text(f"{key}.words"))
    items = [_item(comment, href, shown.read, context) for comment, href in shown.listed]
    last = shown.first + len(items)
    newer, older = shown.turns
    turns = html.Div(
        [
            _turn(newer, "chevron-left", text("quality.newer")),
            html.Span(
                text(
                    "rows.range",
                    first=context.formats.count(shown.first + 1),
                    last=context.formats.count(last),
                    n=context.formats.count(shown.match_count),
                )
            ),
            _turn(older, "chevron-right", text("quality.older")),
        ],
        className="comment-turns",
    )
    left = html.Div([html.Ol(items, className="comment-list"), turns], className="comment-left")
    return html.Div([left, _reader(shown, context)], className="comment-body")


def _turn(href: str | None, name: str, label: str) -> Any:
    if href is None:
        return html.Span(icon(name), className="icon-button turn-off", **{"aria-hidden": "true"})
    return view_link(
        icon(name), href, "icon-button", mode="replace", title=label, **{"aria-label": label}
    )


def _badge(rating: int, context: Context) -> Element:
    label = context.text("quality.note", note=rating)
    return html.Span(
        str(rating), className=f"note-badge note-{rating}", role="img", **{"aria-label": label}
    )


def _item(comment: Comment, href: str, read: OpenComment | None, context: Context) -> Element:
    about = [comment.agent, comment.reason, context.formats.moment(comment.at)]
    inside = [
        _badge(comment.rating, context),
        html.Span(
            [
                html.Span(comment.words, className="comment-words bidi"),
                html.Span(" · ".join(part for part in about if part), className="comment-about"),
            ]
        ),
    ]
    is_read = read is not None and read.comment.id == comment.id
    current = {"aria-current": "true"} if is_read else {}
    return html.Li(
        view_link(inside, href, "comment-on" if is_read else "", mode="replace", **current)
    )


def _reader(shown: Comments, context: Context) -> Element:
    text, formats = context.text, context.formats
    read = shown.read
    assert read is not None
    comment = read.comment
    at = text("quality.rated_at", at=formats.full_moment(comment.at))
    who = html.Div(
        [
            html.Strong(comment.agent, className="bidi"),
            html.Span(" · ".join(part for part in (read.team, at) if part)),
        ]
    )
    link = open_link(comment.url, text("quality.open"), button=True) if comment.url else None
    facts: list[tuple[str, Any]] = [
        ("reason", comment.reason or text("rows.no_reason")),
        ("first_response", _span(read.first_response, context)),
        ("close", _span(read.close, context)),
        ("reopens", _reopens(read.reopens, context)),
    ]
    parts: list[Any] = [
        html.Div([_badge(comment.rating, context), who, link], className="reader-head"),
        html.Blockquote(comment.words, className="bidi"),
        html.Dl(
            [
                html.Div([html.Dt(text(f"quality.facts.{key}")), html.Dd(words)])
                for key, words in facts
            ]
        ),
        html.Ol([_moment(moment, context) for moment in read.moments], className="moments"),
    ]
    if read.alike:
        label = text.plural(
            "quality.alike",
            read.alike,
            n=formats.count(read.alike),
            late=formats.count(read.alike_late),
            span=formats.duration(shown.target),
        )
        see = rows_link(
            text("quality.see_alike"),
            context,
            "dsat_score",
            f"reason:{comment.reason}",
            "value:1",
            class_name="link",
        )
        parts.append(html.P([html.B(comment.reason, className="bidi"), f": {label} ", see]))
    parts.append(
        html.Div(
            [
                _turn(read.before, "chevron-left", text("quality.previous_one")),
                html.Span(
                    text(
                        "quality.place",
                        place=formats.count(read.place + 1),
                        n=formats.count(shown.match_count),
                    )
                ),
                _turn(read.after, "chevron-right", text("quality.next_one")),
            ],
            className="comment-turns reader-turns",
        )
    )
    return html.Article(parts, className="reader")


def _span(seconds: float | None, context: Context) -> Any:
    if seconds is None:
        return html.Span(context.text("states.no_data"), className="no-data")
    return context.formats.duration(seconds)


def _reopens(count: int | None, context: Context) -> Any:
    if count is None:
        return html.Span(context.text("states.no_data"), className="no-data")
    return context.text.plural("quality.reopens", count, n=count)


def _moment(moment: Moment, context: Context) -> Element:
    formats = context.formats
    parts = [
        html.Span(className="moment-dot"),
        html.B(context.text(f"quality.moment.{moment.what}")),
        html.Span(formats.moment(moment.at)),
    ]
    if moment.seconds is not None:
        parts.append(html.Small(f"+ {formats.duration(moment.seconds)}"))
    return html.Li(parts, className="moment-late" if moment.late else "")
