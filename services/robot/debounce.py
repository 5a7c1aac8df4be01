"""What two vendors say together holds only when both have said it again.

Who ends a call is seen by one of them first, and for up to an interval seems to be neither on a
call nor there. Nobody is called because of that.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from metrics.alerts.conditions import may_be_on_a_call
from metrics.alerts.model import Outlook
from services.snapshot.manifest import SourceStatus

Answers = Mapping[str, datetime | None]
# Who is there is read from these.
PRESENCE = ("intercom", "aircall")


class Confirming:
    """Holds new problems back until both vendors have answered since they were first seen."""

    def __init__(self) -> None:
        self._seen: dict[str, Answers] = {}

    def confirmed(
        self, outlook: Outlook, live: Collection[str], sources: Mapping[str, SourceStatus]
    ) -> Outlook:
        """The outlook without what is not certain yet.

        Args:
            outlook: What the rules say of a version.
            live: Keys of the problems that go on: they were certain before.
            sources: Of that version.
        """
        answers = {name: one.as_of for name, one in sources.items() if name in PRESENCE}
        doubtful = {
            problem.key
            for problem in outlook.problems
            if problem.key not in live and may_be_on_a_call(problem)
        }
        self._seen = {key: self._seen.get(key, answers) for key in doubtful}
        held_back = {key for key in doubtful if not _all_later(answers, self._seen[key])}
        problems = tuple(one for one in outlook.problems if one.key not in held_back)
        return replace(outlook, problems=problems)


def _all_later(answers: Answers, before: Answers) -> bool:
    return all(answers.get(name) != as_of for name, as_of in before.items())
