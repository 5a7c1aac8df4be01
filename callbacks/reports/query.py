"""What a machine may ask: the parameters of each route, read once and checked.

The models are both the check and, through `callbacks.api.openapi`, the documentation.
"""

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_origin
from urllib.parse import parse_qs

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    field_validator,
)

from metrics.live.line import KINDS, Kind
from metrics.model.catalog import CATALOG, Table
from metrics.model.definitions import Clock
from metrics.model.filters import Filters, HandledBy, Origin
from metrics.model.periods import Period, same_before
from metrics.model.schema import ATTRIBUTE_PREFIX
from metrics.query.drilldown import Cell, CellError

DEFAULT_DAYS = 28
# Ten years: the longest history the settings allow, so that no answer has a million empty days.
MAXIMUM_DAYS = 3660
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
MAXIMUM_ROWS = 1000
MAXIMUM_VALUES = 200
MAXIMUM_FIELDS = 600
TICKET_GROUPS = (
    *("state", "state_label", "ticket_type", "platform", "severity", "company"),
    *("external_state", "creator", "standing"),
)
PLAIN_GROUPS = (
    *("day", "hour", "weekday_hour", "agent", "team", "reason", "channel"),
    *("handled_by", "ai_source", "ai_content"),
)


class ParameterError(ValueError):
    """The text names the parameter, shortened, and says what is allowed.

    `turned` tells that a first day lies after its last.
    """

    def __init__(self, name: str, reason: str, *, turned: bool = False) -> None:
        self.name, self.turned = _shorten(name), turned
        super().__init__(f"{self.name}: {reason}")


@dataclass(frozen=True)
class Position:
    """A place between two rows: after the row with this instant (Unix seconds) and id."""

    seconds: int
    id: str

    def encode(self) -> str:
        return base64.urlsafe_b64encode(f"{self.seconds} {self.id}".encode()).decode().rstrip("=")


def _parse_day(text: Any) -> date:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("must be a local day such as 2026-11-30")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("there is no such day") from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"must lie between {FIRST_DAY} and {LAST_DAY}")
    return day


def _parse_limit(text: Any) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", str(text)) or not 1 <= int(text) <= MAXIMUM_ROWS:
        raise ValueError(f"must be a whole number from 1 to {MAXIMUM_ROWS}")
    return int(text)


def _parse_cursor(text: Any) -> Position:
    try:
        padded = str(text) + "=" * (-len(str(text)) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise ValueError("not a cursor of this API") from error
    match = re.fullmatch(r"([0-9]{1,11}) (\S{1,200})", plain)
    if not match:
        raise ValueError("not a cursor of this API")
    return Position(int(match[1]), match[2])


Day = Annotated[
    date, BeforeValidator(_parse_day), WithJsonSchema({"type": "string", "format": "date"})
]
Limit = Annotated[
    int,
    BeforeValidator(_parse_limit),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAXIMUM_ROWS, "default": 100}),
]
Cursor = Annotated[Position, BeforeValidator(_parse_cursor), WithJsonSchema({"type": "string"})]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Ids = Annotated[tuple[Id, ...], Field(max_length=MAXIMUM_VALUES)]


class NoQuery(BaseModel):
    """No parameters at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LineQuery(NoQuery):
    """Of everything that waits: that of some teams, and of some kinds."""

    team: Ids = Field(default=(), description="Intercom team id; may be repeated.")
    kind: tuple[Kind, ...] = Field(
        default=(), description="May be repeated.", max_length=len(KINDS)
    )

    @property
    def filters(self) -> Filters:
        return Filters(self.team)

    @property
    def key(self) -> tuple[str, ...]:
        """What the line depends on; of it the kinds are chosen."""
        return self.team


class Query(NoQuery):
    """What every data route takes: the filters."""

    team: Ids = Field(default=(), description="Intercom team id; may be repeated.")
    origin: Origin | None = Field(
        default=None,
        description="Who started it; automated: neither a customer nor a person of ours.",
    )
    shift: Ids = Field(
        default=(),
        description="Shift of `telephony.shifts` (else morning, afternoon) in which it began; "
        "may be repeated.",
    )
    handled_by: tuple[HandledBy, ...] = Field(
        default=(),
        max_length=MAXIMUM_VALUES,
        description="Who dealt with conversations: people, ai_agent (it alone) or both; may be "
        "repeated. All when absent.",
    )
    attributes: dict[str, tuple[str, ...]] = Field(default={}, exclude=True)

    @property
    def filters(self) -> Filters:
        agents = tuple(getattr(self, "agent", ()))
        attributes = dict(self.attributes)
        return Filters(
            self.team,
            agents,
            self.origin,
            attributes,
            shifts=self.shift,
            handled_by=self.handled_by,
        )

    @property
    def key(self) -> tuple[Any, ...]:
        """Everything that was asked, for the memory of answers; equal questions, equal keys."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        fields["attributes"] = tuple(sorted(self.attributes.items()))
        return tuple(sorted(fields.items()))


class SummaryQuery(Query):
    """Parameters of everything that looks at a period."""

    first_day: Day | None = Field(
        default=None,
        alias="from",
        description=f"First local day, included; {DEFAULT_DAYS} days up to `to` when absent.",
    )
    last_day: Day | None = Field(
        default=None, alias="to", description="Last local day, included; today when absent."
    )
    agent: Ids = Field(
        default=(),
        description="Intercom admin id, or `none` for rows without a person; may be repeated.",
    )
    clock: Clock = Field(
        default="all",
        description="Durations in all hours, or in office hours (Intercom's own statistics).",
    )

    def period(self, today: date) -> Period:
        """Raises ParameterError where the first day is after the last, or days are too many."""
        last = self.last_day or today
        first = self.first_day or last - timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            later = "to" if self.last_day else "today"
            raise ParameterError("from", f"lies after {later}", turned=True)
        if (last - first).days >= MAXIMUM_DAYS:
            raise ParameterError("from", f"at most {MAXIMUM_DAYS} days at a time")
        return Period(first, last)


class BreakdownQuery(SummaryQuery):
    """Parameters of one metric in groups."""

    metric: str = Field(description="Key of the metric.")
    by: str = Field(
        max_length=200,
        description=f"{', '.join(PLAIN_GROUPS)}, or the label of an attribute "
        "(as it is, or with `attr.` before it); of tickets also "
        f"{', '.join(TICKET_GROUPS)} (standing: created in the period, before or after it).",
    )

    @field_validator("metric")
    @classmethod
    def _metric_is_known(cls, key: str) -> str:
        return check_metric(key)

    def group(self, labels: Collection[str]) -> str:
        """As `metrics.query.report.breakdown` names it; raises ParameterError where it is none."""
        of_tickets = CATALOG[self.metric].table == "tickets" and self.by in TICKET_GROUPS
        if self.by in PLAIN_GROUPS or of_tickets:
            return self.by
        label = self.by.removeprefix(ATTRIBUTE_PREFIX)
        if label not in labels:
            raise ParameterError(
                "by", f"one of {', '.join(PLAIN_GROUPS)} or the label of an attribute"
            )
        return ATTRIBUTE_PREFIX + label


class DecompositionQuery(SummaryQuery):
    """Parameters of what carries a metric's change."""

    metric: str = Field(description="Key of the metric; a stock has no change.")
    compare: Literal["same"] | None = Field(
        default=None,
        description="`same`: the month before for days that begin a month, else whole weeks "
        "earlier. When absent: the same number of days just before.",
    )

    @field_validator("metric")
    @classmethod
    def _metric_has_a_past(cls, key: str) -> str:
        if CATALOG[check_metric(key)].dated_by is None:
            raise ValueError("a stock is now: it has no change between periods")
        return key

    def before(self, today: date) -> Period:
        return compared_with(self.period(today), self.compare)


class RowsQuery(SummaryQuery):
    """Parameters of the rows behind the numbers, or of every row of the table."""

    table: ClassVar[Table]

    cell: Ids = Field(
        default=(),
        description="With `metric`: only the rows of one mark of its figure, `<by>:<key>`, such as "
        "`agent:201`, `day:2026-11-20`, `reason:Boleto`, `attr.<label>:<value>`, `part:negative`, "
        "`value:300..600` (a colon in a label is %3A). Several are where they cross.",
    )
    limit: Limit = Field(default=100, description="Rows in one answer.")
    cursor: Cursor | None = Field(
        default=None, description="`next_cursor` of the answer before; absent for the first page."
    )
    metric: str | None = Field(
        default=None, description="Only the rows this metric rests on, each with its `value`."
    )

    @field_validator("metric")
    @classmethod
    def _metric_fits(cls, key: str) -> str:
        return check_metric(key, cls.table)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Raises ParameterError where one cannot be read, or there is no metric to have marks."""
        if self.cell and self.metric is None:
            raise ParameterError("cell", "needs `metric`")
        try:
            return tuple(Cell.parse(text) for text in self.cell)
        except CellError as error:
            raise ParameterError("cell", str(error)) from error


class ConversationsQuery(RowsQuery):
    table = "conversations"


class CallsQuery(RowsQuery):
    table = "calls"


class TicketsQuery(RowsQuery):
    table = "tickets"


Q = TypeVar("Q", bound=BaseModel)


def compared_with(period: Period, compare: str | None) -> Period:
    return same_before(period) if compare == "same" else period.previous


def check_metric(key: str, table: Table | None = None) -> str:
    """The key, if the catalogue has it (and its rows lie in `table`)."""
    if key not in CATALOG:
        raise ValueError("no such metric; the keys are listed in /api/v1/openapi.json")
    if table is not None and CATALOG[key].table != table:
        raise ValueError(f"its rows lie in {CATALOG[key].table}, not in {table}")
    return key


def parse_search(search: str | None) -> dict[str, list[str]]:
    """The parameters of an address of the browser, unchecked, each with all its values.

    Of an address with more fields than anybody chooses nothing is read: what comes back instead is
    a name that `read` refuses.
    """
    try:
        return parse_qs(
            (search or "").removeprefix("?"),
            keep_blank_values=True,
            max_num_fields=MAXIMUM_FIELDS,
        )
    except ValueError:
        return {"address": []}


def read(model: type[Q], arguments: Iterable[tuple[str, list[str]]]) -> Q:
    """Raises ParameterError for the first name or value that cannot be used."""
    values: dict[str, Any] = {}
    attributes: dict[str, tuple[str, ...]] = {}
    known = {field.alias or name: field for name, field in model.model_fields.items()}
    takes_attributes = known.pop("attributes", None) is not None
    for name, texts in arguments:
        label = name.removeprefix(ATTRIBUTE_PREFIX)
        if takes_attributes and label and label != name:
            attributes[label] = _check_values(name, texts)
        elif name not in known:
            raise ParameterError(name, f"unknown parameter; allowed: {_list_allowed(known, model)}")
        elif get_origin(known[name].annotation) is tuple:
            values[name] = tuple(sorted(set(texts)))
        elif len(texts) > 1:
            raise ParameterError(name, "given more than once")
        else:
            values[name] = texts[0]
    if attributes:
        values["attributes"] = attributes
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _explain_error(error) from error


def check_labels(query: Query, labels: Collection[str]) -> None:
    """Raises ParameterError for an attribute that neither the settings nor the data know."""
    for label in query.attributes:
        if label not in labels:
            raise ParameterError(ATTRIBUTE_PREFIX + label, "no conversation attribute is called so")


def check_shifts(query: Query, shifts: Collection[str]) -> None:
    """Raises ParameterError for a shift that the settings do not name."""
    for name in query.shift:
        if name not in shifts:
            raise ParameterError("shift", f"one of {', '.join(shifts)}")


def _check_values(name: str, texts: list[str]) -> tuple[str, ...]:
    if len(texts) > MAXIMUM_VALUES or any(len(value) > 1000 for value in texts):
        raise ParameterError(name, f"at most {MAXIMUM_VALUES} values of 1000 characters")
    return tuple(sorted(set(texts)))


def _list_allowed(known: Mapping[str, Any], model: type[BaseModel]) -> str:
    names = sorted(known)
    if "attributes" in model.model_fields:
        names.append(f"{ATTRIBUTE_PREFIX}<label>")
    return ", ".join(names) or "none"


def _explain_error(error: ValidationError) -> ParameterError:
    problem = error.errors(include_url=False)[0]
    reason = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "missing":
        reason = "required"
    if problem["type"] == "literal_error":
        reason = f"must be {problem['ctx']['expected']}"
    return ParameterError(str(problem["loc"][0]), reason)


def _shorten(name: str) -> str:
    return name if len(name) <= 80 else name[:79] + "…"
