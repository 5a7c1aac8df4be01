"""Who can take the next case and why, and who after."""

from dash import html

from layouts.components.context import Context
from layouts.pages.operations.agent_data import Crew, Hand

# A name longer than this is written smaller.
LONG_NAME = 17


def next_hands(crew: Crew, context: Context) -> html.Div:
    """Who can take the next case and why, and who after."""
    text = context.text
    title = html.P(text("operations.next.title"), className="next-title")
    late = " doubtful" if crew.text_late else ""
    if not crew.hands:
        why = [
            text.plural(f"operations.next.why.{key}", n, n=context.formats.count(n))
            for key, n in crew.busy.items()
            if n
        ]
        key = "operations.next.nobody" if crew.agents else "operations.next.nobody_here"
        said = [html.B(text(key), className="next-nobody"), html.Span(", ".join(why))]
        return html.Div(html.Div([title, html.P(said, className="next-name")]), className="next")
    first, *others = crew.hands[:3]
    lines = []
    for place, one in enumerate(others):
        before = [text("operations.next.then"), " "] if place == 0 else []
        told = crew.voice_read and not crew.voice_late
        extra = "text" if crew.voice and told and not one.voice_free else ""
        words = ", ".join(
            part
            for part in (_open_words(one, context), extra and text(f"operations.next.{extra}"))
            if part
        )
        lines.append(html.P([*before, html.B(one.name, className="bidi"), f", {words}"]))
    return html.Div(
        [
            html.Div(
                [
                    title,
                    html.P(
                        [
                            html.B(first.name, className="bidi", title=first.name),
                            html.Span(
                                f"{_open_words(first, context)}, {_why(first, crew, context)}"
                            ),
                        ],
                        className="next-name"
                        + (" next-long" if len(first.name) > LONG_NAME else "")
                        + late,
                    ),
                ],
                className="next-first",
            ),
            html.Div(lines, className="next-then" + late),
        ],
        className="next",
    )


def _open_words(one: Hand, context: Context) -> str:
    return context.text.plural("operations.next.open", one.open, n=context.formats.count(one.open))


def _why(one: Hand, crew: Crew, context: Context) -> str:
    if not crew.voice:
        return context.text("operations.next.text_only")
    if crew.voice_late or not crew.voice_read:
        return context.text("operations.next.voice_unsure")
    return context.text(f"operations.next.{'both' if one.voice_free else 'text'}")
