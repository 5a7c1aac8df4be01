"""From a version of the data to what the rules say of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from metrics.alerts.evaluation import Situation, evaluate, may_be_on_a_call
from metrics.alerts.model import Evaluation, Screen, SourceHealth
from metrics.alerts.rules import BAD
from services.accounts.heartbeats import Heartbeats
from services.accounts.sessions import list_device_links
from services.robot.alert_settings import ActiveSettings
from services.robot.state import Incident
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import SourceStatus
from services.storage.store import Store

Answers = Mapping[str, datetime | None]
# Who is there is read from these.
PRESENCE = ("intercom", "aircall")


@dataclass(frozen=True)
class Surroundings:
    """What the rules look at besides a version. Instants are Unix seconds.

    Somebody would have heard the screens since `listening_since`.
    """

    bad_since: Mapping[str, float] = field(default_factory=dict)
    screens: Collection[Screen] = ()
    listening_since: float = 0.0


class CallDebounce:
    """Holds new problems back until both vendors have answered since they were first seen.

    Who ends a call is seen by one of them first, and for up to an interval seems to be neither on
    a call nor there. Nobody is called because of that.
    """

    def __init__(self) -> None:
        self._first_answers: dict[str, Answers] = {}

    def hold_back_doubtful(
        self,
        evaluation: Evaluation,
        live_keys: Collection[str],
        sources: Mapping[str, SourceStatus],
    ) -> Evaluation:
        """The evaluation without what is not certain yet; live problems were certain before."""
        answers = {name: status.as_of for name, status in sources.items() if name in PRESENCE}
        doubtful = {
            problem.key
            for problem in evaluation.problems
            if problem.key not in live_keys and may_be_on_a_call(problem)
        }
        self._first_answers = {key: self._first_answers.get(key, answers) for key in doubtful}
        held_back = {key for key in doubtful if not _all_newer(answers, self._first_answers[key])}
        problems = tuple(p for p in evaluation.problems if p.key not in held_back)
        return replace(evaluation, problems=problems)


def evaluate_snapshot(
    snapshot: Snapshot, active: ActiveSettings, surroundings: Surroundings
) -> Evaluation:
    sources = {
        name: SourceHealth(
            state=status.state,
            bad_since=surroundings.bad_since.get(name),
            as_of=status.as_of.timestamp() if status.as_of else None,
        )
        for name, status in snapshot.sources.items()
    }
    situation = Situation(
        tables=snapshot.tables,
        rules=active.settings.rules(),
        sources=sources,
        working_hours=active.alerts.working_hours,
        first_day=snapshot.history.first_day,
        missing=frozenset(table for table, _ in snapshot.lost),
        screens=surroundings.screens,
        listening_since=surroundings.listening_since,
    )
    return evaluate(situation, active.of)


def list_screens(state: Store, incidents: Collection[Incident]) -> list[Screen]:
    """The screens that have a link, and those that had one when their problem began."""
    heartbeats = Heartbeats(state).load_all()
    reported = {i.problem.screen_id: i.problem for i in incidents if i.is_live}
    screens = []
    for device in list_device_links(state):
        heartbeat, problem = heartbeats.get(device.id), reported.pop(device.id, None)
        # A sign of life is not kept for ever; that it is gone is none.
        since = problem.since if problem is not None else None
        seen_at = since if heartbeat is None else heartbeat.seen_at
        screens.append(Screen(device.id, device.name, seen_at))
    for screen_id, problem in reported.items():
        if screen_id is not None:
            screens.append(Screen(screen_id, problem.screen, is_revoked=True))
    return screens


def track_bad_since(
    before: Mapping[str, float], sources: Mapping[str, SourceStatus], now: float
) -> dict[str, float]:
    """Since when each source has been late or failed: from one to the other is no recovery."""
    bad_since = {}
    for name, status in sources.items():
        if status.state in BAD:
            since = status.since.timestamp() if status.since else now
            bad_since[name] = min(since, before.get(name, since), now)
        elif status.state == "starting" and name in before:
            bad_since[name] = before[name]
    return bad_since


def _all_newer(answers: Answers, before: Answers) -> bool:
    return all(answers.get(name) != as_of for name, as_of in before.items())
