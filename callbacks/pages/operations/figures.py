"""The wall's numbers for one choice of rows: asked of `metrics`, handed to `layouts`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pandas as pd

from callbacks.pages.operations.curve import curve
from callbacks.pages.operations.metric_info import Told, scope_words
from callbacks.pages.operations.people import Choices, build_agents_panel
from callbacks.pages.operations.timeline import strips
from callbacks.pages.operations.view import OperationsView, instant
from layouts.components.context import Context
from layouts.pages.operations.page import Debt, Figure, Rotation, Wall
from layouts.pages.operations.queue_panel import Assignment, Queue, QueuePanel, Waiting
from metrics.live import current as now
from metrics.live import today as watch
from metrics.model.catalog import CATALOG
from metrics.model.office_hours import is_open
from metrics.model.summary import Summary
from metrics.model.values import word
from metrics.model.view import view_of_today
from metrics.query import report

ASSIGNMENTS = 10


def wall(question: OperationsView, choices: Choices, at: datetime, context: Context) -> Wall:
    """Everything that the wall draws.

    Args:
        question: One version, and what is asked of it.
        choices: The address's parameters, for the links.
        at: The server's present instant.
        context: The reader.
    """
    told = Told(question, at, context)
    latest = _latest(question)
    return Wall(
        kiosk=question.kiosk,
        at=at,
        teams=scope_words(question, context),
        rotation=rotation(question),
        sound=question.query.sound is not None,
        period=question.query.period,
        sources=question.snapshot.sources,
        late=question.late,
        notice=None,
        read=question.snapshot.sources["intercom"].as_of is not None,
        queue_panel=replace(_build_queue_panel(question, told), latest=latest),
        agents_panel=build_agents_panel(question, choices),
        curve=curve(question, told.info, context),
        figures=_figures(question, told, context),
        debt=_debt(question, told),
        latest=latest,
        timeline=strips(question, told.info),
        subjects=any(one.subject is not None for one in latest),
    )


def rotation(question: OperationsView) -> Rotation | None:
    """The teams that a wall in a room goes round; nothing where there is one at most."""
    seconds = question.query.rotate
    if seconds is None or len(question.teams) < 2:
        return None
    return Rotation(seconds, tuple(question.teams))


def _build_queue_panel(question: OperationsView, told: Told) -> QueuePanel:
    found = now.queue(question.view)
    # Nobody's conversation yet: only who may see everybody's may open it.
    may_open = question.may_see(None)
    queue = [
        Waiting(
            id=str(row["id"]),
            team=word(row["team"]) or None,
            since=instant(row["waiting_since"]),
            channel=word(row["channel"]) or None,
            url=question.url(str(row["id"])) if may_open else None,
        )
        for row in found.to_dict("records")
    ]
    numbers = {
        key: report.evaluate(CATALOG[key], question.view) for key in ("queue", "longest_wait")
    }
    infos = [told.info(key, number) for key, number in numbers.items()]
    waits = any(one.since is not None for one in queue)
    longest = watch.longest_wait_of(question.today, question.view)
    return QueuePanel(
        queue=Queue(
            rows=queue,
            unrouted=_unrouted(question),
            limit_seconds=question.rules.first_response_seconds,
            late_at=question.late_at("intercom"),
        ),
        by_team=_by_team(found),
        quiet_since=None if waits else instant(watch.quiet_since(question.view)),
        longest_today=None if longest is None else (longest.seconds, longest.since.to_pydatetime()),
        infos=[one for one in infos if one is not None],
    )


def _by_team(found: pd.DataFrame) -> list[tuple[str | None, int]]:
    counts = found["team"].fillna("").value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [(str(team) or None, int(n)) for team, n in ordered]


def _unrouted(question: OperationsView) -> int:
    """Those of no team, where the queue does not show them already."""
    if not question.rules.team_ids and not question.query.team:
        return 0
    return len(now.unrouted(view_of_today(question.tables, question.rules)))


def _figures(question: OperationsView, told: Told, context: Context) -> list[Figure]:
    shown = [_conversations(question, told, context)]
    if question.has_voice:
        shown.append(_calls(question, told, context))
    shown.append(_online("online_text", question, told, context))
    if question.has_voice:
        shown.append(_online("online_voice", question, told, context))
    return shown


def _since(key: str, question: OperationsView) -> Summary:
    return watch.since(CATALOG[key], question.view, question.start)


def _stock(key: str, question: OperationsView) -> Summary:
    return report.evaluate(CATALOG[key], question.view)


def _conversations(question: OperationsView, told: Told, context: Context) -> Figure:
    number = _since("conversations", question)
    recent = int(_stock("arrivals_recent", question).value or 0)
    note = context.text.plural("operations.figures.recent", recent, n=context.formats.count(recent))
    return Figure(
        "conversations",
        int(number.value or 0),
        note,
        info=told.info("conversations", number),
        late_at=question.late_at("intercom"),
    )


def _calls(question: OperationsView, told: Told, context: Context) -> Figure:
    number = _since("calls_answered", question)
    missed = int(_since("calls_missed", question).value or 0)
    note = context.text.plural("operations.figures.missed", missed, n=context.formats.count(missed))
    read = question.voice_read
    return Figure(
        "calls_answered",
        int(number.value or 0) if read else None,
        note if read else "",
        info=told.info("calls_answered", number),
        late_at=question.late_at("aircall"),
    )


def _online(key: str, question: OperationsView, told: Told, context: Context) -> Figure:
    text, formats = context.text, context.formats
    number = _stock(key, question)
    known = key == "online_text" or question.voice_read
    value = int(number.value or 0)
    goal = _goal(key, question)
    works = bool(is_open(pd.Series([question.tables.now]), question.rules).iloc[0])
    missing = goal - value
    note = text("operations.figures.goal", n=formats.count(goal))
    if missing > 0 and works:
        note = text.plural(
            "operations.figures.short",
            missing,
            n=formats.count(missing),
            goal=formats.count(goal),
        )
    elif missing > 0:
        note = text("operations.figures.closed", n=formats.count(goal))
    verdict = "reached" if missing <= 0 else "short" if works else ""
    return Figure(
        key,
        value if known else None,
        note if known else "",
        verdict if known else "",  # type: ignore[arg-type]
        told.info(key, number),
        question.late_at("intercom" if key == "online_text" else "aircall"),
    )


def _goal(key: str, question: OperationsView) -> int:
    """The common goal; of chosen teams their own, if each of them has one."""
    rules = question.rules
    if key == "online_voice":
        return rules.goal_online_voice
    own = {team.id: team.online_text for team in rules.teams if team.online_text is not None}
    chosen = question.query.team
    if chosen and all(team in own for team in chosen):
        return sum(own[team] for team in chosen)
    return rules.goal_online_text


def _debt(question: OperationsView, told: Told) -> Debt | None:
    if not question.voice_read:
        return None
    owed = now.callback_debt(question.tables, question.rules, question.start)
    oldest = instant(owed["since"].iloc[0]) if len(owed) else None
    late = question.late_at("aircall")
    return Debt(len(owed), oldest, told.info("callback_debt"), late)


def _latest(question: OperationsView) -> Sequence[Assignment]:
    """The latest assignments; a subject only where the reader may see that person's rows."""
    found = now.last_assignments(question.view, ASSIGNMENTS)
    told = []
    for row in found.to_dict("records"):
        may_see = question.may_see(str(row["agent_id"]))
        on_device = question.viewer.role == "wall" and question.settings.wall.customer_data
        told.append(
            Assignment(
                at=row["at"].to_pydatetime(),
                agent=word(row["agent"]) or str(row["agent_id"]),
                team=word(row["team"]) or None,
                state=str(row["state"]),
                subject=word(row["subject"]) if may_see or on_device else None,
                url=question.url(str(row["id"])) if may_see else None,
            )
        )
    return told
