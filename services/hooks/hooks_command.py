"""`python app.py hooks`: what the vendors are to tell Vigia, and where."""

import argparse
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

import requests

from services.errors import ConfigurationError
from services.hooks.event_queue import EventQueue
from services.hooks.events import PRESENCE_TOPICS
from services.settings.config import Environment, Settings
from services.settings.sections import is_private
from services.vendors.aircall import Aircall
from services.vendors.http import Payload

INTERCOM_PATH, AIRCALL_PATH = "/hooks/intercom", "/hooks/aircall"
ANSWER_SECONDS = 5
# To be chosen in Intercom's Developer Hub.
INTERCOM_TOPICS = (
    "conversation.user.created",
    "conversation.user.replied",
    "conversation.admin.assigned",
    "conversation.admin.open.assigned",
    "conversation.admin.single.created",
    "conversation.admin.replied",
    "conversation.admin.noted",
    "conversation.admin.closed",
    "conversation.admin.opened",
    "conversation.admin.snoozed",
    "conversation.admin.unsnoozed",
    "conversation.operator.replied",
    "conversation.rating.added",
    "conversation.priority.updated",
    "conversation.deleted",
    "conversation_part.redacted",
    "conversation_part.tag.created",
    *PRESENCE_TOPICS,
)
AIRCALL_EVENTS = (
    "call.created",
    "call.ringing_on_agent",
    "call.agent_declined",
    "call.answered",
    "call.transferred",
    "call.hungup",
    "call.ended",
    "call.voicemail_left",
    "call.comm_assets_generated",
    "call.assigned",
    "call.tagged",
    "call.untagged",
    "user.connected",
    "user.disconnected",
    "user.opened",
    "user.closed",
    "user.wut_start",
    "user.wut_end",
)


class Words(Protocol):
    def __call__(self, key: str, **values: object) -> str: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action")
    for action, words in (
        ("show", "what to enter at the vendors, and the last events; this also without an action"),
        ("register", "make Aircall's web-hook, or switch it on again"),
        ("list", "all of Aircall's web-hooks"),
        ("check", "whether both can reach Vigia and prove who they are"),
        ("remove", "take Aircall's web-hook away"),
    ):
        actions.add_parser(action, help=words)


class HooksCommand:
    def __init__(
        self,
        settings: Settings,
        environment: Environment,
        aircall: Aircall | None,
        queue: EventQueue,
        text: Words,
        tell: Callable[[str], None] = print,
    ) -> None:
        self._settings = settings
        self._environment = environment
        self._aircall = aircall
        self._queue = queue
        self._text = text
        self._tell = tell

    def run(self, action: str | None) -> int:
        """0 where all is well; ConfigurationError where something is missing for it."""
        return {
            "register": self._register,
            "list": self._list,
            "check": self._check,
            "remove": self._remove,
        }.get(action or "", self._show)()

    def _show(self) -> int:
        text, tell = self._text, self._tell
        origin = self._settings.server.public_url
        if origin is None:
            tell(text("hooks.no_public_url"))
        else:
            tell(text("hooks.intercom", url=origin + INTERCOM_PATH))
            for topic in INTERCOM_TOPICS:
                tell(f"  {topic}")
            tell(text("hooks.aircall"))
        for name, secret in (
            ("INTERCOM_CLIENT_SECRET", self._environment.intercom_client_secret),
            ("AIRCALL_WEBHOOK_TOKEN", self._environment.aircall_webhook_token),
        ):
            if secret is None:
                tell(text("hooks.missing", name=name))
        tell(text("hooks.latest"))
        latest = self._queue.list_latest()
        for event in latest:
            came = datetime.fromtimestamp(event["came_at"], UTC).astimezone(self._settings.zone)
            words = (f"{came:%d/%m %H:%M:%S}", event["vendor"], event["topic"], event["id"])
            tell("  " + "  ".join((*words, text(f"hooks.outcome.{event['outcome']}"))))
        if not latest:
            tell("  " + text("hooks.none"))
        return 0

    def _register(self) -> int:
        url, ours = self._get_url(), self._find_ours()
        if ours:
            webhook = self._get_aircall().update_webhook(_get_id(ours[0]), url, AIRCALL_EVENTS)
        else:
            webhook = self._get_aircall().create_webhook(url, AIRCALL_EVENTS)
        self._tell(self._text("hooks.registered", url=url))
        # The one place where it is told: it has to be put where Vigia reads it.
        self._tell(f"AIRCALL_WEBHOOK_TOKEN={webhook.get('token', '')}")
        return 0

    def _list(self) -> int:
        for webhook in self._get_aircall().list_webhooks():
            state = self._text("hooks.active" if webhook.get("active") else "hooks.inactive")
            self._tell(f"{_get_id(webhook)}  {webhook.get('url')}  {state}")
        return 0

    def _check(self) -> int:
        problems = [*self._find_intercom_problems(), *self._find_aircall_problems()]
        for problem in problems:
            self._tell(f"✗ {problem}")
        if not problems:
            self._tell(f"✓ {self._text('hooks.well')}")
        return 1 if problems else 0

    def _remove(self) -> int:
        ours = self._find_ours()
        for webhook in ours:
            self._get_aircall().delete_webhook(_get_id(webhook))
        self._tell(self._text("hooks.removed" if ours else "hooks.not_registered"))
        return 0

    def _find_intercom_problems(self) -> list[str]:
        if self._environment.intercom_client_secret is None:
            return [self._text("hooks.missing", name="INTERCOM_CLIENT_SECRET")]
        url = self._get_origin() + INTERCOM_PATH
        try:
            answer = requests.head(url, timeout=ANSWER_SECONDS)
        except requests.RequestException:
            return [self._text("hooks.unreachable", url=url)]
        return [] if answer.ok else [self._text("hooks.unreachable", url=url)]

    def _find_aircall_problems(self) -> list[str]:
        if self._aircall is None:
            return []
        token, ours, text = self._environment.aircall_webhook_token, self._find_ours(), self._text
        if not ours:
            return [text("hooks.not_registered")]
        problems = [] if len(ours) == 1 else [text("hooks.doubled", n=len(ours))]
        if token is None:
            problems.append(text("hooks.missing", name="AIRCALL_WEBHOOK_TOKEN"))
        elif not all(
            hmac.compare_digest(token.get_secret_value().encode(), str(one.get("token")).encode())
            for one in ours
        ):
            problems.append(text("hooks.other_token"))
        events = {event for webhook in ours for event in webhook.get("events") or AIRCALL_EVENTS}
        if not all(webhook.get("active") for webhook in ours) or set(AIRCALL_EVENTS) - events:
            problems.append(text("hooks.off"))
        return problems

    def _find_ours(self) -> list[Payload]:
        url = self._get_url()
        return [one for one in self._get_aircall().list_webhooks() if one.get("url") == url]

    def _get_aircall(self) -> Aircall:
        if self._aircall is None:
            raise ConfigurationError("AIRCALL_ID and AIRCALL_TOKEN are missing")
        return self._aircall

    def _get_url(self) -> str:
        return self._get_origin() + AIRCALL_PATH

    def _get_origin(self) -> str:
        origin = self._settings.server.public_url
        if origin is None or not is_private(origin):
            raise ConfigurationError(
                "server.public_url is missing, or not https: vendors deliver to no other address"
            )
        return origin


def _get_id(webhook: Payload) -> str:
    return str(webhook.get("webhook_id") or webhook.get("id"))
