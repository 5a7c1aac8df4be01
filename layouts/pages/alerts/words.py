"""The robot's words for a problem, on a screen: the same as in Slack, with times that run."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from layouts.components.context import Context
from layouts.components.live_time import timer
from layouts.elements import html
from layouts.pages.alerts.data import AlertRow, Alerts
from layouts.slack.messages import SOURCES, Notification
from layouts.slack.mrkdwn import plain, unescaped
from metrics.alerts.model import Problem
from metrics.alerts.rules import NO_TEAM

TICKETS = 3


class AlertText:
    def __init__(self, row: AlertRow, alerts: Alerts, context: Context) -> None:
        self._notice = row.notice
        self._alerts = alerts
        self._context = context
        # Links are drawn here, not in Slack's markup.
        bare = replace(row.notice, problem=replace(row.notice.problem, tickets=()))
        self._notification = Notification(
            bare, alerts.at.timestamp(), alerts.directory, context.formats
        )

    def plain(self) -> str:
        return unescaped(self._notification.headline())

    def headline(self) -> list[Any]:
        """A wait in it runs on."""
        words, since = self.plain(), self._notice.problem.since
        if self._notice.ended_at is not None or self._notice.problem.rule != "queue" or not since:
            return [words]
        wait = self._context.formats.timer(self._alerts.at.timestamp() - since)
        before, matched, after = words.rpartition(wait)
        if not matched:
            return [words]
        began = datetime.fromtimestamp(since, UTC)
        return [before, timer(began, self._alerts.at, self._context), after]

    def advice(self) -> str:
        return " ".join(unescaped(line) for line in self._notification.advice())

    def tickets(self) -> list[Any]:
        problem, text = self._notice.problem, self._context.text
        ids = list(problem.tickets)
        if not ids:
            return []
        shown: list[Any] = [text.plural("alerts.conversations", len(ids)), " "]
        for place, ticket in enumerate(ids[:TICKETS]):
            shown += [", "] if place else []
            href = self._alerts.directory.conversation_link(ticket)
            if href:
                shown.append(html.A(ticket, href=href, target="_blank", rel="noopener noreferrer"))
            else:
                shown.append(html.Span(ticket, className="bidi"))
        more = max(len(ids), round(problem.value) if problem.unit == "count" else 0) - TICKETS
        if more > 0:
            shown.append(text("alerts.and_more", n=self._context.formats.count(more)))
        return [*shown, "."]

    def where(self) -> str:
        return place_of(self._notice.problem, self._context)


def place_of(problem: Problem, context: Context) -> str:
    text = context.text
    if problem.source:
        return SOURCES.get(problem.source, problem.source)
    if problem.screen_id:
        return plain(problem.screen)
    if problem.agent_id:
        known = plain(problem.agent)
        return known or text("robot.unknown_agent", id=problem.agent_id)
    if problem.team_id == NO_TEAM:
        return text("alerts.no_team")
    if problem.team_id:
        return plain(problem.team) or text("rows.deleted_team", id=problem.team_id)
    return text("alerts.everybody")
