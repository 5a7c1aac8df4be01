"""The answers of the API as models: the documentation is made from them, the tests hold answers
against them. Columns of rows come from `metrics.model.schema`, metrics from the catalogue.
"""

from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

import metrics.measures  # noqa: F401  (fills the catalogue)
from layouts.i18n import text_for
from metrics.live.line import Kind
from metrics.model import schema
from metrics.model.catalog import CATALOG
from metrics.model.extent import Reason
from metrics.model.severity import Severity

Instant = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
        json_schema_extra={"format": "date-time"},
    ),
]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"})]
Seconds = Annotated[float, Field(description="Seconds.")]
Share = Annotated[float, Field(ge=0, le=1)]
State = Literal["ok", "late", "failed", "off", "starting"]

_TYPES: dict[schema.DataType, Any] = {
    schema.TEXT: str,
    schema.LABEL: str,
    schema.INSTANT: Instant,
    schema.SECONDS: Seconds,
    schema.WHOLE: int,
    schema.FLAG: bool,
}
# What the rows say in another form: lists for joined text, nothing for marks of our own.
JOINED: dict[str, str] = {"tags": "\n", "ai_content": "\n", "conversation_ids": ","}
INTERNAL = frozenset({"is_call", "logged_digits"})


class Model(BaseModel):
    """An answer, or a part of one; nothing else is in it."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ErrorText(Model):
    """What went wrong."""

    code: Literal[
        "invalid_parameter",
        "unauthorized",
        "forbidden",
        "not_found",
        "method_not_allowed",
        "too_many_requests",
        "internal_error",
        "starting",
        "unavailable",
    ]
    message: str = Field(description="For a developer; names the parameter where one is wrong.")


class Error(Model):
    """Any answer that is not 200."""

    error: ErrorText


class Answer(Model):
    """What every answer carries."""

    data_as_of: Instant | None = Field(
        description="Oldest moment at which a vendor of this answer was last read completely; "
        "null where none was."
    )
    version: int = Field(description="Version of the snapshot; rises with every change of data.")
    time_zone: str = Field(description="IANA zone that cuts the local days.")


class PeriodAnswer(Model):
    """The days looked at."""

    first_day: Day = Field(alias="from")
    last_day: Day = Field(alias="to", description="Included.")
    complete: bool = Field(
        description="False where the period reaches before the history, a vendor of this answer "
        "was never read, or days are being repaired."
    )


class Dated(Answer):
    """An answer about a period."""

    period: PeriodAnswer
    clock: Literal["all", "office"]


class Missing(Model):
    """Why there is no number."""

    code: Reason
    words: str


class Number(Model):
    """A metric's value with its population. `null` is "no data", never zero."""

    value: float | None = Field(description="Of a duration: the median.")
    n: int = Field(ge=0, description="Rows the value rests on.")
    reason: Missing | None = Field(description="Why `value` is null; null where it is not.")
    kind: Literal["count", "share", "mean", "duration", "stock"]
    unit: Literal["count", "share", "seconds", "points"]
    state: State = Field(description="The worst state among the vendors the value is made of.")
    mean: Seconds | None = Field(default=None, description="Durations only.")
    p90: Seconds | None = Field(default=None, description="Durations only; null under n = 20.")
    low: Share | None = Field(default=None, description="Shares only: Wilson's 95 % interval.")
    high: Share | None = Field(default=None, description="Shares only: Wilson's 95 % interval.")
    parts: dict[str, int] | None = Field(
        default=None, description="Rows by band, outcome or age, where the metric has such parts."
    )


class Group(Number):
    """A metric's number in one group."""

    key: str = Field(description="The day, hour, id or word that makes the group.")
    label: str


class Breakdown(Dated):
    """One metric in groups."""

    metric: str
    by: str
    breakdown: list[Group]


class ComparedPeriod(PeriodAnswer):
    """The days before, up to the same clock time where the period includes today."""

    until: str | None = Field(description="Local time on the last day; null: the whole day.")


class ChangePart(Model):
    """What one group carries of a change."""

    key: str
    label: str
    n_before: int
    n: int = Field(description="Rows of the group.")
    weight_before: float
    weight: float = Field(description="The same; a row of several groups is parted among them.")
    value_before: float | None
    value: float | None = Field(description="Mean of the rows by their weight; of a count, `n`.")
    mix: float | None = Field(description="It weighs more or less; null for a count.")
    rate: float | None = Field(description="Its own mean moved; null for a count.")
    total: float = Field(description="mix + rate; of a count the difference of the weights.")


class Decomposition(Dated):
    """A metric's change, in parts that add up to it; a group of one period only is all mix."""

    metric: str
    unit: Literal["count", "share", "seconds", "points"]
    method: Literal["difference", "kitagawa"]
    before: ComparedPeriod = Field(description="The period that it is compared with.")
    value_before: float | None
    value: float | None = Field(description="Of a duration the mean: no median is a sum of parts.")
    change: float | None = Field(description="null: one of the two periods has no value.")
    ways: dict[str, list[ChangePart]] = Field(
        description="Group (reason, team, agent, hour, …) -> its parts, the largest first."
    )


class TextPresence(Model):
    """Whether a person is available in Intercom."""

    state: Literal["active", "away", "unknown"]
    reason: str | None
    since: Instant | None = Field(description="First seen by Vigia.")


class VoicePresence(Model):
    """A person's availability in Aircall."""

    state: str | None = Field(description="The vendor's word, unknown ones included.")
    since: Instant | None = Field(description="First seen by Vigia.")


WINDOW: Any = Field(
    description="From then on the channel lets only paid templates through (24 hours after the "
    "customer wrote last); null: it has no such window."
)


class QueueRow(Model):
    """A conversation nobody has taken; `subject` and `contact_name` for managers only."""

    id: str
    team_id: str | None
    team: str | None
    waiting_since: Instant | None
    waiting_seconds: Seconds | None = Field(description="null: it is the customer's turn.")
    channel: str | None
    created_at: Instant
    subject: str | None
    contact_name: str | None
    window_until: Instant | None = WINDOW
    url: str | None


class OrphanedRow(Model):
    """What waits too long with somebody who left, a bot, or a person who is away."""

    agent_id: str
    agent: str | None
    waiting_since: Instant = Field(description="Of the one that waits longest.")
    ids: list[str]


class Queue(Answer):
    """Who waits, oldest wait first."""

    severity: Severity | None = Field(
        description="Of all that waits, at this moment. null: nothing waits, or the data are late."
    )
    queue: list[QueueRow]
    unrouted: list[QueueRow] = Field(description="Neither team nor person.")
    with_ai: list[QueueRow] = Field(description="The AI agent alone is handling it: in no queue.")
    orphaned: list[OrphanedRow]


class Hand(Model):
    """Who should take it: the team's own first, then whoever is free and holds least."""

    agent_id: str
    agent: str
    open: int
    text_free: bool
    voice_free: bool
    in_team: bool = Field(description="Of the team that it waits in; true where that is none.")
    has_it: bool = Field(description="It rings there, or is that person's ticket, already.")


class LineRow(Model):
    """One who waits; `subject` and `contact_name` for managers only."""

    kind: Kind
    id: str = Field(description="Of the conversation, call or ticket.")
    since: Instant | None
    due_at: Instant | None = Field(
        description="From then on it is late; null: it is the customer's turn."
    )
    team_id: str | None
    team: str | None
    channel: str | None
    holder_id: str | None
    holder: str | None = Field(description="Who has it and does not answer, or owns the ticket.")
    phone_line: str | None
    missed: int = Field(description="Lost calls since the caller was last talked to.")
    subject: str | None
    contact_name: str | None
    digits: str | None = Field(description="Masked but for managers.")
    window_until: Instant | None = WINDOW
    hand: Hand | None = Field(description="null: nobody is free, or nobody is needed.")
    url: str | None


class Line(Answer):
    """Everything that waits, what will be late first; who is on the telephone before all."""

    with_calls: bool = Field(description="False where what is known of calls is old.")
    line: list[LineRow]


class Page(Dated):
    """A page of rows, newest first."""

    metric: str | None
    total: int | None = Field(description="Rows on all pages; null where the vendor is not read.")
    next_cursor: str | None = Field(description="null on the last page.")


class AlertRule(Model):
    """A rule of the robot, as it holds: the settings with what people changed."""

    rule: str
    on: bool = Field(description="Whether it works.")
    severity: Severity | None = Field(description="null: the wait decides.")
    cooldown_minutes: float
    settings: dict[str, Any]
    edited: dict[str, Any] = Field(description="What people changed.")
    edited_by: str | None


class Ticket(Model):
    """A conversation that a problem is about."""

    id: str
    url: str | None


class LiveProblem(Model):
    """A problem that goes on."""

    id: str
    rule: str
    key: str = Field(description="Rule and subject; a problem that comes back has the same key.")
    severity: Severity = Field(description="At this moment.")
    team_id: str | None = Field(description='"none": conversations without a team.')
    team: str | None
    agent_id: str | None
    agent: str | None
    source: str | None
    screen_id: str | None = Field(description="Of the device link of a television.")
    screen: str | None
    value: float
    threshold: float
    unit: Literal["count", "seconds"]
    peak: float = Field(description="The worst value so far; for staffing the least.")
    since: Instant | None = Field(description="When it began, as far as the data tell.")
    fired_at: Instant
    duration_seconds: Seconds
    told_at: Instant | None = Field(description="null: not told yet, as in quiet hours.")
    tellings: int
    acknowledged_by: str | None
    acknowledged_at: Instant | None
    tickets: list[Ticket]


class AlertDelivery(Model):
    """What became of a message."""

    id: str
    kind: Literal["say", "edit", "test"] = Field(description="edit: renewed in place.")
    created_at: Instant = Field(description="When it was decided.")
    done_at: Instant = Field(description="When Slack had it, or when it was given up.")
    arrived: bool
    lives: list[str] = Field(description="Ids of the problems that it told of.")
    attempts: int
    doubtful: int = Field(description="Attempts without an answer: copies may be there besides.")
    covers: int = Field(description="Messages that it made up for after an outage.")
    reason: str | None = Field(description="Why it was given up.")


class Alerts(Answer):
    """Rules, live problems and what was said of them."""

    robot: Literal["running", "not running"] = Field(
        description='While it is "not running" nobody looks for problems: `live` may be old.'
    )
    evaluated_at: Instant | None
    enabled: bool = Field(description="Whether it speaks.")
    working_hours: Literal["office", "always", "never"]
    quiet_hours: list[str]
    slack: State
    rules: list[AlertRule]
    unknown: list[str] = Field(
        description="Rules and keys about which late or failed sources say nothing at present."
    )
    live: list[LiveProblem]
    waiting: int = Field(description="Messages that are decided and have not arrived yet.")
    deliveries: list[AlertDelivery] = Field(description="The latest first.")


class Source(Model):
    """How a vendor's data is."""

    state: State
    as_of: Instant | None
    since: Instant | None = Field(description="When this state began.")
    error: str | None
    warning: str | None
    version: str | None = Field(description="The vendor's version that answered, where told.")


class HistoryAnswer(Model):
    """How far back the data reaches."""

    loaded_days: int
    total_days: int
    complete: bool
    first_day: Day | None


class Requests(Model):
    """Requests of the last minute."""

    intercom: int | None
    aircall: int | None


class SecondLook(Model):
    """What was read again of a source, and what that found in the last 24 hours."""

    read_at: Instant | None = Field(description="When a day was read again last.")
    whole_since: Instant | None = Field(description="No day was read longer ago than that.")
    changed: int = Field(description="Rows that had changed late.")
    removed: int = Field(description="Rows that were gone at the vendor.")


class Status(Answer):
    """How the collecting goes."""

    published_at: Instant
    sources: dict[str, Source]
    history: HistoryAnswer
    second_look: dict[str, SecondLook]
    vendor_requests_last_minute: Requests


def columns(table: str) -> list[str]:
    return [name for name in schema.TABLES[table] if name not in INTERNAL]


def _row_fields(table: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in columns(table):
        kind = _TYPES[schema.TABLES[table][name]]
        fields[name] = (list[str], ...) if name in JOINED else (kind | None, ...)
    fields["id"] = (str, ...)
    fields["value"] = (
        float | None,
        Field(default=None, description="With `metric` only: what the row adds to it."),
    )
    return fields


def _numbers(name: str, purpose: str, *, stocks: bool) -> type[Model]:
    """A model with one number for each metric of the catalogue."""
    fields: dict[str, Any] = {
        key: (Number, Field(description=text_for("en")(f"metrics.{key}.definition")))
        for key, metric in CATALOG.items()
        if stocks or metric.kind != "stock"
    }
    return create_model(name, __base__=Model, __doc__=purpose, **fields)


def _many(model: type[BaseModel]) -> Any:
    """A list of a model that is made here, which the type checker takes for a mere value."""
    return GenericAlias(list, (model,))


STATUSES: Any = Literal["member", "outside", "left", "voice", "unassigned"]
SummaryNumbers = _numbers("SummaryNumbers", "Every metric.", stocks=True)
AgentNumbers = _numbers("AgentNumbers", "Every metric but the stocks, of one person.", stocks=False)

Summary = create_model(
    "Summary",
    __base__=Dated,
    __doc__="Every metric of the period; stocks are now and ignore it.",
    metrics=(SummaryNumbers, ...),
)
Agent = create_model(
    "Agent",
    __base__=Model,
    __doc__="A person; leavers and `none` (unassigned) included.",
    id=(str, ...),
    name=(str, ...),
    email=(str | None, ...),
    status=(STATUSES, ...),
    text=(TextPresence | None, Field(description="null: not a present person of Intercom.")),
    voice=(VoicePresence | None, Field(description="null: no Aircall user of that e-mail.")),
    open=(int | None, Field(description="Open now, over all teams.")),
    snoozed=(int | None, Field(description="Snoozed now, over all teams.")),
    recent=(int | None, Field(description="Conversations of the last 30 minutes.")),
    metrics=(AgentNumbers, ...),
)
Agents = create_model(
    "Agents",
    __base__=Dated,
    __doc__="People with their numbers.",
    agents=(_many(Agent), ...),
)
Conversation = create_model(
    "Conversation",
    __base__=Model,
    __doc__="A conversation, without its messages.",
    **_row_fields("conversations"),
    agent=(str | None, Field(description="Name of `agent_id`.")),
    team=(str | None, Field(description="Name of `team_id`.")),
    attributes=(dict[str, str], Field(description="The workspace's own attributes that are set.")),
    url=(str | None, Field(description="The conversation in Intercom.")),
)
Call = create_model(
    "Call",
    __base__=Model,
    __doc__="A call; `digits` is masked but for managers.",
    **_row_fields("calls"),
    agent_id=(str | None, Field(description="Intercom admin id of the Aircall user.")),
    agent=(str | None, Field(description="Name of `agent_id`.")),
    recording_url=(str | None, Field(description="A path of this server; null: none was made.")),
)
BackofficeTicket = create_model(
    "BackofficeTicket",
    __base__=Model,
    __doc__="A ticket of the second line, without its messages.",
    **_row_fields("tickets"),
    agent=(str | None, Field(description="Owner: name of `agent_id`.")),
    creator=(str | None, Field(description="Name of `creator_id`.")),
    team=(str | None, Field(description="Name of `team_id`.")),
    overdue=(bool, Field(description="Open for `backoffice.age_days` or more.")),
    url=(str | None, Field(description="The ticket in Intercom.")),
)
BackofficeTickets = create_model(
    "BackofficeTickets",
    __base__=Page,
    __doc__="Rows.",
    tickets=(_many(BackofficeTicket), ...),
)
Conversations = create_model(
    "Conversations",
    __base__=Page,
    __doc__="Rows.",
    conversations=(_many(Conversation), ...),
)
Calls = create_model("Calls", __base__=Page, __doc__="Rows.", calls=(_many(Call), ...))
