"""What waits for us and with nobody who will answer: the work behind lamp, chip, robot and API."""

from dataclasses import dataclass, replace
from datetime import datetime

from metrics.live.current import OrphanedRow, QueueRow, orphaned, queue, unrouted, with_ai
from metrics.model.definitions import Rules
from metrics.model.severity import Severity, wait_severity, worst
from metrics.model.view import View


@dataclass(frozen=True)
class WaitingWork:
    """The queues of the teams, those without a team, and what those hold who are not there.

    The longest wait is first in each; `rules` say how long is long. What the AI agent has waits
    for nobody of ours and has no severity.
    """

    queue: list[QueueRow]
    unrouted: list[QueueRow]
    orphaned: list[OrphanedRow]
    with_ai: list[QueueRow]
    rules: Rules

    @property
    def untaken(self) -> list[QueueRow]:
        """What nobody has taken, with a team or without, in the order of the queue."""
        rows = [*self.queue, *self.unrouted]
        return sorted(
            rows, key=lambda row: (row.waiting_since is None, row.waiting_since or row.created_at)
        )

    @property
    def longest_since(self) -> datetime | None:
        """Since when the one who has waited longest for somebody to take it does."""
        firsts = [rows[0].waiting_since for rows in (self.queue, self.unrouted) if rows]
        return min((first for first in firsts if first is not None), default=None)

    @property
    def least(self) -> Severity | None:
        """What holds however long the wait in the queues is; None where nothing is orphaned."""
        return self.rules.orphaned_severity if self.orphaned else None

    def severity(self, at: datetime) -> Severity | None:
        """The worst of all that waits, at an instant; None where nothing does."""
        found = [self.least] if self.least else []
        if self.queue or self.unrouted:
            since = self.longest_since
            waited = None if since is None else (at - since).total_seconds()
            found.append(wait_severity(waited, self.rules.queue_limit_seconds))
        return worst(found)


def waiting_work(view: View) -> WaitingWork:
    """The teams chosen are those of the queue; what no team answers for is everybody's."""
    whole = view.with_filters(replace(view.filters, teams=()))
    return WaitingWork(queue(view), unrouted(whole), orphaned(whole), with_ai(whole), view.rules)
