"""`python app.py check`: whether what was set up works, in plain words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from metrics.model.lines import unknown_lines
from metrics.model.schema import fold_label
from services.errors import (
    BadResponseError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    ServiceError,
    UnauthorizedError,
)
from services.robot.slack import Bot, Payload, RefusedError, Slack, slack_client
from services.settings.config import Environment, Settings
from services.vendors.aircall import Aircall, aircall_client
from services.vendors.intercom import Intercom, intercom_client


class Words(Protocol):
    def __call__(self, key: str, **values: object) -> str: ...

    def has(self, key: str) -> bool: ...


@dataclass(frozen=True)
class Finding:
    ok: bool
    vendor: str
    message: str  # what was found and, where it does not work, what to do


def check(
    settings: Settings, environment: Environment, text: Words, message: Payload | None = None
) -> list[Finding]:
    """With a `message` Slack gets it, else it is only asked."""
    slack = slack_client(environment, settings)
    intercom = intercom_client(environment, settings)
    findings = [Finding(True, "config.yaml", text("check.settings"))]
    findings += _check_intercom(intercom, settings, text)
    findings += _check_aircall(aircall_client(environment, settings), settings, text)
    findings += _check_slack(slack, message, text)
    return findings


def _check_intercom(intercom: Intercom, settings: Settings, text: Words) -> Iterator[Finding]:
    try:
        app = intercom.get_me().get("app") or {}
        people = intercom.list_admins()
    except ServiceError as error:
        yield Finding(False, "Intercom", _explain(error, "INTERCOM_TOKEN", text))
        return
    workspace = app.get("name") or app.get("id_code") or "?"
    yield Finding(True, "Intercom", text("check.intercom", workspace=workspace, people=len(people)))
    if intercom.warning:
        version = settings.intercom.version
        answered = intercom.answered_version
        yield Finding(False, "Intercom", text("check.version", asked=version, answered=answered))
    yield from _check_permitted("Intercom", text, lambda: _check_teams(intercom, settings, text))
    yield from _check_permitted("Intercom", text, lambda: _check_labels(intercom, settings, text))


def _check_teams(intercom: Intercom, settings: Settings, text: Words) -> Iterator[Finding]:
    known = {str(team["id"]): team.get("name") for team in intercom.list_teams()}
    for team in settings.teams:
        if team.id not in known:
            listed = ", ".join(f"{key} ({name})" for key, name in known.items()) or "–"
            yield Finding(False, "Intercom", text("check.no_team", team=team.id, known=listed))


def _check_labels(intercom: Intercom, settings: Settings, text: Words) -> Iterator[Finding]:
    rows = intercom.list_conversation_attributes()
    known = {fold_label(str(row.get("label") or row.get("name") or "")) for row in rows}
    wanted = settings.attributes.model_dump(exclude={"resolved_value"})
    for key, label in wanted.items():
        if fold_label(label) not in known:
            message = text("check.no_label", setting=f"attributes.{key}", label=label)
            yield Finding(False, "Intercom", message)


def _check_aircall(aircall: Aircall | None, settings: Settings, text: Words) -> Iterator[Finding]:
    if aircall is None:
        yield Finding(True, "Aircall", text("check.aircall_off"))
        return
    try:
        aircall.ping()
        people = aircall.list_users()
    except ServiceError as error:
        yield Finding(False, "Aircall", _explain(error, "AIRCALL_ID, AIRCALL_TOKEN", text))
        return
    yield Finding(True, "Aircall", text("check.aircall", people=len(people)))
    yield from _check_permitted("Aircall", text, lambda: _check_lines(aircall, settings, text))


def _check_lines(aircall: Aircall, settings: Settings, text: Words) -> Iterator[Finding]:
    lines = aircall.list_numbers()
    known = [(str(line.get("name")), str(line.get("digits"))) for line in lines]
    listed = ", ".join(name for name, _ in known) or "–"
    for wanted in unknown_lines(known, settings.rules()):
        yield Finding(False, "Aircall", text("check.no_line", line=wanted, known=listed))


def _check_slack(slack: Slack | None, message: Payload | None, text: Words) -> Iterator[Finding]:
    if slack is None:
        yield Finding(True, "Slack", text("check.slack_off"))
        return
    credentials = "SLACK_BOT_TOKEN" if isinstance(slack, Bot) else "SLACK_WEBHOOK"
    try:
        if isinstance(slack, Bot):
            yield from _check_bot(slack, text, is_proven_by_message=message is not None)
        elif message is None:
            # Whatever is sent there stands in the channel.
            yield Finding(True, "Slack", text("check.slack_webhook"))
        if message is not None:
            slack.post(message)
            yield Finding(True, "Slack", text("check.slack_sent"))
    except RefusedError as error:
        yield Finding(False, "Slack", _explain_refusal(error.reason, text))
    except ServiceError as error:
        yield Finding(False, "Slack", _explain(error, credentials, text))


def _check_bot(slack: Bot, text: Words, *, is_proven_by_message: bool) -> Iterator[Finding]:
    workspace, name = slack.identity()
    yield Finding(True, "Slack", text("check.slack_bot", workspace=workspace, name=name))
    if is_proven_by_message:
        return
    try:
        channel = slack.channel()
    except RefusedError as error:
        # A bot that may only write may not look; and a channel's name cannot be asked for.
        if error.reason == "missing_scope" or not slack.knows_channel_by_id:
            yield Finding(True, "Slack", text("check.slack_unproven", channel=slack.channel_name))
            return
        raise
    if channel.get("is_archived"):
        raise RefusedError("is_archived")
    if channel.get("is_member") is False:
        raise RefusedError("not_in_channel")
    yield Finding(True, "Slack", text("check.slack_channel", channel=channel.get("name") or "?"))


def _explain_refusal(reason: str, text: Words) -> str:
    key = f"alerts.reason.{reason}"
    known = text(key) if text.has(key) else text("alerts.reason_other", reason=reason)
    return text("check.slack_refused", cause=known)


def _check_permitted(
    vendor: str, text: Words, read: Callable[[], Iterator[Finding]]
) -> list[Finding]:
    """What a permission may forbid without anything else suffering."""
    try:
        return list(read())
    except ServiceError as error:
        return [Finding(False, vendor, text("check.partly", cause=error))]


def _explain(error: ServiceError, credentials: str, text: Words) -> str:
    keys: dict[type[ServiceError], str] = {
        UnauthorizedError: "unauthorized",
        ForbiddenError: "forbidden",
        NotFoundError: "not_found",
        RateLimitedError: "rate_limited",
        BadResponseError: "bad_response",
    }
    values: dict[str, Any] = {"credentials": credentials, "cause": error}
    return text(f"check.{keys.get(type(error), 'unavailable')}", **values)
