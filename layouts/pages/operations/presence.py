"""Where an agent is: in the chat and on the telephone, each with a glyph and a word."""

from datetime import datetime
from typing import Any

from dash import html

from layouts.components.context import Context
from layouts.components.live_time import lasting, timer
from layouts.icons import icon
from layouts.pages.operations.agent_data import Agent, Crew

VOICE_ICONS = {
    "available": "telephone-fill",
    "in_call": "telephone-inbound-fill",
    "ringing": "telephone-inbound-fill",
    "after_call_work": "pencil-square",
    "do_not_disturb": "telephone-minus",
}
BUSY = ("in_call", "after_call_work", "ringing")


def _chip(kind: str, icon_name: str, words: list[Any], title: str, doubt: bool) -> html.Span:
    late = " chip-late" if doubt else ""
    return html.Span(
        [icon(icon_name), html.Span(words, className="presence-words")],
        className=f"presence presence-{kind}{late}",
        title=title,
    )


def text_chip(one: Agent, crew: Crew, at: datetime, context: Context) -> html.Span:
    """Active, or away with the reason and since when; a call explains being away."""
    text = context.text
    if one.text == "active":
        words = text("operations.text.active")
        return _chip("on", "chat-left-fill", [words], words, crew.text_late)
    if one.explained:
        words = text("operations.text.explained")
        return _chip("away", "chat-left", [words], words, crew.text_late)
    if one.text == "unknown":
        words = text("operations.text.unknown")
        return _chip("away", "question-circle", [words], words, crew.text_late)
    reason = one.text_reason or text("operations.text.away")
    said: list[Any] = [html.Span(reason, className="bidi presence-reason")]
    if one.text_since is not None:
        said += [" ", lasting(one.text_since, at, context)]
    return _chip("away", "chat-left", said, reason, crew.text_late)


def voice_chip(one: Agent, crew: Crew, at: datetime, context: Context) -> html.Span:
    """The vendor's word in the reader's, amber where it contradicts the chat."""
    text = context.text
    if not crew.voice_read:
        words = text("operations.voice.unread")
        return _chip("away", "telephone-x", [words], words, False)
    if one.voice is None:
        words = text("operations.voice.none")
        return _chip("none", "telephone-x", [words], words, crew.voice_late)
    key = f"operations.voice.{one.voice}"
    words = text(key) if text.has(key) else one.voice.replace("_", " ")
    since = None if crew.voice_late else one.voice_since
    if one.clash:
        said: list[Any] = [words, *([" ", lasting(since, at, context)] if since else [])]
        return _chip(
            "clash",
            "exclamation-diamond-fill",
            said,
            f"{words}: {text('operations.clash')}",
            crew.voice_late,
        )
    said = [html.Span(words, className="bidi")]
    if one.voice in BUSY and since is not None:
        said += [" ", timer(since, at, context)]
    kind = "busy" if one.voice in BUSY else "on" if one.voice == "available" else "away"
    return _chip(kind, VOICE_ICONS.get(one.voice, "telephone-x"), said, words, crew.voice_late)
