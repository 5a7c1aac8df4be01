"""Tables of the telephone: people, lines, passed on, callers, call-backs, the calls themselves."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from layouts.components.context import Context
from layouts.components.data_table import data_table, named, plain_table
from layouts.components.panel import figure_panel, no_data, open_link
from layouts.components.rows_panel import CALL_ICONS, Call
from layouts.components.states import empty
from layouts.components.typed_table import Cell, Column, Table
from layouts.components.view_link import rows_link
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.pages.telephony.data import PAGE, LineCalls, Telephony
from metrics.live.calls import AgentCalls
from metrics.model.catalog import CATALOG
from metrics.model.filters import UNASSIGNED

LINE_KEYS = (
    "calls_inbound",
    "calls_answered",
    "calls_missed",
    "loss_rate",
    "time_to_answer",
    "talk_time",
    "calls_outbound",
)
SHOWN = 50


def _frame(table: Any, class_name: str = "") -> Element:
    return html.Div(table, className=f"table-frame {class_name}".strip())


def _columns(context: Context, **kinds: Any) -> list[Column]:
    """What has one kind only; the words of a column are those of its name."""
    writers: dict[str, Callable[[Any], Any]] = {
        "name": named,
        "digits": _digits,
        "talk": context.formats.duration,
    }
    columns = []
    for name, kind in kinds.items():
        title = context.text(f"telephony.columns.{name}")
        usual = {"name": "text", "digits": "text", "talk": "seconds"}.get(kind, kind)
        columns.append(Column(title, usual, writers.get(kind), sums=kind == "count"))
    return columns


def _digits(digits: str) -> Element:
    return html.Span(digits, className="digits")


def agents(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    widest = max((agent.answered for agent in telephony.agents), default=0) or 1
    columns = _columns(
        context,
        agent="name",
        answered="count",
        out="count",
        out_answered="count",
        rung="count",
        answer="seconds",
        mean="talk",
        sum="seconds",
        passed="count",
        to="name",
    )
    # Calls of two people are counted for both: their sum is no number of calls.
    columns[1] = replace(columns[1], sums=False)
    rows = [_agent(agent, widest, telephony.names, context) for agent in telephony.agents]
    title = text("telephony.agents")
    body: Any = empty(context, text("telephony.no_people"))
    if rows:
        body = _frame(data_table(Table(title, columns, rows), context, "people-table"))
    return figure_panel(
        PAGE,
        "calls_per_agent",
        title,
        body,
        None,
        context,
        population=text.plural("telephony.people_n", len(rows), n=len(rows)),
        footnote=text(
            "overview.agents_note",
            credits=formats.count(telephony.credits),
            calls=formats.count(telephony.answered),
        ),
        info=telephony.infos["calls_per_agent"],
    )


def _agent(agent: AgentCalls, widest: int, names: Mapping[str, str], context: Context) -> list[Any]:
    formats = context.formats
    cell, giver = f"agent:{agent.id}", f"transferred_by:{agent.id}"
    bar = html.Span(
        html.Span(className="bar-fill"),
        className="bar people-bar",
        style={"--share": f"{agent.answered / widest * 100:.1f}%"},
    )
    count: Any = formats.count(agent.answered)
    if agent.answered:
        count = rows_link(count, context, "calls_answered", cell)
    taken: Any = formats.count(agent.outbound_answered)
    if agent.outbound:
        share = formats.share(agent.outbound_answered / agent.outbound, 0)
        if agent.outbound_answered:
            taken = rows_link(taken, context, "calls_outbound_answered", cell)
        taken = [taken, " ", html.Span(share, className="quieter")]
    passed = ", ".join(f"{_taker(to.taker, names, context)} ({to.calls}×)" for to in agent.passed)
    name = names[agent.id]
    return [
        Cell(name, drawn=html.Span(name, className="bidi name", title=name)),
        Cell(agent.answered, drawn=html.Span([bar, count], className="people-answered")),
        Cell(agent.outbound, ("calls_outbound", cell)),
        Cell(agent.outbound_answered, drawn=taken),
        Cell(agent.rung, ("calls_rung", cell)),
        agent.time_to_answer,
        agent.talk_mean,
        agent.talk_seconds,
        Cell(agent.passed_on, ("transfers", giver)),
        passed,
    ]


def _taker(agent: str, names: Mapping[str, str], context: Context) -> str:
    return context.text("telephony.unknown_taker") if agent == UNASSIGNED else names[agent]


def lines(telephony: Telephony, context: Context) -> Element:
    text = context.text
    kinds = {key: CATALOG[key].unit for key in LINE_KEYS}
    columns = _columns(context, line="name", **kinds)
    rows = [_line(line, telephony.gap is not None) for line in telephony.line_rows]
    title = text("telephony.lines_table")
    return figure_panel(
        PAGE,
        "lines_table",
        title,
        _frame(data_table(Table(title, columns, rows), context, "lines-table")),
        None,
        context,
        population=text.plural("telephony.lines_n", len(rows), n=len(rows)),
        info=telephony.infos["lines_table"],
    )


def _line(line: LineCalls, unanswerable: bool) -> list[Any]:
    cells: list[Any] = [line.name]
    for key in LINE_KEYS:
        number = line.metrics.get(key)
        if number is None or number.value is None:
            is_none = number is None and CATALOG[key].unit == "count"
            unknown = unanswerable and CATALOG[key].of_line
            cells.append(0 if is_none and not unknown else None)
        else:
            cells.append(Cell(number.value, (key, f"line:{line.id}") if number.n else ()))
    return cells


def transfers(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    total = sum(transfer.calls for transfer in telephony.transfers)
    columns = _columns(context, giver="name", taker="name")
    columns.append(Column("n", sums=True))
    rows = [
        [
            telephony.names[transfer.giver],
            _taker(transfer.taker, telephony.names, context),
            Cell(
                transfer.calls,
                (
                    "transfers",
                    f"transferred_by:{transfer.giver}",
                    f"transferred_to:{transfer.taker}",
                ),
            ),
        ]
        for transfer in telephony.transfers
    ]
    title = text("telephony.transfers")
    body: Any = empty(context, text("telephony.no_transfers"))
    if rows:
        body = _frame(data_table(Table(title, columns, rows), context), "tall")
    return figure_panel(
        PAGE,
        "transfers",
        title,
        body,
        None,
        context,
        population=text("units.n", n=formats.count(total)),
        info=telephony.infos["transfers"],
    )


def callers(telephony: Telephony, context: Context) -> Element:
    """Anonymous numbers are never taken for one caller."""
    text, formats = context.text, context.formats
    columns = _columns(
        context,
        number="digits",
        contact="text",
        calls="count",
        lost="count",
        mean="talk",
        last="moment",
    )
    rows = [
        [
            caller.digits,
            _contact(caller.name, context),
            Cell(caller.calls, ("calls", f"caller:{caller.id}")),
            _many_lost(caller.lost, caller.calls, context),
            caller.talk_mean,
            caller.last_at,
        ]
        for caller in telephony.callers
    ]
    title = text("telephony.callers")
    body: Any = empty(context, text("telephony.no_callers"))
    if rows:
        body = _frame(data_table(Table(title, columns, rows), context, shown=SHOWN), "tall")
    count = len(rows)
    return figure_panel(
        PAGE,
        "recurring_callers",
        title,
        body,
        None,
        context,
        population=text.plural("telephony.callers_n", count, n=formats.count(count)),
        footnote=text("telephony.callers_first", n=SHOWN) if count > SHOWN else None,
        info=telephony.infos["recurring_callers"],
    )


def _contact(name: str, context: Context) -> Cell:
    if name:
        return Cell(name, drawn=named(name))
    nobody = html.Span(context.text("telephony.no_contact"), className="no-data")
    return Cell(None, drawn=nobody)


def _many_lost(lost: int, calls: int, context: Context) -> Cell:
    if not lost or lost != calls:
        return Cell(lost)
    label = [icon("exclamation-triangle-fill"), " ", context.formats.count(lost)]
    return Cell(lost, drawn=html.Span(label, className="warn strong"))


def owed(telephony: Telephony, context: Context) -> Element:
    """Who did not get us, and has not heard from us since."""
    text, formats = context.text, context.formats
    count = len(telephony.owed)
    columns = _columns(
        context,
        waits="seconds",
        number="digits",
        contact="text",
        since="moment",
        missed="count",
        line="name",
    )
    write = formats.span_of
    columns[0] = replace(columns[0], write=lambda waits: html.B(write(waits)), class_name="left")
    rows = [
        [
            call.waits,
            call.digits,
            _contact(call.name, context),
            call.since,
            Cell(call.missed, ("calls", f"caller:{call.id}")),
            call.line,
        ]
        for call in telephony.owed
    ]
    title = text("telephony.owed")
    body: Any = empty(context, text("telephony.none_owed"), gap=telephony.gap)
    if rows:
        table = data_table(Table(title, columns, rows), context, "owed-table", shown=SHOWN)
        body = _frame(table, "tall")
    return figure_panel(
        PAGE,
        "callback_debt",
        title,
        body,
        None,
        context,
        population=text.plural("telephony.owed_n", count, n=formats.count(count)),
        footnote=text("telephony.owed_note"),
        info=telephony.infos["callback_debt"],
    )


def recent(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    keys = ("when", "who", "what", "person", "line", "talk", "recording")
    heads = [text(f"telephony.columns.{key}") for key in keys]
    rows = [_call(call, context) for call in telephony.recent]
    label = text.plural("rows.see", telephony.calls, n=formats.count(telephony.calls))
    every = rows_link(label, context, "calls", class_name="link")
    return figure_panel(
        PAGE,
        "calls",
        text("telephony.recent"),
        _frame(plain_table(heads, rows, "calls-table", words=5)),
        None,
        context,
        population=text("telephony.recent_n", n=len(rows), total=formats.count(telephony.calls)),
        tools=[every],
        info=telephony.infos["calls"],
    )


def _call(call: Call, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    label = text(f"rows.call.{call.kind}")
    if call.outcome:
        label += f", {text(f'metrics.parts.{call.outcome}')}"
    listen: Any = html.Span(text("telephony.no_recording"), className="no-data")
    if call.has_recording:
        listen = open_link(f"/calls/{quote(call.id, safe='')}/recording", text("states.listen"))
    person, line = call.about
    return [
        formats.moment(call.at),
        named(call.who),
        html.Span([icon(CALL_ICONS[call.kind]), " ", label], className="call-kind"),
        named(person),
        named(line),
        no_data(context) if call.talk is None else formats.duration(call.talk),
        listen,
    ]
