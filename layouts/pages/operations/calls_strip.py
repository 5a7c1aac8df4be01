"""The telephone at this moment, in one line: how much rings, and who talks."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from layouts.components.context import Context
from layouts.components.live_time import timer
from layouts.elements import Element, html
from layouts.icons import icon
from metrics.live.running_calls import RunningCall

# As many as the strip has room for.
SHOWN = 3


class Calls(NamedTuple):
    """What rings stands in the line of what waits, too."""

    ringing: Sequence[RunningCall]
    on_call: Sequence[RunningCall]

    @property
    def any(self) -> bool:
        return bool(self.ringing or self.on_call)


def running_calls(calls: Calls, at: datetime, context: Context) -> Element:
    text, formats = context.text, context.formats
    counts = {"ringing": len(calls.ringing), "on_call": len(calls.on_call)}
    told = [
        text.plural(f"operations.phone.{key}", n, n=formats.count(n))
        for key, n in counts.items()
        if n
    ]
    rest = len(calls.on_call) - SHOWN
    more = text.plural("operations.phone.more", rest, n=formats.count(rest))
    return html.Div(
        [
            html.H3(", ".join(told)),
            html.Ul(
                [
                    *(_call(call, at, context) for call in calls.on_call[:SHOWN]),
                    html.Li(more) if rest > 0 else None,
                ]
            ),
        ],
        className="calls-now",
        **{"aria-label": text("operations.phone.title")},
    )


def _call(call: RunningCall, at: datetime, context: Context) -> Element:
    line = call.line or context.text("operations.phone.no_line")
    mark = icon("telephone-inbound" if call.direction == "inbound" else "telephone-outbound")
    about = html.Span(
        [
            html.Span(call.agent, className="bidi") if call.agent else None,
            html.Small(line, className="bidi"),
        ],
        className="call-about",
    )
    return html.Li([mark, timer(call.since, at, context, "call-time"), about])
