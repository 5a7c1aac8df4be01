"""Finding what was deleted: a slow walk over everything that is open or snoozed."""

import logging
from collections.abc import Callable
from typing import Literal

from services.errors import BadResponseError, ForbiddenError, NotFoundError
from services.holdings import Holdings
from services.http import Payload
from services.intercom import Intercom

log = logging.getLogger(__name__)

STATES: tuple[Literal["open", "snoozed"], ...] = ("open", "snoozed")


class Sweep:
    """One request a step. A row that a whole round did not meet is asked for by id.

    Args:
        intercom: The client.
        holdings: Whose rows are looked for.
        keep: What is done with the rows that are met.
    """

    def __init__(
        self,
        intercom: Intercom,
        holdings: Holdings,
        keep: Callable[[list[Payload]], None],
    ) -> None:
        self._intercom = intercom
        self._holdings = holdings
        self._keep = keep
        self._suspects: list[str] = []
        self._states: list[Literal["open", "snoozed"]] = []
        self._cursor: str | None = None
        self._met: set[str] = set()
        self._expected: set[str] = set()

    def step(self) -> None:
        """The next page of the round, or the next suspect.

        Raises:
            ServiceError: The vendor fails; the next step tries again.
        """
        if self._suspects:
            self._ask_for(self._suspects[-1])
            self._suspects.pop()
            return
        if not self._states:
            self._begin()
        try:
            rows, cursor = self._intercom.state_page(self._states[0], self._cursor)
        except BadResponseError:
            # It may be the cursor that the vendor does not know any more.
            self._states = []
            raise
        self._met.update(str(row["id"]) for row in rows)
        self._keep(rows)
        self._cursor = cursor
        if cursor is None:
            self._states.pop(0)
            if not self._states:
                self._suspects = sorted((self._expected - self._met) & self._held())

    def _begin(self) -> None:
        self._states = list(STATES)
        self._cursor = None
        self._met = set()
        # Only who was there at the beginning can be missed at the end.
        self._expected = self._held()

    def _held(self) -> set[str]:
        held: set[str] = set()
        for rows in self._holdings.frames("conversations"):
            held.update(rows.loc[rows["state"].isin(STATES), "id"])
        return held

    def _ask_for(self, conversation_id: str) -> None:
        """Only the vendor's own "not found" removes a row."""
        try:
            self._keep([self._intercom.conversation(conversation_id)])
        except NotFoundError:
            self._holdings.remove("conversations", [conversation_id])
        except (BadResponseError, ForbiddenError) as error:
            # One that cannot be read must not stand in the way of the others for ever.
            log.info("intercom: a conversation that vanished from its list stays: %s", error)
