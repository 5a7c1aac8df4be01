"""A deployment whose robot has something to tell, and what a page's store sends."""

import json
from dataclasses import replace
from typing import Any

from metrics.alerts.model import Problem
from services.robot.history import History
from services.robot.state import (
    AlertState,
    Delivery,
    Incident,
    OutboxMessage,
    SlackStatus,
    dump_state,
)
from services.robot.store import STATE_KEY
from tests.worlds.api_world import JOAO, LUANA, NOW, SUPPORT
from tests.worlds.web_world import Browser, Web

AT = NOW.timestamp()
HOUR, DAY = 3600, 86400
QUEUE = Problem(
    "queue", f"queue:team:{SUPPORT}", "critical", 6, 1, since=AT - 1361, team_id=SUPPORT,
    tickets=("4821", "4830", "4836"), hands=((LUANA, 4),),
)  # fmt: skip
LOAD = Problem("overload", f"overload:agent:{JOAO}", "warning", 12, 10, agent_id=JOAO)
LIVE = (
    Incident("q", QUEUE, AT - 1080, 7, notified_at=AT - 1080, notification_count=2),
    Incident(
        "o", LOAD, AT - 2400, 12, acknowledged_by="Ingrid Hoffmann", acknowledged_at=AT - 2000
    ),
)
PAST = tuple(
    Incident(
        f"past{n}",
        LOAD,
        AT - n * DAY,
        10 + n % 3,
        notification_count=1,
        ended_at=AT - n * DAY + HOUR,
        ending="resolved",
        acknowledged_by="Ingrid Hoffmann" if n % 3 == 2 else None,
    )
    for n in range(1, 7)
)
GOOD = Delivery("1", "say", AT - 60, AT - 59, arrived=True, incident_ids=("q",))
LOST = replace(GOOD, id="2", arrived=False, reason="channel_not_found")
WAITING = OutboxMessage("3", "say", AT - 700, attempts=3, failure="no connection to Slack")
SLACK = SlackStatus("ok", AT - HOUR, AT - 60)


def lay(world: Web, past: tuple[Incident, ...] = (), **values: Any) -> Web:
    """Lay a robot's book into the store, with its history."""
    state = AlertState(**{"evaluated_at": AT - 21, "slack": SLACK, **values})
    world.state.set(STATE_KEY, dump_state(state))
    History(world.state).add(past, AT)
    return world


def drawn(browser: Browser, output: str, **values: Any) -> str:
    """What a callback answers, as text."""
    answer = browser.fire(output, **values)
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False).replace("\u00a0", " ")


def inbox(world: Web) -> list[dict[str, Any]]:
    """What was asked of the collector."""
    return [json.loads(world.state.get(key) or b"{}") for key in world.state.keys("inbox/")]
