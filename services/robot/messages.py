"""What a message says: its incidents, with the names that the newest version knows."""

from dataclasses import replace

from metrics.alerts.model import Directory, Event, Message, Notice
from metrics.live.current import team_names
from metrics.model.people import names
from metrics.model.severity import SEVERITY_ORDER
from services.robot.state import AlertState, Incident, OutboxMessage
from services.settings.config import Settings
from services.settings.links import IntercomLinks, workspace_id
from services.snapshot.dataset import Snapshot


def compose_message(
    state: AlertState, entry: OutboxMessage, now: float, directory: Directory
) -> Message:
    slack_message = state.slack_message(entry.slack_message_id)
    if slack_message is not None:
        items: list[tuple[str, Event]] = [(i, "fired") for i in slack_message.incident_ids]
    else:
        items = list(entry.items)
    # An end that has a message of its own to come is not told before.
    ends_later = {i for other in state.outbox for i, event in other.items if event == "ended"}
    notices = []
    for incident_id, event in items:
        incident = state.incident(incident_id)
        if incident is None:
            continue
        if event != "ended" and slack_message is None and incident_id in ends_later:
            incident = replace(incident, ended_at=None, ending=None)
        notices.append(build_notice(incident, directory, event))
    if entry.silent_since is not None:
        # Of very many only the first are told one by one: what goes on comes first.
        notices.sort(key=lambda n: (n.ended_at is not None, SEVERITY_ORDER[n.problem.severity]))
    return Message(
        notices=tuple(notices),
        at=now,
        directory=directory,
        silent_since=entry.silent_since,
        is_test=entry.kind == "test",
        asked_by=entry.asked_by,
    )


def build_directory(snapshot: Snapshot, settings: Settings, app_id: str | None = None) -> Directory:
    known = names(snapshot.tables)
    links = IntercomLinks(settings, workspace_id(app_id, snapshot.meta))
    return Directory(
        agents={agent: name for agent, (name, _) in known.items() if name},
        teams=team_names(snapshot.tables, settings.rules()),
        conversation_link=links.conversation,
    )


def build_notice(incident: Incident, directory: Directory, event: Event = "fired") -> Notice:
    problem = incident.problem
    named = replace(
        problem,
        team=directory.teams.get(problem.team_id or "", ""),
        agent=directory.agents.get(problem.agent_id or "", ""),
    )
    return Notice(
        event=event,
        problem=named,
        fired_at=incident.fired_at,
        peak=incident.peak,
        ended_at=incident.ended_at,
        ending=incident.ending,
        acknowledged_by=incident.acknowledged_by,
        acknowledged_at=incident.acknowledged_at,
        notification_count=incident.notification_count,
    )
