"""What an order has to say: the lives it tells of, with the names that the newest version knows."""

from collections.abc import Mapping
from dataclasses import replace

from metrics.alerts.model import Directory, Event, Message, Notice, Severity
from metrics.live.current import team_names
from metrics.model.people import names
from services.robot.state import Book, Life, Order
from services.settings.config import Settings
from services.snapshot.dataset import Snapshot

WORST: Mapping[Severity, int] = {"critical": 0, "warning": 1, "info": 2}


def composed(book: Book, order: Order, now: float, directory: Directory) -> Message:
    """What an order has to say, with the names of this moment."""
    post = book.post(order.post)
    if post is not None:
        items: list[tuple[str, Event]] = [(life, "fired") for life in post.lives]
    else:
        items = list(order.items)
    # An end that has a message of its own to come is not told before.
    told_later = {life for other in book.orders for life, event in other.items if event == "ended"}
    notices = []
    for life_id, event in items:
        life = book.life(life_id)
        if life is None:
            continue
        if event != "ended" and post is None and life_id in told_later:
            life = replace(life, ended_at=None, ending=None)
        notices.append(_notice(life, event, directory))
    if order.silent_since is not None:
        # Of very many only the first are told one by one: what goes on comes first.
        notices.sort(key=lambda n: (n.ended_at is not None, WORST[n.problem.severity]))
    return Message(
        notices=tuple(notices),
        at=now,
        directory=directory,
        silent_since=order.silent_since,
        is_test=order.kind == "test",
        asked_by=order.asked_by,
    )


def directory(snapshot: Snapshot, settings: Settings) -> Directory:
    """The names in a version."""
    known = names(snapshot.tables)
    return Directory(
        agents={agent: name for agent, (name, _) in known.items() if name},
        teams=team_names(snapshot.tables, settings.rules()),
        app_id=snapshot.meta.get("app_id"),
    )


def _notice(life: Life, event: Event, directory: Directory) -> Notice:
    problem = life.problem
    named = replace(
        problem,
        team=directory.teams.get(problem.team_id or "", ""),
        agent=directory.agents.get(problem.agent_id or "", ""),
    )
    return Notice(
        event=event,
        problem=named,
        fired_at=life.fired_at,
        peak=life.peak,
        ended_at=life.ended_at,
        ending=life.ending,
        acknowledged_by=life.acknowledged_by,
        acknowledged_at=life.acknowledged_at,
        tellings=life.tellings,
    )
