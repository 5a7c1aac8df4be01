"""The robot's messages: the words of each incident, and Slack's Block Kit around them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from layouts.formats import Formats
from layouts.i18n import Text
from layouts.slack.mrkdwn import cut_lines, escaped, link, name
from metrics.alerts.model import Directory, Message, Notice, Problem
from metrics.alerts.rules import NO_TEAM, RULES

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

LINKS, PEOPLE = 5, 5
SOURCES = {"intercom": "Intercom", "aircall": "Aircall", "tickets": "Intercom (tickets)"}

Payload = dict[str, Any]


class Notification:
    """The words of one notice at an instant (Unix seconds), as mrkdwn."""

    def __init__(
        self,
        notice: Notice,
        at: float,
        directory: Directory,
        formats: Formats,
    ) -> None:
        self._notice = notice
        self._at = at
        self._directory = directory
        self._formats = formats
        self._text = formats.text

    def headline(self) -> str:
        notice, problem, text = self._notice, self._notice.problem, self._text
        values = self._values(problem)
        if notice.ended_at is not None:
            # Where nobody looks any more, that is no reason to say that all is well.
            key = "over" if notice.ending == "resolved" else "unwatched"
            return text(f"alerts.{key}.{problem.rule}", **values)
        key = f"alerts.fact.{problem.rule}"
        if "expected" in problem.facts:
            key += "_usual"
        elif problem.since is None and text.has(f"{key}.none"):
            key += ".none"
        elif text.has(f"{key}.one"):
            return text.plural(key, problem.value, **values)
        return text(key, **values)

    def advice(self) -> list[str]:
        """Empty where it is over."""
        problem, text = self._notice.problem, self._text
        if self._notice.ended_at is not None:
            return []
        lines = []
        if problem.rule == "queue":
            lines.append(self._helpers(problem))
        elif problem.facts.get("ours"):
            ours = problem.facts["ours"]
            lines.append(text.plural("alerts.advice.overload", ours, n=self._count(ours)))
        elif RULES[problem.rule].less_is_worse and problem.hands:
            people = [self._agent(agent) for agent, _ in problem.hands]
            lines.append(text("robot.staffing_absent", people=self._list(people, PEOPLE)))
        elif problem.rule == "stale":
            lines.append(self._figures_from(problem))
        elif text.has(f"alerts.advice.{problem.rule}"):
            lines.append(text(f"alerts.advice.{problem.rule}"))
        if problem.tickets:
            lines.append(self._tickets(problem))
        return lines

    def course(self) -> list[str]:
        """Since when, who has it, how it ended."""
        notice, problem = self._notice, self._notice.problem
        has_peak, less_is_worse = problem.unit == "count", RULES[problem.rule].less_is_worse
        peak = self._count(notice.peak)
        lines = []
        if notice.ended_at is not None:
            span = self._formats.rough(max(0.0, notice.ended_at - notice.fired_at))
            key: str = notice.ending or "resolved"
            if key == "resolved" and not has_peak:
                key = "resolved_plain"
            elif key == "resolved" and less_is_worse:
                key = "resolved_least"
            lines.append(self._text(f"robot.{key}", span=span, peak=peak))
        elif notice.event == "repeated":
            span = self._formats.rough(max(0.0, self._at - notice.fired_at))
            key = "repeated" if has_peak and not less_is_worse else "repeated_plain"
            lines.append(self._text(f"robot.{key}", span=span, peak=peak))
        else:
            lines.append(self._text("robot.since", at=self._clock(notice.fired_at)))
        if notice.acknowledged_by and notice.acknowledged_at is not None:
            by, at = name(notice.acknowledged_by), self._clock(notice.acknowledged_at)
            lines.append(self._text("robot.acknowledged", by=by, at=at))
        return lines

    def _values(self, problem: Problem) -> dict[str, str]:
        since = self._at if problem.since is None else problem.since
        return {
            "n": self._count(problem.value),
            "threshold": self._count(problem.threshold),
            "minutes": self._count(problem.facts.get("minutes", 0)),
            "expected": self._formats.decimal(problem.facts.get("expected", 0)),
            "wait": self._formats.timer(self._at - since),
            "span": self._formats.span_of(max(self._at - since, problem.value)),
            "agent": self._agent(problem.agent_id) if problem.agent_id else "",
            "who": self._who(problem),
            "of_team": self._of_team(problem),
            "in_team": self._in_team(problem),
            "source": self._source(problem),
            "screen": name(problem.screen),
        }

    def _helpers(self, problem: Problem) -> str:
        if not problem.hands:
            return self._text("robot.no_hands")
        people = [
            self._text.plural("robot.hand", n, name=self._agent(agent), n=self._count(n))
            for agent, n in problem.hands
        ]
        return self._text("robot.hands", people=self._list(people, PEOPLE))

    def _figures_from(self, problem: Problem) -> str:
        as_of = problem.facts.get("as_of")
        if as_of is None:
            return self._text("alerts.advice.stale_never")
        return self._text("alerts.advice.stale", at=self._clock(as_of))

    def _tickets(self, problem: Problem) -> str:
        links = [self._ticket(ticket) for ticket in problem.tickets]
        more = max(0, round(problem.value) - len(problem.tickets))
        return self._text.plural("robot.tickets", len(links), links=self._list(links, LINKS, more))

    def _ticket(self, ticket: str) -> str:
        url = self._directory.conversation_link(ticket)
        return link(url, ticket) if url else name(ticket)

    def _list(self, words: Sequence[str], longest: int, more: int = 0) -> str:
        """The first ones, joined as the language does, and how many more there are."""
        shown, more = list(words[:longest]), more + max(0, len(words) - longest)
        if more:
            return self._text("robot.and_more", links=", ".join(shown), n=self._count(more))
        if len(shown) < 2:
            return "".join(shown)
        return self._text("robot.and", list=", ".join(shown[:-1]), last=shown[-1])

    def _who(self, problem: Problem) -> str:
        if problem.team_id is None:
            return self._agent(problem.agent_id or "")
        if problem.team_id == NO_TEAM:
            return self._text("robot.without_team")
        return self._text("robot.whole_team", team=self._team(problem))

    def _of_team(self, problem: Problem) -> str:
        if problem.team_id in (None, NO_TEAM):
            return self._text("robot.without_team")
        return self._text("robot.of_team", team=self._team(problem))

    def _in_team(self, problem: Problem) -> str:
        return self._text("robot.in_team", team=self._team(problem)) if problem.team_id else ""

    def _team(self, problem: Problem) -> str:
        team = problem.team or self._text("rows.deleted_team", id=problem.team_id or "")
        return name(team)

    def _agent(self, agent: str) -> str:
        known = name(self._directory.agents.get(agent, ""))
        return known or self._text("robot.unknown_agent", id=name(agent))

    def _source(self, problem: Problem) -> str:
        source = problem.source or ""
        return SOURCES.get(source, escaped(source))

    def _count(self, value: float) -> str:
        return self._formats.count(value)

    def _clock(self, instant: float) -> str:
        """With the day where it is not today's."""
        moment, now = datetime.fromtimestamp(instant, UTC), datetime.fromtimestamp(self._at, UTC)
        zone = self._formats.zone
        is_today = moment.astimezone(zone).date() == now.astimezone(zone).date()
        return self._formats.clock(moment) if is_today else self._formats.moment(moment)


class Messages:
    """`mention` is whom critical problems call, as Slack writes it."""

    def __init__(
        self,
        text: Text,
        zone: ZoneInfo,
        *,
        mention: str | None = None,
        wall_url: str | None = None,
    ) -> None:
        self._text = text
        self._formats = Formats(text, zone)
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
        return Notification(notice, message.at, message.directory, self._formats)

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
        """Only for critical problems that somebody still has to look at."""
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
