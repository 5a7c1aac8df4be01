"""What a number means, what it rests on, and how old it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from layouts.components.context import Context
from layouts.components.popover import popover
from layouts.components.view_link import rows_link
from layouts.elements import Element, html
from layouts.icons import icon


@dataclass(frozen=True)
class MetricInfo:
    """`lines` are (what, words); `listed` is the key of its rows where it is not its own `key`."""

    key: str
    lines: Sequence[tuple[str, str | Element]] = field(default_factory=tuple)
    rows: int | None = None
    listed: str | None = None


def info_button(page: str, info: MetricInfo, context: Context, place: str = "passport") -> Element:
    """`place` tells apart two metric infos of one number on one page."""
    text = context.text
    target = f"{page}--{info.key}-{place}"
    label = text(f"metrics.{info.key}.label")
    rows = [part for what, words in info.lines for part in (html.Dt(what), html.Dd(words))]
    body = [
        html.Div([html.H4(label), html.Code(info.key)], className="passport-head"),
        html.P(text(f"metrics.{info.key}.definition")),
        html.Dl(rows),
    ]
    if info.rows:
        words = text.plural("rows.see", info.rows, n=context.formats.count(info.rows))
        link = rows_link(
            words, context, info.listed or info.key, class_name="button button-primary"
        )
        body.append(html.Div(link, className="passport-foot"))
    return html.Span(
        [
            html.Button(
                icon("info-circle"),
                id=target,
                className="icon-button passport-button",
                title=text("passport.open", label=label),
                **{"aria-label": text("passport.open", label=label)},
            ),
            popover(target, body, "passport", placement="bottom-end"),
        ],
        className="passport-anchor",
    )
