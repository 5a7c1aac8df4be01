"""Why our numbers differ from the vendors' own, and a file of theirs explained row by row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from layouts import ids
from layouts.components import report_frame
from layouts.components.context import Context
from layouts.components.data_table import data_table, plain_table
from layouts.components.panel import open_link, panel, pill, segmented
from layouts.components.states import banner
from layouts.components.typed_table import Cell, Column, Table
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from metrics.query.reconciliation import Difference, Reconciliation, What

PAGE, PATH = "differences", "/differences"
# Numbers that a vendor's own report counts otherwise, on purpose.
METRICS = (
    "conversations",
    "conversations_closed",
    "closes",
    "first_response_time",
    "time_to_close",
    "csat_average",
    "csat_score",
    "csat_response_rate",
    "calls_inbound",
    "calls_missed",
    "time_to_answer",
    "talk_time",
    "service_level",
)
WHATS: tuple[What, ...] = ("conversations", "closes", "calls")
ROWS_SHOWN = 300


@dataclass(frozen=True)
class Check:
    """What a file is compared with; zones are IANA names, the first where none is chosen."""

    what: What
    zones: Sequence[str]
    zone: str


def frame(name: str, context: Context) -> Element:
    """What a file says stays while the rest of the page is drawn anew."""
    return report_frame.page(name, context, after=[html.Div(id=ids.panel(PAGE, "result"))])


def content(check: Check, context: Context) -> list[Element]:
    return [_file_panel(check, context), _reasons(context)]


def _file_panel(check: Check, context: Context) -> Element:
    text = context.text
    whats = [
        (
            text(f"differences.what.{what}"),
            context.view(what=None if what == WHATS[0] else what),
            what == check.what,
        )
        for what in WHATS
    ]
    zones = [
        (zone.replace("_", " "), context.view(zone=None if not n else zone), zone == check.zone)
        for n, zone in enumerate(check.zones)
    ]
    attributes: dict[str, Any] = {
        "data-check": "",
        "data-checking": text("differences.checking"),
        "data-failed": text("differences.failed"),
        "data-too-large": text("differences.fault.too_large"),
    }
    choose = html.Button(
        [icon("table"), text("differences.choose")], className="button button-primary", **attributes
    )
    body = [
        html.P(text("differences.check_words")),
        html.Div(
            [
                html.Span(text("differences.lists"), className="quieter"),
                segmented(whats, text("differences.lists")),
                html.Span(text("differences.zone"), className="quieter"),
                segmented(zones, text("differences.zone")),
                choose,
            ],
            className="view-tools",
        ),
    ]
    return panel(
        text("differences.check"),
        body,
        footnote=text("differences.check_note"),
        id=ids.panel(PAGE, "check"),
    )


def _reasons(context: Context) -> Element:
    text = context.text
    title = text("differences.on_purpose")
    labels = {key: text(f"metrics.{key}.label") for key in METRICS}
    rows = [
        (Cell(label, drawn=html.Span(label, id=ids.panel(PAGE, key))), _differs(key, context))
        for key, label in labels.items()
    ]
    columns = [Column(text(f"differences.{key}"), "text") for key in ("number", "why")]
    table = data_table(Table(title, columns, rows), context, "differs-table")
    return panel(
        title,
        html.Div(table, className="table-frame"),
        footnote=text("differences.version_note"),
        id=ids.panel(PAGE, "on_purpose"),
    )


def _differs(key: str, context: Context) -> str:
    return context.text(f"differences.metric.{key}")


def link(key: str, words: str) -> Element:
    """To what the page says of a number."""
    return dcc.Link(words, href=f"{PATH}#{ids.panel(PAGE, key)}", className="link")


def refused(fault: str, known: Sequence[str], context: Context) -> Element:
    words = context.text("differences.columns", names=", ".join(known)) if known else ""
    title = context.text(f"differences.fault.{fault}")
    return banner("attention", title, html.Span(words, className="bidi"))


def result(
    found: Reconciliation,
    name: str,
    urls: Mapping[str, str | None],
    labels: Mapping[str, str],
    context: Context,
) -> list[Element]:
    """The equation from the vendor's number to ours, and the rows that make the difference.

    `urls` are of conversations; `labels` says of rows what they are about.
    """
    text, formats = context.text, context.formats
    download = html.Button(
        [icon("file-earmark-spreadsheet"), "Excel"],
        className="button",
        **{"data-check-file": "", "data-failed": text("rows.file_failed")},
    )
    heads = [text(f"differences.head.{key}") for key in ("step", "n", "explained")]
    signs = {"file": "−", "own": "+"}
    steps: list[list[Any]] = [
        [html.B(text(f"differences.file_count.{found.what}")), formats.count(found.file), name]
    ]
    steps += [
        [
            html.Span(text(f"differences.cause.{cause}")),
            f"{signs[side]}{formats.count(n)}",
            text(f"differences.why_cause.{cause}"),
        ]
        for side, cause, n in found.causes
    ]
    steps.append(
        [html.B(text(f"differences.own_count.{found.what}")), formats.count(found.own), "Vigia"]
    )
    rest = found.unexplained
    verdict = pill(
        text("differences.all_explained")
        if not rest
        else text.plural("differences.unexplained", rest, n=formats.count(rest)),
        "good" if not rest else "attention",
        "check2" if not rest else "exclamation-triangle-fill",
    )
    summary = panel(
        text("differences.result"),
        html.Div(plain_table(heads, steps, "check-table"), className="table-frame"),
        population=text("differences.agreed", n=formats.count(found.agreed)),
        tools=[verdict, download],
        footnote=text("differences.result_note"),
        id=ids.panel(PAGE, "summary"),
    )
    if not found.differences:
        return [summary]
    return [summary, _rows_panel(found, urls, labels, context)]


def _rows_panel(
    found: Reconciliation,
    urls: Mapping[str, str | None],
    labels: Mapping[str, str],
    context: Context,
) -> Element:
    text, formats = context.text, context.formats
    shown = found.differences[:ROWS_SHOWN]
    years = {one.own_at.year for one in found.differences if one.own_at is not None}
    rows = [
        [
            text(f"differences.cause.{one.cause}"),
            _name(one, urls.get(one.id), labels.get(one.id, ""), context),
            text(f"differences.side.{one.side}"),
            _moment(one.file_at, years, context),
            _moment(one.own_at, years, context),
            formats.count(one.line) if one.line else "",
        ]
        for one in shown
    ]
    keys = ("cause", "id", "where", "file_at", "own_at", "line")
    total = len(found.differences)
    first = text("differences.first", n=formats.count(len(shown)), total=formats.count(total))
    return panel(
        text("differences.rows"),
        html.Div(
            plain_table([text(f"differences.head.{k}") for k in keys], rows, "check-rows", words=3),
            className="table-frame tall",
        ),
        population=text("units.n", n=formats.count(total)),
        footnote=first if total > len(shown) else None,
        id=ids.panel(PAGE, "rows"),
    )


def _name(one: Difference, url: str | None, label: str, context: Context) -> Any:
    words = one.id or context.text("differences.no_id")
    known = open_link(url, words) if url and one.own_at is not None else html.Span(words)
    return [known, " ", html.Span(label, className="bidi elided quieter", title=label)]


def _moment(at: datetime | None, years: Collection[int], context: Context) -> str:
    """With its year where that is none of ours."""
    if at is None:
        return ""
    words = context.formats.moment(at)
    return words if at.year in years else f"{words} ({at.year})"
