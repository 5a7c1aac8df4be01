"""One severity for one fact: lamp, chip, alerts page, message and API, at every moment."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from layouts.components.severity import KINDS
from layouts.i18n import text_for
from layouts.slack.messages import ICONS, Messages
from metrics.alerts.evaluation import Situation
from metrics.model.severity import SEVERITY_ORDER, Severity, worst
from services.robot.robot import Robot
from services.settings.config import Settings
from services.snapshot.manifest import SourceStatus
from services.storage.disk_store import DiskStore
from services.storage.lease import raise_epoch
from tests.worlds.api_world import FINANCE, JOAO, LUANA, SUPPORT, person, snapshot
from tests.worlds.bi_world import components, of_class
from tests.worlds.watching import FakeSlack
from tests.worlds.web_world import MANAGER, Web, read_props, web

LIMIT, ORPHANED = 600, 300
RULES = {"queue", "orphaned"}
# In seconds after a version: as it comes, and while waits go on.
MOMENTS = (0, 173, 299)
GONE = "299"
PEOPLE = [
    person(JOAO, "João Vitor Lacerda", "joao.lacerda@example.com"),
    person(LUANA, "Luana Tavares", "luana.tavares@example.com", away=True, away_since="2026-11-24"),
    person(GONE, "Bruno Farias", "bruno@example.com", active=False),
]


class Operation:
    """A deployment, its robot, and a Slack that shows what was edited as it is now."""

    def __init__(self, world: Web, cache: DiskStore) -> None:
        self.world = world
        self.slack = FakeSlack(can_edit=True)
        self.robot = Robot(
            state=world.state,
            cache=cache,
            decisions=world.backend.decisions,
            slack=self.slack,
            draw=Messages(text_for("pt-BR"), world.settings.zone),
            clock=lambda: world.now,
        )
        self.robot.start(raise_epoch(cache, lambda: world.now))
        self.browser = world.browser(MANAGER)

    def publish(self, rows: list[dict[str, Any]], version: int) -> None:
        now = datetime.fromtimestamp(self.world.now, UTC)
        sources = {name: SourceStatus("ok", now) for name in ("intercom", "aircall", "tickets")}
        made = snapshot(rows, people=PEOPLE, version=version, sources=sources, published_at=now)
        self.world.dataset.current = replace(made, tables=replace(made.tables, now=now))
        self.robot.process_snapshot(self.world.dataset.current)

    def pass_time(self, seconds: float) -> None:
        self.world.now += seconds
        wait = self.robot.deliver()
        while self.world.backend.alerts.get_overview().waiting:
            self.world.now += wait
            wait = self.robot.deliver()

    def surfaces(self) -> dict[str, Severity | None]:
        alerts = self._ask("alerts")["live"]
        rules = {incident["id"]: incident["rule"] for incident in alerts}
        cards = [
            card["props"]
            for card in components(self._fire("alerts--notices.children", "/alerts"))
            if card["type"] in ("Article", "Li")
            and rules.get(card["props"].get("data-life")) in RULES
        ]
        return {
            "lamp": self._shown("operations--version.data", "/operations"),
            "chip": self._shown("frame.data", "/alerts"),
            "page": worst(map(self._read_card, cards)),
            "api queue": self._ask("queue")["severity"],
            "api alerts": worst(one["severity"] for one in alerts if one["rule"] in RULES),
            "slack": worst(self._read_slack()),
        }

    def _ask(self, route: str) -> dict[str, Any]:
        return self.browser.get(f"/api/v1/{route}", headers={}).get_json()

    def _fire(self, output: str, path: str) -> dict[str, Any]:
        values = {"url.search": "", "url.pathname": path}
        return read_props(self.browser.fire(output, **values))

    def _shown(self, output: str, path: str) -> Severity | None:
        [found] = [
            part["props"]["data-severity"]
            for part in components(self._fire(output, path))
            if "data-severity" in part["props"]
        ]
        return None if found == "calm" else found

    def _read_card(self, card: dict[str, Any]) -> Severity:
        kinds = {f"problem-{kind}": severity for severity, kind in KINDS.items()}
        names = card.get("className", "").split()
        if found := [kinds[name] for name in names if name in kinds]:
            return found[0]
        [pill] = of_class(card, "pill")
        [kind] = [name for name in pill["props"]["className"].split() if name != "pill"]
        return {f"pill-{kind}": severity for severity, kind in KINDS.items()}[kind]

    def _read_slack(self) -> Iterator[Severity]:
        shown = {}
        for place, (kind, where, message) in enumerate(self.slack.said, start=1):
            shown[str(place) if kind == "post" else where] = message
        for message in shown.values():
            for block in message["blocks"]:
                words = block.get("text", {}).get("text", "").split("\n")[0]
                is_ours = " na fila " in words or "que não está" in words
                if is_ours:
                    yield from (s for s in SEVERITY_ORDER if words.startswith(ICONS[s]))


def draw_queue(rng: random.Random, now: datetime) -> list[dict[str, Any]]:
    """Of none, one or some of: teams' queues, without a team, with who is not there, taken."""
    kinds = rng.sample(("queue", "limbo", "orphan", "taken", "theirs"), rng.randint(0, 4))
    rows = [{"id": "old", "state": "closed", "created_at": "2026-11-20T12:00:00Z"}]
    for number in range(rng.randint(1, 6)):
        kind = rng.choice(kinds) if kinds else None
        since = now - timedelta(seconds=rng.randrange(0, 900))
        row = {
            "id": f"{kind}{number}",
            "state": "open",
            "created_at": since,
            "waiting_since": since,
        }
        row["team_id"] = None if kind == "limbo" else rng.choice((SUPPORT, FINANCE))
        row["agent_id"] = {"orphan": rng.choice((LUANA, GONE)), "taken": JOAO}.get(kind or "")
        if kind == "theirs":
            row["waiting_since"] = None
        rows += [row] if kind else []
    return rows


@pytest.mark.parametrize("teams", [[], [{"id": SUPPORT}]], ids=["all teams", "one team"])
def test_every_surface_says_the_same_of_whatever_waits(tmp_path, monkeypatch, teams):
    # Who could help is told in words, and takes most of the time.
    monkeypatch.setattr(Situation, "next_agents", lambda *_: ())
    quiet = {"goals": {"online_text": 0, "online_voice": 0}, "time_zone": "UTC", "teams": teams}
    limits = {
        "queue": {"limit_minutes": LIMIT / 60},
        "orphaned": {"minutes": ORPHANED / 60},
        **dict.fromkeys(("spike", "overload", "wall_silent")),
    }
    settings = Settings.model_validate({**quiet, "alerts": limits})
    rng, cache, seen = random.Random(len(teams)), DiskStore(tmp_path / "cache"), []
    with web(tmp_path, settings=settings) as world:
        operation = Operation(world, cache)
        for version in range(1, 11):
            operation.publish(draw_queue(rng, datetime.fromtimestamp(world.now, UTC)), version)
            before = 0
            for moment in MOMENTS:
                operation.pass_time(moment - before)
                before = moment
                told = operation.surfaces()
                assert len(set(told.values())) == 1, (version, moment, told)
                seen.append(told["lamp"])
    cache.close()
    assert set(seen) == {None, "info", "warning", "critical"}
