"""A version of the data as the conditions take it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from metrics.alerts.conditions import BAD, evaluate
from metrics.alerts.model import Health, Outlook, Screen
from services.accounts.heartbeats import Heartbeats
from services.accounts.sessions import device_links
from services.robot.alert_settings import Thresholds
from services.robot.state import Life
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import SourceStatus
from services.storage.store import Store


@dataclass(frozen=True)
class Around:
    """What the rules look at besides a version.

    Attributes:
        bad_since: Since when each source has been late or failed, in Unix seconds.
        screens: Those that show the wall.
        listening_since: Since when somebody would have heard them, in Unix seconds.
    """

    bad_since: Mapping[str, float] = field(default_factory=dict)
    screens: Collection[Screen] = ()
    listening_since: float = 0.0


def look(snapshot: Snapshot, holding: Thresholds, around: Around) -> Outlook:
    """What the rules say about a version."""
    sources = {
        name: Health(
            state=status.state,
            bad_since=around.bad_since.get(name),
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
        screens=around.screens,
        listening_since=around.listening_since,
    )


def screens(state: Store, lives: Collection[Life]) -> list[Screen]:
    """The screens that have a link, and those that had one when their problem began."""
    beats = Heartbeats(state).all()
    told = {life.problem.screen_id: life.problem for life in lives if life.is_live}
    found = []
    for device in device_links(state):
        beat, problem = beats.get(device.id), told.pop(device.id, None)
        # A sign of life is not kept for ever; that it is gone is none.
        last = problem.since if problem is not None else None
        found.append(Screen(device.id, device.name, last if beat is None else beat.seen_at))
    for screen, problem in told.items():
        if screen is not None:
            found.append(Screen(screen, problem.screen, is_revoked=True))
    return found


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
