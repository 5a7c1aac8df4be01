"""`python app.py check`: whether what was set up works, and what the vendors have for the settings.

A token that was entered on the screen is tried by the same questions.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

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
from services.runtime.vendor_directory import Directory
from services.settings.config import Environment, Settings
from services.settings.proposals import NEEDED_LABELS, Person
from services.vendors.aircall import Aircall, aircall_client
from services.vendors.aircall_rows import build_user_row
from services.vendors.intercom import Intercom, intercom_client
from services.vendors.intercom_rows import build_admin_row

ARCHIVE_NAMES = {"source": "MongoDB", "secret": "MONGO_URI"}
Mark = Literal["✓", "○", "✗"]
GOOD: Mark = "✓"
OPTIONAL: Mark = "○"  # missing, and everything else works without it
WRONG: Mark = "✗"


class Words(Protocol):
    def __call__(self, key: str, **values: object) -> str: ...

    def has(self, key: str) -> bool: ...


@dataclass(frozen=True)
class Finding:
    mark: Mark
    vendor: str
    message: str  # what was found and, where it does not work, what to do
    is_setting: bool = False  # about what the settings name, and not about the key

    @property
    def ok(self) -> bool:
        return self.mark != WRONG


@dataclass(frozen=True)
class Report:
    findings: list[Finding]
    directory: Directory

    @property
    def is_good(self) -> bool:
        return all(finding.ok for finding in self.findings)


def check(
    settings: Settings, environment: Environment, text: Words, message: Payload | None = None
) -> Report:
    """With a `message` Slack gets it, else it is only asked."""
    slack = slack_client(environment, settings)
    vendors = _ask_vendors(settings, environment, text)
    findings = [Finding(GOOD, text("check.file"), text("check.settings")), *vendors.findings]
    findings += check_slack(slack, message, text)
    findings += _check_archive(settings, environment, text)
    return Report(findings, vendors.directory)


def check_keys(settings: Settings, environment: Environment, text: Words) -> Report:
    """Whether the vendors take the keys, and what they may read."""
    report = _ask_vendors(settings, environment, text)
    return Report([one for one in report.findings if not one.is_setting], report.directory)


def _ask_vendors(settings: Settings, environment: Environment, text: Words) -> Report:
    intercom = intercom_client(environment, settings)
    directory = Directory()
    findings = [*_check_intercom(intercom, settings, text, directory)]
    findings += _check_aircall(aircall_client(environment, settings), settings, text, directory)
    return Report(findings, directory)


def _check_intercom(
    intercom: Intercom, settings: Settings, text: Words, found: Directory
) -> Iterator[Finding]:
    try:
        app = intercom.get_me().get("app") or {}
        people = intercom.list_admins()
    except ServiceError as error:
        yield Finding(WRONG, "Intercom", _explain(error, "INTERCOM_TOKEN", text))
        return
    rows = [build_admin_row(person, {}) for person in people]
    found.texts = _read_people(row for row in rows if not row["bot"])
    workspace = app.get("name") or app.get("id_code") or "?"
    yield Finding(GOOD, "Intercom", text("check.intercom", workspace=workspace, people=len(people)))
    if intercom.warning:
        version = settings.intercom.version
        answered = intercom.answered_version
        yield Finding(WRONG, "Intercom", text("check.version", asked=version, answered=answered))
    yield from _check_permitted(
        "Intercom", text, lambda: _check_teams(intercom, settings, text, found)
    )
    yield from _check_permitted(
        "Intercom", text, lambda: _check_labels(intercom, settings, text, found)
    )


def _check_teams(
    intercom: Intercom, settings: Settings, text: Words, found: Directory
) -> Iterator[Finding]:
    found.teams = {str(team["id"]): str(team.get("name")) for team in intercom.list_teams()}
    for team in settings.teams:
        if team.id not in found.teams:
            listed = ", ".join(f"{key} ({name})" for key, name in found.teams.items()) or "–"
            yield Finding(
                WRONG, "Intercom", text("check.no_team", team=team.id, known=listed), True
            )


def _check_labels(
    intercom: Intercom, settings: Settings, text: Words, found: Directory
) -> Iterator[Finding]:
    rows = intercom.list_conversation_attributes()
    found.labels = {
        str(row.get("label") or row.get("name") or ""): [
            *map(_read_option, row.get("options") or ())
        ]
        for row in rows
        if not row.get("archived")
    }
    known = {fold_label(label) for label in found.labels}
    for key, label in settings.attributes.model_dump(exclude={"resolved_value"}).items():
        if fold_label(label) not in known:
            mark = WRONG if key in NEEDED_LABELS else OPTIONAL
            message = text("check.no_label", setting=f"attributes.{key}", label=label)
            yield Finding(mark, "Intercom", message, is_setting=True)


def _read_option(option: Any) -> str:
    """A word up to 2.15, an object from 2.16 on."""
    return str(option.get("label") if isinstance(option, dict) else option)


def _check_aircall(
    aircall: Aircall | None, settings: Settings, text: Words, found: Directory
) -> Iterator[Finding]:
    if aircall is None:
        yield Finding(OPTIONAL, "Aircall", text("check.aircall_off"))
        return
    try:
        aircall.ping()
        people = aircall.list_users()
    except ServiceError as error:
        yield Finding(WRONG, "Aircall", _explain(error, "AIRCALL_ID, AIRCALL_TOKEN", text))
        return
    found.voices = _read_people(build_user_row(person, {}) for person in people)
    yield Finding(GOOD, "Aircall", text("check.aircall", people=len(people)))
    yield from _check_permitted(
        "Aircall", text, lambda: _check_lines(aircall, settings, text, found)
    )


def _check_lines(
    aircall: Aircall, settings: Settings, text: Words, found: Directory
) -> Iterator[Finding]:
    lines = aircall.list_numbers()
    found.lines = [(str(line.get("name")), str(line.get("digits"))) for line in lines]
    listed = ", ".join(name for name, _ in found.lines) or "–"
    for wanted in unknown_lines(found.lines, settings.rules()):
        yield Finding(WRONG, "Aircall", text("check.no_line", line=wanted, known=listed), True)


def _read_people(rows: Iterator[Mapping[str, Any]]) -> list[Person]:
    return [Person(row["name"] or "", row["email"]) for row in rows if row["email"]]


def check_slack(slack: Slack | None, message: Payload | None, text: Words) -> Iterator[Finding]:
    if slack is None:
        yield Finding(OPTIONAL, "Slack", text("check.slack_off"))
        return
    credentials = "SLACK_BOT_TOKEN" if isinstance(slack, Bot) else "SLACK_WEBHOOK"
    try:
        if isinstance(slack, Bot):
            yield from _check_bot(slack, text, is_proven_by_message=message is not None)
        elif message is None:
            # Whatever is sent there stands in the channel.
            yield Finding(GOOD, "Slack", text("check.slack_webhook"))
        if message is not None:
            slack.post(message)
            yield Finding(GOOD, "Slack", text("check.slack_sent"))
    except RefusedError as error:
        yield Finding(WRONG, "Slack", _explain_refusal(error.reason, text))
    except ServiceError as error:
        yield Finding(WRONG, "Slack", _explain(error, credentials, text))


def _check_bot(slack: Bot, text: Words, *, is_proven_by_message: bool) -> Iterator[Finding]:
    workspace, name = slack.identity()
    yield Finding(GOOD, "Slack", text("check.slack_bot", workspace=workspace, name=name))
    if is_proven_by_message:
        return
    try:
        channel = slack.channel()
    except RefusedError as error:
        # A bot that may only write may not look; and a channel's name cannot be asked for.
        if error.reason == "missing_scope" or not slack.knows_channel_by_id:
            told = text("check.slack_unproven", channel=slack.channel_name)
            yield Finding(OPTIONAL, "Slack", told)
            return
        raise
    if channel.get("is_archived"):
        raise RefusedError("is_archived")
    if channel.get("is_member") is False:
        raise RefusedError("not_in_channel")
    yield Finding(GOOD, "Slack", text("check.slack_channel", channel=channel.get("name") or "?"))


def _check_archive(settings: Settings, environment: Environment, text: Words) -> Iterator[Finding]:
    uri, name = environment.mongo_uri, settings.history.mongo_database
    if uri is None:
        yield Finding(OPTIONAL, "MongoDB", text("check.archive_off"))
        return
    from services.archive.mongo import WRITE_SECONDS, ArchiveError, Mongo

    mongo = Mongo(uri, name, WRITE_SECONDS)
    try:
        mongo.replace("check", [{"_id": "check"}])
        yield Finding(GOOD, "MongoDB", text("check.archive", database=name))
    except ArchiveError as error:
        yield Finding(WRONG, "MongoDB", text(f"status.cause.{error.cause}", **ARCHIVE_NAMES))
    finally:
        mongo.close()


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
        return [Finding(WRONG, vendor, text("check.partly", cause=error))]


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
