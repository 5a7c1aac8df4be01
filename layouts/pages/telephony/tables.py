"""Tables of the telephone: people, lines, passed on, callers, call-backs, the calls themselves."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.panel import figure_panel, no_data, open_link
from layouts.components.rows_panel import CALL_ICONS, Call
from layouts.components.states import empty
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
SHOWN = 10


def _frame(table: Any, class_name: str = "") -> Element:
    return html.Div(table, className=f"table-frame {class_name}".strip())


def _linked(words: str, n: int, context: Context, key: str, *cells: str) -> Any:
    return rows_link(words, context, key, *cells) if n else words


def _person(name: str) -> Element:
    return html.Span(name, className="bidi", title=name)


def agents(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    keys = (
        "agent",
        "answered",
        "out",
        "out_answered",
        "rung",
        "answer",
        "mean",
        "sum",
        "passed",
        "to",
    )
    heads = [text(f"telephony.columns.{key}") for key in keys]
    widest = max((agent.answered for agent in telephony.agents), default=0) or 1
    rows = [_agent(agent, widest, telephony.names, context) for agent in telephony.agents]
    body: Any = empty(context, text("telephony.no_people"))
    if rows:
        body = _frame(data_table(heads, rows, "people-table"))
    return figure_panel(
        PAGE,
        "calls_per_agent",
        text("telephony.agents"),
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
    count = _linked(formats.count(agent.answered), agent.answered, context, "calls_answered", cell)
    taken: Any = formats.count(agent.outbound_answered)
    if agent.outbound:
        share = formats.share(agent.outbound_answered / agent.outbound, 0)
        link = _linked(taken, agent.outbound_answered, context, "calls_outbound_answered", cell)
        taken = [link, " ", html.Span(share, className="quieter")]
    passed = ", ".join(f"{_taker(to.taker, names, context)} ({to.calls}×)" for to in agent.passed)
    waits = agent.time_to_answer
    return [
        html.Span(names[agent.id], className="bidi name", title=names[agent.id]),
        html.Span([bar, count], className="people-answered"),
        _linked(formats.count(agent.outbound), agent.outbound, context, "calls_outbound", cell),
        taken,
        _linked(formats.count(agent.rung), agent.rung, context, "calls_rung", cell),
        no_data(context) if waits is None else formats.duration(waits),
        no_data(context) if agent.talk_mean is None else formats.talk(agent.talk_mean),
        formats.duration(agent.talk_seconds),
        _linked(formats.count(agent.passed_on), agent.passed_on, context, "transfers", giver),
        html.Span(passed, className="bidi elided", title=passed),
    ]


def _taker(agent: str, names: Mapping[str, str], context: Context) -> str:
    return context.text("telephony.unknown_taker") if agent == UNASSIGNED else names[agent]


def lines(telephony: Telephony, context: Context) -> Element:
    text = context.text
    heads = [text("telephony.columns.line")]
    heads += [text(f"telephony.columns.{key}") for key in LINE_KEYS]
    rows = [_line(line, telephony.gap is not None, context) for line in telephony.line_rows]
    return figure_panel(
        PAGE,
        "lines_table",
        text("telephony.by_line"),
        _frame(data_table(heads, rows, "lines-table")),
        None,
        context,
        population=text.plural("telephony.lines_n", len(rows), n=len(rows)),
        info=telephony.infos["lines_table"],
    )


def _line(line: LineCalls, unanswerable: bool, context: Context) -> list[Any]:
    cells: list[Any] = [_person(line.name)]
    for key in LINE_KEYS:
        number = line.metrics.get(key)
        if number is None or number.value is None:
            is_none = number is None and key.startswith("calls")
            unknown = unanswerable and CATALOG[key].of_line
            cells.append("0" if is_none and not unknown else no_data(context))
            continue
        label = context.formats.value(number.value, number.unit)
        cells.append(_linked(label, number.n, context, key, f"line:{line.id}"))
    return cells


def transfers(telephony: Telephony, context: Context) -> Element:
    text, formats = context.text, context.formats
    total = sum(transfer.calls for transfer in telephony.transfers)
    heads = [text("telephony.columns.giver"), text("telephony.columns.taker"), "n"]
    rows = [
        [
            _person(telephony.names[transfer.giver]),
            _person(_taker(transfer.taker, telephony.names, context)),
            rows_link(
                formats.count(transfer.calls),
                context,
                "transfers",
                f"transferred_by:{transfer.giver}",
                f"transferred_to:{transfer.taker}",
            ),
        ]
        for transfer in telephony.transfers
    ]
    body: Any = empty(context, text("telephony.no_transfers"))
    if rows:
        body = _frame(data_table(heads, rows, words=2), "tall")
    return figure_panel(
        PAGE,
        "transfers",
        text("telephony.transfers"),
        body,
        None,
        context,
        population=text("units.n", n=formats.count(total)),
        info=telephony.infos["transfers"],
    )


def callers(telephony: Telephony, context: Context) -> Element:
    """Anonymous numbers are never taken for one caller."""
    text, formats = context.text, context.formats
    keys = ("number", "contact", "calls", "lost", "mean", "last")
    heads = [text(f"telephony.columns.{key}") for key in keys]
    rows = [
        [
            html.Span(caller.digits, className="digits"),
            _contact(caller.name, context),
            rows_link(formats.count(caller.calls), context, "calls", f"caller:{caller.id}"),
            _many_lost(caller.lost, caller.calls, context),
            no_data(context) if caller.talk_mean is None else formats.talk(caller.talk_mean),
            formats.moment(caller.last_at),
        ]
        for caller in telephony.callers[: SHOWN * 5]
    ]
    body: Any = empty(context, text("telephony.no_callers"))
    if rows:
        body = _frame(data_table(heads, rows, words=2), "tall")
    count = len(telephony.callers)
    note = text("telephony.callers_first", n=len(rows)) if count > len(rows) else None
    return figure_panel(
        PAGE,
        "recurring_callers",
        text("telephony.callers"),
        body,
        None,
        context,
        population=text.plural("telephony.callers_n", count, n=formats.count(count)),
        footnote=note,
        info=telephony.infos["recurring_callers"],
    )


def _contact(name: str, context: Context) -> Element:
    if not name:
        return html.Span(context.text("telephony.no_contact"), className="no-data")
    return html.Span(name, className="bidi elided", title=name)


def _many_lost(lost: int, calls: int, context: Context) -> Any:
    label = context.formats.count(lost)
    if lost and lost == calls:
        return html.Span([icon("exclamation-triangle-fill"), " ", label], className="warn strong")
    return label


def owed(telephony: Telephony, context: Context) -> Element:
    """Who did not get us, and has not heard from us since."""
    text, formats = context.text, context.formats
    count = len(telephony.owed)
    keys = ("waits", "number", "contact", "since", "missed", "line")
    heads = [text(f"telephony.columns.{key}") for key in keys]
    rows = [
        [
            html.B(formats.span_of(call.waits)),
            html.Span(call.digits, className="digits"),
            _contact(call.name, context),
            formats.moment(call.since),
            rows_link(formats.count(call.missed), context, "calls", f"caller:{call.id}"),
            html.Span(call.line, className="bidi elided", title=call.line),
        ]
        for call in telephony.owed[: SHOWN * 5]
    ]
    body: Any = empty(context, text("telephony.none_owed"), gap=telephony.gap)
    if rows:
        body = _frame(data_table(heads, rows, "owed-table", words=3), "tall")
    return figure_panel(
        PAGE,
        "callback_debt",
        text("telephony.owed"),
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
        _frame(data_table(heads, rows, "calls-table", words=5)),
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
        html.Span(call.who, className="bidi elided", title=call.who),
        html.Span([icon(CALL_ICONS[call.kind]), " ", label], className="call-kind"),
        html.Span(person, className="bidi elided", title=person),
        html.Span(line, className="bidi elided", title=line),
        no_data(context) if call.talk is None else formats.talk(call.talk),
        listen,
    ]
