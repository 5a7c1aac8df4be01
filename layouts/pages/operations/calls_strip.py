"""The telephone at this moment, in one line: what rings, and who talks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from layouts.components.context import Context
from layouts.components.live_time import timer
from layouts.elements import Element, html
from layouts.icons import icon
from metrics.live.running_calls import RunningCall

# As many as the line has room for; what rings goes before who talks.
SHOWN = 3


@dataclass(frozen=True)
class Calls:
    """`target_seconds`: who rings longer is answered late."""

    ringing: Sequence[RunningCall]
    on_call: Sequence[RunningCall]
    target_seconds: float

    @property
    def any(self) -> bool:
        return bool(self.ringing or self.on_call)


def running_calls(calls: Calls, at: datetime, context: Context) -> Element:
    text, formats = context.text, context.formats
    # Who calls us comes before those whom we call.
    ringing = sorted(calls.ringing, key=lambda call: call.direction != "inbound")
    shown = [(call, True) for call in ringing] + [(call, False) for call in calls.on_call]
    counts = {"ringing": len(calls.ringing), "on_call": len(calls.on_call)}
    told = [
        text.plural(f"operations.phone.{key}", n, n=formats.count(n))
        for key, n in counts.items()
        if n
    ]
    rest = len(shown) - SHOWN
    more = text.plural("operations.phone.more", rest, n=formats.count(rest))
    return html.Div(
        [
            html.H3(", ".join(told)),
            html.Ul(
                [
                    *(
                        _call(call, is_ringing, calls, at, context)
                        for call, is_ringing in shown[:SHOWN]
                    ),
                    html.Li(more) if rest > 0 else None,
                ]
            ),
        ],
        className="calls-now",
        **{"aria-label": text("operations.phone.title")},
    )


def _call(
    call: RunningCall, is_ringing: bool, calls: Calls, at: datetime, context: Context
) -> Element:
    text = context.text
    is_inbound = call.direction == "inbound"
    line = call.line or text("operations.phone.no_line")
    who = call.agent or ""
    if is_ringing and not is_inbound:
        who = text("operations.phone.dialling", agent=who)
    is_late = is_ringing and is_inbound and (at - call.since).total_seconds() > calls.target_seconds
    kind = "call-late" if is_late else "call-ringing" if is_ringing and is_inbound else ""
    mark = icon("telephone-inbound" if is_inbound else "telephone-outbound")
    about = html.Span(
        [html.Span(who, className="bidi") if who else None, html.Small(line, className="bidi")],
        className="call-about",
    )
    return html.Li([mark, timer(call.since, at, context, "call-time"), about], className=kind)
