"""The day's arrivals on the wall: chart, total so far, and what is usual by now."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo, info_button
from layouts.components.svg import picture
from layouts.elements import Element, html
from layouts.pages.operations import PAGE
from metrics.live.projection import Projection

HALF = 0.25
# So many lines across at most, and the least count that the height stands for.
LINES, LEAST = 4, 3
HEADROOM = 1.08
# Of the picture, which is larger than the plot by so much on each side (`.curve-lines`): what
# lies on an edge is drawn whole.
SIDE, MARGIN = 1000, 40


@dataclass(frozen=True)
class Slot:
    """`hour` counts from the first midnight that is shown; `count` is None until it is over."""

    hour: float
    count: int | None
    low: float | None = None
    usual: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Tick:
    hour: float
    words: str


@dataclass(frozen=True)
class Curve:
    """`now` is the present hour; `usual` is the band by now, None where it is unknown; `note` is
    why there is none; `table` has (half hour, arrivals, usual) in words; `closing` is where the
    queue is heading.
    """

    slots: Sequence[Slot]
    ticks: Sequence[Tick]
    now: float
    total: int
    usual: tuple[float, float] | None
    note: str
    table: Sequence[tuple[str, str, str]]
    info: MetricInfo | None
    late: bool
    closing: Projection | None = None
    closing_info: MetricInfo | None = None

    @property
    def is_drawn(self) -> bool:
        return any(slot.count or slot.high for slot in self.slots)

    @property
    def known(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.count is not None]

    @property
    def top(self) -> float:
        counts = [max(slot.count or 0, slot.high or 0) for slot in self.slots]
        return HEADROOM * max([*counts, LEAST])

    def across(self, hour: float) -> float:
        """0 at the first hour that is shown, 1 at the last."""
        first, last = self.slots[0].hour, self.slots[-1].hour + 2 * HALF
        return (hour - first) / (last - first)


def curve_place() -> Element:
    """It is made once: a new version changes what stands in it."""
    body = html.Div(className="curve-body")
    return html.Section(
        [
            html.Div(id=ids.panel(PAGE, "curve-head")),
            html.Div(body, id=ids.panel(PAGE, "chart"), className="wall-place"),
            html.Div(id=ids.panel(PAGE, "curve-table")),
        ],
        id=ids.panel(PAGE, "arrivals"),
        className="curve",
    )


def curve_body(curve: Curve, kiosk: bool, context: Context) -> Element:
    """A line over the band, a ring at its end, and a rule at the present hour; hatched when it is
    old, empty when there is nothing to draw. At a desk it tells what is pointed at.

    Each half hour is drawn at its middle; the one that runs is not drawn, because it would look
    like a fall. A picture stretches with its place, the words around it do not.
    """
    if not curve.is_drawn:
        return html.Div(className="curve-body")
    marks = [_count_line(count, curve, context) for count in _find_round_counts(curve)]
    marks.append(picture(_draw_lines(curve, context), SIDE, SIDE, "curve-lines"))
    for tick in curve.ticks:
        marks.append(html.Span(tick.words, className="curve-hour", style=_place(curve, tick.hour)))
    if curve.known:
        end = curve.known[-1]
        style = _place(curve, end.hour + HALF, end.count)
        marks.append(html.Span(className="curve-ring", style=style))
    if not kiosk:
        marks += [_tip(slot, curve, context) for slot in curve.known]
    label = context.text("operations.curve.title")
    plot = html.Div(marks, className="curve-plot", role="img", **{"aria-label": label})
    return html.Div(plot, className="curve-body doubtful" if curve.late else "curve-body")


def _place(curve: Curve, hour: float, count: float | None = 0) -> dict[str, str]:
    """From the left and from below."""
    return {"--x": f"{curve.across(hour):.2%}", "--y": f"{(count or 0) / curve.top:.2%}"}


def _find_round_counts(curve: Curve) -> range:
    """0 and the multiples of 1, 2, 5, 10, 20, 50 … that part the height into few."""
    rough = curve.top / LINES
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * n for n in (2, 5, 10) if power * n >= rough)
    return range(0, math.floor(curve.top) + 1, int(step))


def _count_line(count: int, curve: Curve, context: Context) -> Element:
    words = html.Span(context.formats.count(count))
    return html.Span(
        words, className="curve-count", style=_place(curve, curve.slots[0].hour, count)
    )


def _draw_lines(curve: Curve, context: Context) -> str:
    colours = context.palette

    def draw(points: Sequence[tuple[float, float | None]]) -> str:
        return "L".join(
            f"{SIDE * curve.across(hour):.1f} {SIDE - SIDE * (count or 0) / curve.top:.1f}"
            for hour, count in points
        )

    parts = []
    banded = [slot for slot in curve.slots if slot.low is not None and slot.high is not None]
    if banded:
        outline = [(slot.hour + HALF, slot.high) for slot in banded]
        outline += [(slot.hour + HALF, slot.low) for slot in reversed(banded)]
        usual = [(slot.hour + HALF, slot.usual) for slot in banded]
        parts.append(f"<path d='M{draw(outline)}Z' fill='{colours['s3']}'/>")
        parts.append(
            f"<path d='M{draw(usual)}' stroke='{colours['ink3']}' stroke-width='1.6' "
            "stroke-dasharray='3 4'/>"
        )
    now = SIDE * curve.across(curve.now)
    parts.append(f"<path d='M{now:.1f} 0V{SIDE}' stroke='{colours['ink1']}' stroke-width='1.5'/>")
    # As wide as the wall is large: one of 1920 pixels has a line of five.
    line = draw([(slot.hour + HALF, slot.count) for slot in curve.known])
    parts.append(
        f"<path d='M{line}' stroke='{colours['cat-1']}' style='stroke-width:max(3px,.643vw)'/>"
    )
    whole = SIDE + 2 * MARGIN
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='-{MARGIN} -{MARGIN} {whole} {whole}' "
        "preserveAspectRatio='none' fill='none'><style>path{vector-effect:non-scaling-stroke}"
        f"</style>{''.join(parts)}</svg>"
    )


def _tip(slot: Slot, curve: Curve, context: Context) -> Element:
    formats = context.formats
    words = [_clock(slot.hour), formats.count(slot.count or 0)]
    if slot.low is not None and slot.high is not None:
        low, high = formats.count(slot.low), formats.count(slot.high)
        words.append(context.text("charts.usual", low=low, high=high))
    style = _place(curve, slot.hour, slot.count) | {"--width": f"{1 / len(curve.slots):.2%}"}
    return html.Span(className="curve-tip", style=style, **{"data-tip": "\n".join(words)})


def _clock(hour: float) -> str:
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def curve_head(curve: Curve, period: str, kiosk: bool, context: Context) -> list[Any]:
    """`period` is today or 48h; a `kiosk` in a room has no metric infos."""
    text = context.text
    buttons = []
    if curve.info is not None and not kiosk:
        buttons = [info_button(PAGE, curve.info, context)]
    line = html.Div(
        [
            html.H2([text("operations.curve.title"), *buttons]),
            html.P(
                [*_so_far(curve, period, context), _second(curve, kiosk, context)],
                className="curve-total",
            ),
        ],
        className="curve-head",
    )
    note = curve.note if curve.is_drawn else text("operations.curve.nothing")
    return [line, html.P(note, className="curve-note")] if note else [line]


def _so_far(curve: Curve, period: str, context: Context) -> list[Any]:
    text, formats = context.text, context.formats
    strong = html.B(formats.count(curve.total))
    if period == "48h":
        return [strong, " ", text("operations.curve.in_48h")]
    if curve.usual is None or not round(curve.usual[1]):
        return [strong, " ", text("operations.curve.so_far")]
    low, high = curve.usual
    label = text("operations.curve.so_far_usual", low=formats.count(low), high=formats.count(high))
    return [html.Span([strong, " ", label])]


def _second(curve: Curve, kiosk: bool, context: Context) -> Element | None:
    """What is out of the usual, and where the queue is heading."""
    parts: list[Any] = []
    if curve.usual is not None and round(curve.usual[1]) and not curve.late:
        low, high = curve.usual
        if not round(low) <= curve.total <= round(high):
            key = "above" if curve.total > high else "below"
            parts.append(html.B(context.text(f"operations.curve.{key}")))
    if curve.closing is not None:
        parts += [", "] * bool(parts) + [_closing(curve.closing, context)]
        if curve.closing_info is not None and not kiosk:
            parts.append(info_button(PAGE, curve.closing_info, context))
    return html.Span(parts, className="curve-second") if parts else None


def _closing(projection: Projection, context: Context) -> str:
    text, formats = context.text, context.formats
    local = projection.closing.astimezone(formats.zone)
    at = formats.clock(projection.closing)
    if not local.minute:
        at = text("operations.curve.hour", hour=local.hour or 24)
    key = "closing_one" if projection.high else "closing_empty"
    if projection.low < projection.high:
        key = "closing"
    low, high = formats.count(projection.low), formats.count(projection.high)
    return text(f"operations.curve.{key}", at=at, low=low, high=high)


def curve_table(curve: Curve, context: Context) -> Element:
    """The chart for who cannot see it."""
    text = context.text
    heads = [html.Th(text(f"operations.curve.{key}")) for key in ("table", "count", "usual")]
    rows = [html.Tr([html.Td(cell) for cell in row]) for row in curve.table]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="unseen")
