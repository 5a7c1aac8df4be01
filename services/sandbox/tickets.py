"""Tickets: they hang on conversations, and go on as the clock does."""

from typing import Any

from services.sandbox.people import BOT_ID
from services.sandbox.query import QueryError, ticket_test
from services.sandbox.search import Found, page, page_size
from services.sandbox.ticket_story import Ticket, told
from services.sandbox.worlds import AnyWorld

Payload = dict[str, Any]
SORTED_BY = ("created_at", "updated_at")


class Tickets:
    """All tickets of a world, as they are at its instant.

    Args:
        world: Whose conversations they hang on.
    """

    def __init__(self, world: AnyWorld) -> None:
        self._world = world
        self._told: dict[str, Ticket] = {}
        self._deleted: set[str] = set()
        self._seen: float | None = None

    @property
    def all(self) -> list[Payload]:
        """Every ticket, oldest creation first."""
        self._look()
        now = self._world.now
        there = [one for one in self._told.values() if one.created_at <= now]
        return [
            one.payload(now)
            for one in sorted(there, key=lambda one: (one.created_at, one.id))
            if one.id not in self._deleted
        ]

    def one(self, ticket_id: str) -> Payload | None:
        """The ticket of that id."""
        self._look()
        found, now = self._told.get(ticket_id), self._world.now
        if found is None or found.created_at > now or ticket_id in self._deleted:
            return None
        return found.payload(now)

    def delete(self, ticket_id: str) -> None:
        """Delete a ticket.

        Raises:
            KeyError: There is none of that id.
        """
        if self.one(ticket_id) is None:
            raise KeyError(ticket_id)
        self._deleted.add(ticket_id)

    def search(self, body: Any) -> Found:
        """A page of the tickets that a question means; newest update first unless it says else.

        Raises:
            QueryError: The question is not understood.
        """
        if not isinstance(body, dict):
            raise QueryError("parameter_invalid", "query is missing")
        question = body.get("query")
        test = (lambda ticket: True) if question is None else ticket_test(question)
        field, is_descending = _order(body.get("sort"))
        rows = sorted(
            ((row[field], row["id"], row) for row in self.all if test(row)),
            key=lambda row: row[:2],
            reverse=is_descending,
        )
        pagination = body.get("pagination") or {}
        size = page_size(pagination.get("per_page"))
        after = pagination.get("starting_after")
        return page(rows, size, after, is_descending=is_descending)

    def _look(self) -> None:
        """Tell the tickets of conversations that are new."""
        latest = self._seen
        for conversation in self._world.shelf.between("created_at", self._seen, None):
            latest = conversation["created_at"]
            linked = conversation.get("linked_objects") or {}
            for one in linked.get("data") or []:
                if one.get("type") == "ticket" and one["id"] not in self._told:
                    self._told[one["id"]] = told(one["id"], conversation, self._people())
        self._seen = latest

    def _people(self) -> list[str]:
        admins = self._world.directory.admins(self._world.now)
        seated = sorted(str(one["id"]) for one in admins if one.get("has_inbox_seat"))
        return seated or [str(BOT_ID)]


def _order(sort: Any) -> tuple[str, bool]:
    if sort is None:
        return "updated_at", True
    field = sort.get("field") if isinstance(sort, dict) else None
    order = sort.get("order", "descending") if isinstance(sort, dict) else None
    if field not in SORTED_BY or order not in ("ascending", "descending"):
        raise QueryError("parameter_invalid", "sort is not understood")
    return field, order == "descending"
