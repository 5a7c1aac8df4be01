"""Who may ask for what. The scope comes from the session; the request can only narrow it."""

from dataclasses import dataclass, replace

from layouts.roles import MANAGER, MANAGERS, PEOPLE, sees_wall
from metrics.model.filters import Filters
from services.accounts.accounts import Viewer

# Route -> roles. Whoever holds the API token counts as a manager.
ROLES: dict[str, frozenset[str]] = {
    "summary": PEOPLE,
    "agents": PEOPLE,
    "breakdown": PEOPLE,
    "conversations": PEOPLE,
    "calls": PEOPLE,
    "tickets": MANAGERS,
    "queue": PEOPLE,
    "fair_target": MANAGERS,
    "staffing": MANAGERS,
    "alerts": MANAGERS,
    "status": MANAGERS,
    "openapi": MANAGERS,
}


class RefusedError(Exception):
    """The reader may not have this; the text says why."""


@dataclass(frozen=True)
class Scope:
    """What of the rows a reader may see.

    Attributes:
        everything: All rows, with whole phone numbers and customers' names in the queue.
        agent_id: Whose rows, where not everything; None = this account is nobody in Intercom.
    """

    everything: bool
    agent_id: str | None = None

    def own(self, filters: Filters) -> Filters:
        """The filters, with the agent forced where the reader sees own rows only.

        Raises:
            RefusedError: Somebody else was asked for, or the account has no rows of its own.
        """
        if self.everything:
            return filters
        if self.agent_id is None:
            raise RefusedError("no person in Intercom has the e-mail of this account")
        if set(filters.agents) - {self.agent_id}:
            raise RefusedError("agent: an analyst sees own rows only")
        return replace(filters, agents=(self.agent_id,))


def scope_of(viewer: Viewer, route: str, *, analyst_wall: bool) -> Scope:
    """What the viewer may see of a route.

    Args:
        viewer: Who is signed in.
        route: A key of `ROLES`.
        analyst_wall: Whether analysts may see the wall, and so the queue.

    Raises:
        RefusedError: Nothing at all.
    """
    if viewer.role not in ROLES[route]:
        raise RefusedError(f"not for the role {viewer.role}")
    if viewer.role == MANAGER:
        return Scope(everything=True)
    if route == "queue" and not sees_wall(viewer.role, analyst_wall=analyst_wall):
        raise RefusedError("the wall is closed to analysts here (access.analyst_wall)")
    return Scope(everything=False, agent_id=viewer.agent_id)
