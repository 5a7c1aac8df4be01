"""Durations: how they are spread, and how they go with the hour."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from layouts.charts.theme import counted, template
from layouts.components.context import Context
from layouts.formats import DAY, HOUR, MINUTE
from metrics.model.summary import Summary
from metrics.query.distribution import Bucket

STEPS = (
    *(10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY),
)


def bucket_words(bucket: Bucket, context: Context) -> str:
    """A range as it is read: 5 a 15 min."""
    text, formats = context.text, context.formats
    if bucket.high is None:
        return text("rows.from", low=formats.duration(bucket.low))
    if not bucket.low:
        return text("rows.under", high=formats.duration(bucket.high))
    low, unit = formats.duration_parts(bucket.low)[0]
    high, other = formats.duration_parts(bucket.high)[0]
    low = low if unit == other else formats.duration(bucket.low)
    return text("times.range", low=low, high=f"{high}\N{NO-BREAK SPACE}{other}")


def _two_lines(bucket: Bucket, context: Context) -> str:
    """The same below an axis."""
    text, formats = context.text, context.formats
    if bucket.high is None:
        return text("times.from_lines", low=formats.duration(bucket.low))
    if not bucket.low:
        return text("times.under_lines", high=formats.duration(bucket.high))
    low, high = formats.duration(bucket.low), formats.duration(bucket.high)
    return text("times.range_lines", low=low, high=high)


def _part(share: float, context: Context) -> str:
    """A share above its bar; a few rows are not none."""
    if 0 < share < 0.005:
        return f"<{context.formats.share(0.01, 0)}"
    return context.formats.share(share, 0) if share else ""


def spread(buckets: Sequence[Bucket], target: float, axis: str, context: Context) -> go.Figure:
    """One bar per bucket, each with its share; those beyond the target in another colour.

    Args:
        buckets: In order.
        target: Seconds agreed; a line where it falls between two buckets.
        axis: What is counted.
        context: The reader.
    """
    colours, text, formats = context.palette, context.text, context.formats
    figure = go.Figure(layout={"template": template(context.theme)})
    total = sum(bucket.count for bucket in buckets) or 1
    late = [bucket.low >= target for bucket in buckets]
    figure.add_bar(
        x=list(range(len(buckets))),
        y=[bucket.count for bucket in buckets],
        width=0.82,
        marker={
            "color": [colours["div-2"] if is_late else colours["cat-1"] for is_late in late],
            "line": {"width": 0},
        },
        text=[_part(bucket.count / total, context) for bucket in buckets],
        textposition="outside",
        textfont={"color": colours["ink1"], "size": 12},
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        customdata=[
            [
                bucket.key if bucket.count else None,
                bucket_words(bucket, context),
                formats.count(bucket.count),
                formats.share(bucket.count / total),
            ]
            for bucket in buckets
        ],
        hovertemplate=(
            "%{customdata[1]}<br><b>%{customdata[2]}</b> (%{customdata[3]})<extra></extra>"
        ),
    )
    edge = next((place for place, is_late in enumerate(late) if is_late), None)
    if edge and buckets[edge].low == target:
        figure.add_vline(
            x=edge - 0.5, line={"color": colours["ink1"], "width": 1.2, "dash": "dash"}
        )
        figure.add_annotation(
            x=edge - 0.5,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="center",
            text=text("times.target", span=formats.duration(target)),
            showarrow=False,
            font={"color": colours["ink2"], "size": 12},
        )
    figure.update_layout(
        xaxis={
            "tickmode": "array",
            "tickvals": list(range(len(buckets))),
            "ticktext": [_two_lines(bucket, context) for bucket in buckets],
            "tickangle": 0,
            "tickformat": None,
            "range": [-0.6, max(len(buckets), 1) - 0.4],
        },
        yaxis=counted(max((bucket.count for bucket in buckets), default=0), axis),
        margin={"t": 30},
        height=270,
    )
    return figure


def by_hour(hours: Mapping[int, Summary], target: float, context: Context) -> go.Figure:
    """Median as bars, ninetieth percentile as dashes, the target as a line."""
    colours, text, formats = context.palette, context.text, context.formats
    figure = go.Figure(layout={"template": template(context.theme)})
    known = {hour: number for hour, number in hours.items() if number.value is not None}

    def data(hour: int, number: Summary) -> list[str]:
        p90 = formats.rough(number.p90) if number.p90 is not None else text("states.no_data")
        return [
            str(hour),
            formats.duration(number.value or 0),
            text("kpi.p90", value=p90),
            formats.count(number.n),
        ]

    hover = (
        "%{customdata[0]}h<br>"
        + text("rows.median", value="<b>%{customdata[1]}</b>")
        + "<br>%{customdata[2]}<br>"
        + text("units.n", n="%{customdata[3]}")
        + "<extra></extra>"
    )
    figure.add_bar(
        x=list(known),
        y=[number.value for number in known.values()],
        width=0.6,
        marker={"color": colours["cat-1"], "line": {"width": 0}},
        customdata=[data(hour, number) for hour, number in known.items()],
        hovertemplate=hover,
    )
    enough = {hour: number for hour, number in known.items() if number.p90 is not None}
    figure.add_scatter(
        x=list(enough),
        y=[number.p90 for number in enough.values()],
        mode="markers",
        marker={
            "symbol": "line-ew",
            "size": 14,
            "line": {"width": 2, "color": colours["ink3"]},
        },
        customdata=[data(hour, number) for hour, number in enough.items()],
        hovertemplate=hover,
    )
    figure.add_hline(y=target, line={"color": colours["ink1"], "width": 1, "dash": "dash"})
    top = max([target, *(n.p90 or n.value or 0 for n in known.values())])
    values, words = duration_ticks(top, context)
    shown = list(hours)[:: 2 if len(hours) > 16 else 1]
    figure.update_layout(
        xaxis={
            "tickmode": "array",
            "tickvals": shown,
            "ticktext": [f"{hour}h" for hour in shown],
            "tickangle": 0,
            "tickformat": None,
            "title": {"text": text("times.hour_axis")},
        },
        yaxis={
            "tickmode": "array",
            "tickvals": values,
            "ticktext": words,
            "range": [0, top * 1.08],
            "title": {"text": text("times.first_axis")},
        },
        hovermode="closest",
        height=270,
    )
    return figure


def duration_ticks(top: float, context: Context) -> tuple[list[float], list[str]]:
    """Places on an axis of durations that reaches from 0 to `top`, and what they are called."""
    step = next((step for step in STEPS if top / step <= 5), STEPS[-1])
    values = [float(step * place) for place in range(int(top // step) + 1)]
    return values, [context.formats.duration(value) if value else "0" for value in values]
