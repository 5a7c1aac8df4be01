"""The comment reader: listed, searched and opened by the address, apart from the page's numbers."""

from dataclasses import replace
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from callbacks.access.roles import role_callback
from callbacks.pages.quality.figures import ReaderQuery
from callbacks.reports.filter_choices import fold_text, name_person
from callbacks.reports.listing import Listing, arrange_rows, list_rows, take_rows
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
from metrics.model.selection import agent_of, attribute_values
from metrics.model.values import number_or_none
from metrics.query.drilldown import PART, REASON, VALUE, Cell
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
    places = _search_comments(question, listing, query.find)
    rows = take_rows(question, listing, places)
    ids_found = rows["id"].astype("str").tolist()
    chosen = ids_found.index(query.comment) if query.comment in ids_found else None
    number = chosen // SHOWN if chosen is not None else query.page - 1
    number = min(number, max(0, (len(places) - 1) // SHOWN))
    first = number * SHOWN

    def address(**changes: str | None) -> str:
        choices: dict[str, str | None] = {"band": query.band, "comments_find": query.find or None}
        return context.view(**{**choices, **changes})

    def reading(place: int) -> str | None:
        return address(comment=ids_found[place]) if 0 <= place < len(ids_found) else None

    def turned(page: int) -> str | None:
        return address(comments_page=str(page + 1)) if 0 <= page * SHOWN < len(places) else None

    listed = _build_list(rows.iloc[first : first + SHOWN], question, backend, context)
    place = chosen if chosen is not None else first
    read = None
    if ids_found:
        row = rows.iloc[place]
        read = replace(
            _build_read(row, listed[place - first], question),
            place=place,
            before=reading(place - 1),
            after=reading(place + 1),
        )
    every = list_rows(question, METRIC, [])
    counted = {band: list_rows(question, METRIC, [Cell(PART, band)]).n for band in BANDS}
    bands = [(band, counted[band], _link_band(band, context), query.part == band) for band in BANDS]
    bands.append(("all", every.n, _link_band("all", context), query.part is None))
    return Comments(
        bands=bands,
        ratings=listing.n,
        match_count=len(places),
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


def _search_comments(question: ReportView[Any], listing: Listing, find: str) -> Any:
    """Places of the ratings that come with words, newest first; those looked for in them."""
    places = arrange_rows(question, listing, "", None)
    remarks = take_rows(question, listing, places)["rating_remark"].astype("str").fillna("")
    wanted = fold_text(find).split()
    texts = [fold_text(words).strip() for words in remarks]
    fits = [bool(words) and all(word in words for word in wanted) for words in texts]
    return places[pd.array(fits, dtype="bool").to_numpy()] if len(places) else places


def _build_list(
    rows: pd.DataFrame, question: ReportView[Any], backend: Backend, context: Context
) -> list[Comment]:
    tables = question.tables
    names = people.names(tables)
    agents = agent_of(rows, tables, CATALOG[METRIC]).fillna("none")
    reasons = attribute_values(rows, question.rules.labels.reason).fillna("")
    links = backend.links(question.snapshot)
    return [
        Comment(
            id=str(row["id"]),
            rating=int(row["rating"]),
            words=str(row["rating_remark"]).strip(),
            at=row["rating_at"].to_pydatetime(),
            agent=name_person(str(agent), names, context),
            reason=str(reason),
            url=links.conversation(str(row["id"])),
        )
        for row, agent, reason in zip(rows.to_dict("records"), agents, reasons, strict=True)
    ]


def _build_read(row: pd.Series, comment: Comment, question: ReportView[Any]) -> OpenComment:
    rules, tables = question.rules.with_clock("all"), question.tables
    frame = row.to_frame().T.astype(tables.conversations.dtypes.to_dict())
    answered = first_response_time(frame, rules, tables.now).iloc[0]
    closed = time_to_close(frame, rules, tables.now).iloc[0]
    team = "" if pd.isna(row["team_id"]) else str(row["team_id"])
    alike = late = 0
    if comment.reason:
        cells = (Cell(REASON, comment.reason), Cell(VALUE, "1"))
        alike_rows = list_rows(question, "dsat_score", cells)
        rows = tables.conversations.iloc[alike_rows.positions]
        times = first_response_time(rows, rules, tables.now)
        alike, late = alike_rows.n, int(times.gt(rules.first_response_seconds).fillna(False).sum())
    return OpenComment(
        comment=comment,
        team=team_names(tables, rules).get(team, ""),
        first_response=number_or_none(answered),
        close=number_or_none(closed),
        reopens=None if pd.isna(row["count_reopens"]) else int(row["count_reopens"]),
        moments=_build_moments(row, rules.first_response_seconds),
        place=0,
        before=None,
        after=None,
        alike=alike,
        alike_late=late,
    )


def _build_moments(row: pd.Series, target: float) -> list[Moment]:
    """What happened, in order; one close where the first was the last."""
    known = {what: row[column] for column, what in MOMENTS.items() if not pd.isna(row[column])}
    if known.get("first_close") == known.get("last_close"):
        known.pop("first_close", None)
    moments: list[Moment] = []
    for what, at in sorted(known.items(), key=lambda item: item[1]):
        since = (at.to_pydatetime() - moments[-1].at).total_seconds() if moments else None
        late = what == "answered" and since is not None and since > target
        moments.append(Moment(what, at.to_pydatetime(), since, late))
    return moments
