"""An estimate with its interval, on a scale that all rows of a table share."""

import math
from collections.abc import Iterable

from layouts.components.context import Context
from layouts.elements import Element, html
from metrics.model.summary import Summary

HIGHEST_FLOOR = 0.5


def scale_floor(summaries: Iterable[Summary | None]) -> float:
    """Half, or the tenth just below the lowest interval."""
    lows = [summary.low for summary in summaries if summary and summary.low is not None]
    return min(HIGHEST_FLOOR, math.floor(min(lows, default=HIGHEST_FLOOR) * 10) / 10)


def interval_bar(
    estimate: Summary, everyone: float | None, floor: float, context: Context
) -> Element:
    """A soft bar for Wilson's 95 % interval, a mark for the estimate, a dash for everyone's share.

    Orange or blue with a triangle only where the whole interval lies off everyone's value. The
    scale ends at 1.
    """
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    formats = context.formats

    def place(share: float) -> str:
        return f"{min(1.0, max(0.0, (share - floor) / (1 - floor))) * 100:.1f}%"

    off = ""
    if everyone is not None and estimate.low > everyone:
        off = " interval-above"
    elif everyone is not None and estimate.high < everyone:
        off = " interval-below"
    style = {
        "--low": place(estimate.low),
        "--high": place(estimate.high),
        "--at": place(estimate.value),
    }
    marks = [html.Span(className="interval-range"), html.Span(className="interval-mark")]
    if everyone is not None:
        style["--all"] = place(everyone)
        marks.append(html.Span(className="interval-all"))
    low, high = formats.decimal(estimate.low * 100), formats.decimal(estimate.high * 100)
    words = f"{formats.share(estimate.value)} · " + context.text("kpi.interval", low=low, high=high)
    return html.Span(marks, className=f"interval{off}", style=style, title=words)
