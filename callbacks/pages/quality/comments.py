"""The comment reader: listed, searched and opened by the address, apart from the page's numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
from dash import ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.pages.quality.figures import ReaderQuery
from callbacks.reports.filter_choices import fold_texts, name_person
from callbacks.reports.listing import arrange_rows, list_rows
from callbacks.reports.metric_info import figure_info
from callbacks.reports.page_query import READER
from callbacks.reports.parts import answer, draw
from callbacks.reports.query import ParameterError, parse_search, read
from callbacks.reports.report_page import ReportPage, add_filter_words, report_context
from callbacks.reports.report_view import ReportView
from layouts import ids
from layouts.components.context import Context
from layouts.pages.quality import comments as layout
from layouts.pages.quality.data import PAGE, Comment, Comments, Moment, OpenComment
from layouts.roles import PAGES
from metrics.live.current import team_names
from metrics.measures.responsiveness import first_response_time, time_to_close
from metrics.model import people
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED
from metrics.model.letters import fold_letters
from metrics.model.schema import attribute
from metrics.model.selection import agent_of, value_of
from metrics.query import report
from metrics.query.drilldown import PART, REASON, VALUE, Cell, Drilldown
from services.runtime.backend import Backend

SHOWN = 8
BANDS = ("negative", "neutral", "positive")
METRIC = "csat_average"
MOMENTS = {
    "created_at": "created",
    "first_admin_reply_at": "answered",
    "first_close_at": "first_close",
    "last_close_at": "last_close",
    "rating_at": "rated",
}


def register(app: Dash, backend: Backend, page: ReportPage) -> None:
    place = (ids.panel(PAGE, "comments"), "children")

    @role_callback(app, roles=PAGES[page.path].roles)(
        Output(*place),
        Output(ids.panel(PAGE, "comments-shown"), "data"),
        Input(ids.URL, "search"),
        Input(ids.FRAME, "data"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "comments-shown"), "data"),
    )
    def show_comments(search: str | None, _: Any, path: str | None, shown: Any) -> list[Any]:
        if path != page.path:
            raise PreventUpdate
        context = report_context(backend, path, search)
        try:
            question = page.question(search, backend)
            query = read_reader(search)
        except ParameterError:
            # The page says what is wrong with its address, and shows what it can without it.
            context = replace(context, choices={})
            question, query = page.question("", backend), ReaderQuery()
        if question is None:
            raise PreventUpdate
        built = _build_comments(add_filter_words(question, context), query, backend, context)
        return answer(draw({place: layout.comments(built, context)}), (), shown, [place])

    app.clientside_callback(
        ClientsideFunction("quality", "look"),
        Output(ids.panel(PAGE, "comments"), "title"),
        Input(ids.panel(PAGE, "find"), "value"),
        prevent_initial_call=True,
    )


def read_reader(search: str | None) -> ReaderQuery:
    """Raises ParameterError where the address cannot be used."""
    fields = parse_search(search)
    return read(ReaderQuery, [(name, fields[name]) for name in READER if name in fields])


def _build_comments(
    question: ReportView[Any], query: ReaderQuery, backend: Backend, context: Context
) -> Comments:
    cells = [Cell(PART, query.part)] if query.part else []
    listing = list_rows(question, METRIC, cells)
    found = _search_comments(question, listing, query.find)
    ids_found = found.query.select("id").collect().to_series()
    chosen = ids_found.index_of(query.comment) if query.comment else None
    number = chosen // SHOWN if chosen is not None else query.page - 1
    number = min(number, max(0, (found.n - 1) // SHOWN))
    first = number * SHOWN

    def address(**changes: str | None) -> str:
        choices: dict[str, str | None] = {"band": query.band, "comments_find": query.find or None}
        return context.view(**{**choices, **changes})

    def reading(place: int) -> str | None:
        return address(comment=ids_found[place]) if 0 <= place < found.n else None

    def turned(page: int) -> str | None:
        return address(comments_page=str(page + 1)) if 0 <= page * SHOWN < found.n else None

    listed = _build_list(found.slice(first, SHOWN), question, backend, context)
    place = chosen if chosen is not None else first
    read = None
    if found.n:
        read = replace(
            _build_read(found.slice(place, 1), listed[place - first], question),
            place=place,
            before=reading(place - 1),
            after=reading(place + 1),
        )
    every = report.evaluate(CATALOG[METRIC], question.view)
    bands = [
        (band, every.parts[band], _link_band(band, context), query.part == band) for band in BANDS
    ]
    bands.append(("all", every.n, _link_band("all", context), query.part is None))
    return Comments(
        bands=bands,
        ratings=listing.n,
        match_count=found.n,
        listed=[(comment, reading(first + n) or "") for n, comment in enumerate(listed)],
        first=first,
        turns=(turned(number - 1), turned(number + 1)),
        read=read,
        find=query.find,
        target=question.rules.first_response_seconds,
        info=figure_info(
            "comments",
            listing.n,
            question,
            backend.now(),
            context,
            listed=METRIC,
        ),
    )


def _link_band(band: str, context: Context) -> str:
    return context.view(band=None if band == "negative" else band)


def _search_comments(question: ReportView[Any], listing: Drilldown, find: str) -> Drilldown:
    """The ratings that come with words, newest first; those with all that is looked for."""
    words = fold_texts(pl.col("rating_remark")).str.strip_chars()
    fits = [
        words != "",
        *(words.str.contains(word, literal=True) for word in fold_letters(find).split()),
    ]
    return arrange_rows(question, listing.filter(pl.all_horizontal(fits)), "", None)


def _build_list(
    listing: Drilldown, question: ReportView[Any], backend: Backend, context: Context
) -> list[Comment]:
    tables, links = question.tables, backend.links(question.snapshot)
    names = people.names(tables)
    rows = listing.query.select(
        *("id", "rating", "rating_remark", "rating_at"),
        agent=agent_of(tables, CATALOG[METRIC]).fill_null(UNASSIGNED),
        reason=attribute(question.rules.labels.reason),
    ).collect()
    return [
        Comment(
            id=row["id"],
            rating=row["rating"],
            words=row["rating_remark"].strip(),
            at=row["rating_at"],
            agent=name_person(row["agent"], names, context),
            reason=row["reason"] or "",
            url=links.conversation(row["id"]),
        )
        for row in rows.iter_rows(named=True)
    ]


def _build_read(listing: Drilldown, comment: Comment, question: ReportView[Any]) -> OpenComment:
    view = replace(question.view, rules=question.rules.with_clock("all"))
    first_response, close = (
        value_of(metric, view) for metric in (first_response_time, time_to_close)
    )
    target = view.rules.first_response_seconds
    row = (
        listing.query.select(
            *("team_id", "count_reopens", *MOMENTS), first_response=first_response, close=close
        )
        .collect()
        .row(0, named=True)
    )
    alike = late = 0
    if comment.reason:
        cells = (Cell(REASON, comment.reason), Cell(VALUE, "1"))
        bad = list_rows(question, "dsat_score", cells)
        alike, late = bad.n, bad.query.select((first_response > target).sum()).collect().item()
    return OpenComment(
        comment=comment,
        team=team_names(view.tables, view.rules).get(row["team_id"], ""),
        first_response=row["first_response"],
        close=row["close"],
        reopens=row["count_reopens"],
        moments=_build_moments(row, target),
        place=0,
        before=None,
        after=None,
        alike=alike,
        alike_late=late,
    )


def _build_moments(row: Mapping[str, Any], target: float) -> list[Moment]:
    """What happened, in order; one close where the first was the last."""
    known = {what: row[column] for column, what in MOMENTS.items() if row[column] is not None}
    if known.get("first_close") == known.get("last_close"):
        known.pop("first_close", None)
    moments: list[Moment] = []
    for what, at in sorted(known.items(), key=lambda item: item[1]):
        since = (at - moments[-1].at).total_seconds() if moments else None
        late = what == "answered" and since is not None and since > target
        moments.append(Moment(what, at, since, late))
    return moments
