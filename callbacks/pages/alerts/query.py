"""What the address of the alerts page chooses of the history."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from callbacks.reports.query import NoQuery, ParameterError, parse_search, read
from metrics.alerts.rules import RULES

if TYPE_CHECKING:
    Rule = str
else:
    Rule = Literal[tuple(RULES)]

ROWS, ROWS_MAXIMUM = 15, 2000
# Of a chart that is shown as its table; what is chosen does not depend on it.
VIEW = "table"


class AlertsQuery(NoQuery):
    rule: Rule | None = None
    who: (
        Annotated[str, StringConstraints(pattern=r"^(team|agent|source|screen):.{1,200}$")] | None
    ) = None
    days: Annotated[Literal[7, 14, 28, 90], BeforeValidator(int)] = 28
    lines: int = Field(default=ROWS, ge=1, le=ROWS_MAXIMUM)


def read_choices(search: str | None) -> dict[str, list[str]]:
    """The parameters of the address, unchecked; one without a value chooses nothing."""
    given = parse_search(search).items()
    return {name: values for name, values in given if name != VIEW and values != [""]}


def read_alerts(search: str | None) -> tuple[AlertsQuery, str | None]:
    """What the address chooses; where it cannot be read, the default and why."""
    try:
        return read(AlertsQuery, read_choices(search).items()), None
    except ParameterError as error:
        return AlertsQuery(), str(error)
