"""The grid of the shift schedule, edited in place; it stays while the numbers are drawn anew."""

from collections.abc import Sequence
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.panel import panel, pill
from layouts.components.states import banner, empty
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.pages.staffing.data import PAGE, Roster, ScheduleRow
from metrics.planning.schedule import LONGEST_CELL, WEEKDAYS

# A cell of more characters is written narrower.
LONG = 14


def place() -> Element:
    return html.Div(
        [
            dcc.Store(id=ids.panel(PAGE, "action")),
            dcc.Store(id=ids.panel(PAGE, "done")),
            dcc.Download(id=ids.panel(PAGE, "download")),
            html.Div(html.Div(className="skeleton skeleton-panel"), id=ids.panel(PAGE, "grid")),
            html.Div(id=ids.panel(PAGE, "said"), className="schedule-said"),
        ],
        id=ids.panel(PAGE, "schedule"),
    )


def grid(roster: Roster, stamp: str, context: Context) -> Element:
    """`stamp` tells one drawing from the other, so that no field keeps what it had before."""
    text = context.text
    body: Any = empty(context, text("staffing.nobody_known"))
    if roster.rows:
        body = [
            _notice(roster, context),
            html.Div(_table(roster, stamp, context), className="table-frame"),
        ]
    count = sum(1 for row in roster.rows if any(row.saved))
    return panel(
        text("staffing.schedule"),
        body,
        population=text.plural("staffing.with_shift", count, n=context.formats.count(count)),
        tools=_tools(context),
        footnote=text("staffing.schedule_foot"),
        class_name="schedule-panel",
        **{
            "data-schedule-version": str(roster.version),
            "data-file": roster.file,
            "data-too-large": text("staffing.fault.too_large"),
        },
    )


def _tools(context: Context) -> list[Any]:
    text = context.text
    unsaved = html.Span(
        "",
        className="unsaved",
        role="status",
        **{
            "data-unsaved": "",
            "data-one": text("staffing.unsaved.one"),
            "data-other": text("staffing.unsaved.other", n="{n}"),
        },
    )

    def button(act: str, name: str, kind: str = "") -> Element:
        return html.Button(
            [icon(name), text(f"staffing.{act}")],
            className=f"button {kind}".strip(),
            title=text(f"staffing.{act}_words"),
            **{"data-schedule": act},
        )

    return [
        unsaved,
        button("save", "check2", "button-primary"),
        button("cancel", "arrow-counterclockwise"),
        button("import", "file-earmark-spreadsheet"),
        button("export", "download"),
    ]


def _notice(roster: Roster, context: Context) -> Element:
    text, formats = context.text, context.formats
    if roster.file:
        title = text("staffing.read", file=roster.file)
        return banner("information", title, text("staffing.read_words"))
    if not roster.version or roster.at is None:
        return banner(
            "information", text("staffing.no_schedule_yet"), text("staffing.no_schedule_words")
        )
    moment = formats.moment(roster.at)
    return html.Div(
        text("staffing.saved_by", by=roster.by, moment=moment), className="schedule-saved bidi"
    )


def _table(roster: Roster, stamp: str, context: Context) -> Element:
    text = context.text
    heads = [html.Th(text("staffing.fair_head.person"), className="left", scope="col")]
    heads += [
        html.Th(text(f"rows.weekday.{day}"), className="left", scope="col")
        for day in range(WEEKDAYS)
    ]
    heads.append(html.Th(text("staffing.week_hours"), scope="col"))
    body = [_row(row, f"{stamp}-{place}", context) for place, row in enumerate(roster.rows)]
    return html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(body)], className="grid-table schedule-table"
    )


def _row(row: ScheduleRow, stamp: str, context: Context) -> Element:
    text, formats = context.text, context.formats
    name: list[Any] = [html.Span(row.name, className="name bidi")]
    if row.status in ("left", "outside"):
        name.append(pill(text(f"analyst.status.{row.status}")))
    cells = [_cell(row, day, stamp, context) for day in range(WEEKDAYS)]
    hours = formats.decimal(row.minutes / 60) if row.minutes else "0"
    return html.Tr(
        [
            html.Th(html.Span(name, className="who"), className="left", scope="row"),
            *[html.Td(cell, className="left") for cell in cells],
            html.Td(hours),
        ]
    )


def _cell(row: ScheduleRow, day: int, stamp: str, context: Context) -> Element:
    text = context.text
    weekday = text(f"rows.weekday.{day}")
    return html.Label(
        [
            html.Span(text("staffing.cell", name=row.name, weekday=weekday), className="unseen"),
            dcc.Input(
                id=f"{PAGE}--cell-{stamp}-{day}",
                value=row.shown[day],
                type="text",
                placeholder=text("staffing.off"),
                maxLength=LONGEST_CELL,
                autoComplete="off",
                spellCheck="false",
            ),
        ],
        className="shift-cell shift-long" if len(row.shown[day]) > LONG else "shift-cell",
        title=row.shown[day] if len(row.shown[day]) > LONG else None,
        **{"data-agent": row.agent_id, "data-day": str(day), "data-was": row.saved[day]},
    )


def saved(words: str) -> Element:
    return html.Div([icon("check2"), words], className="schedule-good", role="status")


def refused(title: str, words: str, lines: Sequence[str], more: int, context: Context) -> Element:
    """Nothing was changed: one line for each cell says why."""
    text = context.text
    parts: list[Any] = [html.Li(line, className="bidi") for line in lines]
    if more > 0:
        parts.append(html.Li(text.plural("staffing.more_faults", more, n=more)))
    return html.Div(
        [banner("attention", title, words), html.Ul(parts, className="fault-list")],
        role="alert",
    )
