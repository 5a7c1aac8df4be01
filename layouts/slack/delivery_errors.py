"""Why a message did not reach Slack, in plain words and what to do."""

from collections.abc import Sequence

from layouts.components.context import Context


def reason_words(reason: str | None, context: Context) -> str:
    """`reason` is Slack's word or our own sentence."""
    text = context.text
    word = reason or ""
    key = f"alerts.reason.{word}"
    if text.has(key):
        return text(key)
    if word.startswith("cannot_be_drawn"):
        return text("alerts.reason.cannot_be_drawn")
    known = next((fact for part, fact in PARTS if part in word), None)
    return text(f"alerts.reason.{known}") if known else text("alerts.reason_other", reason=word)


# What our own sentences about Slack contain -> key of the words.
PARTS: Sequence[tuple[str, str]] = (
    ("asks to wait", "ratelimited"),
    ("no connection", "no_connection"),
    ("did not answer", "no_answer"),
    ("broke before", "no_answer"),
    ("is not Slack", "not_slack"),
    ("Slack answered", "server_error"),
)
