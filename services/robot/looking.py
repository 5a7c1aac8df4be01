"""A version of the data as the conditions take it."""

from collections.abc import Mapping

from metrics.alerts import BAD, evaluate
from metrics.problems import Health, Outlook
from services.dataset import Snapshot
from services.manifest import SourceStatus
from services.robot.rules import Thresholds


def look(snapshot: Snapshot, holding: Thresholds, bad_since: Mapping[str, float]) -> Outlook:
    """What the rules say about a version."""
    sources = {
        name: Health(
            state=status.state,
            bad_since=bad_since.get(name),
            as_of=status.as_of.timestamp() if status.as_of else None,
        )
        for name, status in snapshot.sources.items()
    }
    return evaluate(
        snapshot.tables,
        holding.settings.rules(),
        holding.limits(),
        sources,
        first_day=snapshot.history.first_day,
        missing=frozenset(table for table, _ in snapshot.lost),
    )


def trouble(
    before: Mapping[str, float], sources: Mapping[str, SourceStatus], now: float
) -> dict[str, float]:
    """Since when each source has been late or failed: from one to the other is no recovery."""
    found = {}
    for name, status in sources.items():
        if status.state in BAD:
            since = status.since.timestamp() if status.since else now
            found[name] = min(since, before.get(name, since), now)
        elif status.state == "starting" and name in before:
            found[name] = before[name]
    return found
