"""The robot's messages as Slack's Block Kit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from layouts.formats import Formats
from layouts.i18n import Text
from layouts.slack.message_words import Notification
from layouts.slack.mrkdwn import cut_lines, link, name
from metrics.alerts.model import Message, Notice

# Slack's limits are 50 blocks, 3,000 characters in a text and about 13,200 in all blocks.
SECTION, CONTEXT, WHOLE = 2900, 600, 11000
NOTICES = 15
HEADLINES = 3
ICONS = {
    "critical": ":red_circle:",
    "warning": ":large_orange_diamond:",
    "info": ":information_source:",
}
# Resolved, or no longer looked at: the tick stands for the first alone.
OVER, LEFT = ":white_check_mark:", ":white_circle:"

Payload = dict[str, Any]


class Messages:
    """Draws messages in one language.

    Args:
        text: The words.
        zone: In which times are told.
        conversation_url: Where a conversation opens, with {app_id} and {id}.
        mention: Whom critical problems call, as Slack writes it.
        wall_url: Where the wall opens, if that is known.
    """

    def __init__(
        self,
        text: Text,
        zone: ZoneInfo,
        conversation_url: str,
        *,
        mention: str | None = None,
        wall_url: str | None = None,
    ) -> None:
        self._text = text
        self._formats = Formats(text, zone)
        self._conversation_url = conversation_url
        self._mention = mention
        self._wall_url = wall_url

    def __call__(self, message: Message) -> Payload:
        """`text` for notifications and screen readers, and `blocks` for the eye."""
        if message.is_test:
            return self._test(message)
        blocks, used, shown = [], 0, 0
        headlines: list[str] = []
        for notice in message.notices[:NOTICES]:
            notification = self._notification(notice, message)
            drawn = self._blocks(notice, notification)
            size = sum(len(_text_of(block)) for block in drawn)
            if used + size > WHOLE:
                break
            headlines.append(notification.headline())
            blocks += drawn
            used, shown = used + size, shown + 1
        rest = len(message.notices) - shown
        if rest:
            blocks.append(_context(self._text.plural("robot.more", rest, n=rest)))
        if message.silent_since is not None:
            blocks.insert(0, _context(self._digest(message.silent_since)))
        if self._wall_url and _ongoing(message):
            blocks.append(_context(link(self._wall_url, self._text("robot.open_wall"))))
        call = self._call(message)
        if call:
            blocks.insert(0, _section(call))
        summary = self._summary(headlines, message, call)
        return {"text": summary, "blocks": blocks or [_section(summary)]}

    def _notification(self, notice: Notice, message: Message) -> Notification:
        return Notification(
            notice, message.at, message.directory, self._formats, self._conversation_url
        )

    def _blocks(self, notice: Notice, notification: Notification) -> list[Payload]:
        severity = notice.problem.severity
        is_over = notice.ended_at is not None
        icon = ICONS[severity]
        if is_over:
            icon = OVER if notice.ending in (None, "resolved") else LEFT
        lines = [f"{icon} *{notification.headline()}*", *notification.advice()]
        course = notification.course()
        if not is_over:
            course.insert(0, self._text(f"robot.severity.{severity}"))
        return [_section(cut_lines(lines, SECTION)), _context(" · ".join(course))]

    def _summary(self, headlines: Sequence[str], message: Message, call: str) -> str:
        shown = list(headlines[:HEADLINES])
        if len(message.notices) == 1 and not _ongoing(message):
            shown += self._notification(message.notices[0], message).course()[:1]
        words = ". ".join(shown) or self._text("robot.nothing")
        rest = len(message.notices) - min(len(headlines), HEADLINES)
        if rest:
            words += f", {self._text.plural('robot.more', rest, n=rest)}"
        return f"{call} {words}" if call else words

    def _call(self, message: Message) -> str:
        """Whom to call: only for critical problems that somebody still has to look at."""
        is_critical = any(
            notice.problem.severity == "critical" and notice.acknowledged_by is None
            for notice in _ongoing(message)
        )
        return (self._mention or "") if is_critical else ""

    def _digest(self, since: float) -> str:
        at = self._formats.clock(datetime.fromtimestamp(since, UTC))
        return self._text("robot.digest", at=at)

    def _test(self, message: Message) -> Payload:
        title = self._text("robot.test")
        words = (
            self._text("robot.test_words", by=name(message.asked_by))
            if message.asked_by
            else self._text("robot.test_words_alone")
        )
        return {"text": f"{title}. {words}", "blocks": [_section(f"*{title}*\n{words}")]}


def _ongoing(message: Message) -> list[Notice]:
    return [notice for notice in message.notices if notice.ended_at is None]


def _section(words: str) -> Payload:
    return {"type": "section", "text": _mrkdwn(words)}


def _context(words: str) -> Payload:
    return {"type": "context", "elements": [_mrkdwn(cut_lines([words], CONTEXT) or " ")]}


def _mrkdwn(words: str) -> Payload:
    # `verbatim`: a name that looks like an address does not become a link.
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def _text_of(block: Payload) -> str:
    part = block["text"] if "text" in block else block["elements"][0]
    return str(part["text"])
