"""Charts of calls: how many were lost by hour, and how long callers waited."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from layouts.charts.theme import counted, template
from layouts.components.context import Context

# Outcome -> place among the colours, and pattern: the second sign beside colour.
OUTCOMES = {"abandoned": ("div-1", ""), "not_answered": ("div-2", "/"), "voicemail": ("cat-8", "")}


def lost_by_hour(hours: Mapping[int, Mapping[str, int]], context: Context) -> go.Figure:
    """Stacked bars per hour; the sum stands above each."""
    colours, text = context.palette, context.text
    figure = go.Figure(layout={"template": template(context.theme)})
    shown = list(hours)
    for outcome, (colour, pattern) in OUTCOMES.items():
        name = text(f"metrics.parts.{outcome}")
        figure.add_bar(
            x=shown,
            y=[hours[hour].get(outcome, 0) for hour in shown],
            marker={
                "color": colours[colour],
                "pattern": {
                    "shape": pattern,
                    "fgcolor": colours[colour],
                    "bgcolor": colours["s1"],
                    "size": 5,
                },
            },
            customdata=[[f"hour:{hour}\npart:{outcome}"] for hour in shown],
            hovertemplate=f"%{{x}}h<br><b>%{{y}}</b> {name}<extra></extra>",
        )
    sums = [sum(hours[hour].values()) for hour in shown]
    figure.add_scatter(
        x=shown,
        y=sums,
        mode="text",
        text=[context.formats.count(n) if n else "" for n in sums],
        textposition="top center",
        textfont={"color": colours["ink1"], "size": 12},
        hoverinfo="skip",
        cliponaxis=False,
    )
    ticks = shown[:: 2 if len(shown) > 14 else 1]
    figure.update_layout(
        barmode="stack",
        xaxis={
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": [f"{h}h" for h in ticks],
            "tickangle": 0,
        },
        yaxis=counted(max(sums, default=0), text("telephony.lost_axis")),
        height=270,
    )
    return figure


def answer_times(
    bars: Sequence[tuple[int, int | None, int]], target: float, context: Context
) -> go.Figure:
    """How many were answered in each stretch of seconds; those in time are darker."""
    colours, text, formats = context.palette, context.text, context.formats
    figure = go.Figure(layout={"template": template(context.theme)})
    width = bars[0][1] or 1
    figure.add_bar(
        x=[start + width / 2 for start, _, _ in bars],
        y=[n for _, _, n in bars],
        width=width * 0.94,
        marker={
            "color": colours["cat-1"],
            "opacity": [1 if end is not None and end <= target else 0.5 for _, end, _ in bars],
        },
        customdata=[
            [
                f"value:{start}..{'' if end is None else end}",
                text("telephony.answer_from", low=start)
                if end is None
                else text("telephony.answer_between", low=start, high=end),
                formats.count(n),
            ]
            for start, end, n in bars
        ],
        hovertemplate="%{customdata[1]}<br><b>%{customdata[2]}</b><extra></extra>",
    )
    figure.add_vline(x=target, line={"color": colours["ink2"], "width": 1, "dash": "dash"})
    last = bars[-1][0]
    ticks = [start for start, _, _ in bars if start % (width * 2) == 0 and start < last]
    figure.update_layout(
        xaxis={
            "tickmode": "array",
            "tickvals": [*ticks, last + width / 2],
            "ticktext": [*map(str, ticks), text("telephony.answer_more", low=last)],
            "title": {"text": text("telephony.answer_axis")},
        },
        yaxis=counted(max(n for *_, n in bars), text("telephony.calls_axis")),
        bargap=0,
        height=260,
    )
    return figure
