"""Who may ask for what. The scope comes from the session; the request can only narrow it."""

from dataclasses import dataclass, replace

from metrics.model.filters import Filters


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
