"""One threshold for all: what a manager changes on the alerts page, wall and robot follow."""

import json

import pytest
import yaml

from metrics.alerts.rules import RULES
from services.robot.robot import Robot
from services.robot.service import AlertService
from services.settings.config import Settings
from services.storage.disk_store import DiskStore
from services.storage.lease import raise_epoch
from tests.callbacks.pages.operations.test_operations import WALL
from tests.worlds.api_world import JOAO, snapshot
from tests.worlds.robot_world import AT, lay
from tests.worlds.watching import held, plainly
from tests.worlds.web_world import MANAGER, read_props


@pytest.fixture
def world(fresh, tmp_path):
    world = lay(fresh(current=snapshot(conversations=held(6))))
    world.robot = Robot(
        state=world.state,
        cache=DiskStore(tmp_path / "robot"),
        decisions=world.backend.decisions,
        slack=None,
        draw=plainly,
        clock=lambda: AT,
    )
    world.robot.start(raise_epoch(world.robot._cache, lambda: AT))
    return world


def change(world, rule, name, value):
    data = {"act": "set", "rule": rule, "name": name, "value": value, "at": 1}
    output = "alerts--download.data"
    answer = world.browser(MANAGER).fire(output, **{"alerts--action.data": data})
    assert answer.status_code == 200, answer.text


def wall(world, shown=None):
    """What the wall is told at its refresh, and the marker that it keeps."""
    at = {"url.search": "", "url.pathname": "/operations", "operations--version.data": shown}
    answer = world.browser(MANAGER).fire(WALL, **at)
    response = read_props(answer)
    if not response:
        return "", shown
    return json.dumps(response, ensure_ascii=False), response["operations--version"]["data"]


def fired(world):
    world.robot._evaluated_marks, world.robot._evaluated_at = (), None
    world.robot.process_snapshot(world.dataset.snapshot())
    live = AlertService(world.state, world.backend.decisions, lambda: AT).get_overview().live
    return {incident.problem.key for incident in live}


def test_a_lower_limit_marks_on_the_wall_whom_the_robot_tells(world):
    before, marker = wall(world)
    assert "load-over" not in before
    assert f"overload:agent:{JOAO}" not in fired(world)
    assert wall(world, marker) == ("", marker)

    change(world, "overload", "open", "6")

    # The version is the same: the change alone draws the wall anew, once.
    after, changed = wall(world, marker)
    assert "load-over" in after
    assert "--limit" in after
    assert wall(world, changed) == ("", changed)
    assert f"overload:agent:{JOAO}" in fired(world)

    change(world, "overload", "open", "7")
    again, _ = wall(world, changed)
    assert "load-over" not in again


def test_the_spike_and_the_goals_are_those_of_the_alerts_page_too(world):
    change(world, "spike", "conversations", "1")
    change(world, "spike", "minutes", "20")
    change(world, "staffing_text", "goal", "7")
    rules = world.backend.rules
    assert (rules.spike_conversations, rules.spike_minutes) == (1, 20)
    assert "meta 7" in wall(world)[0]


def test_a_change_that_no_longer_fits_leaves_what_the_settings_say(world):
    world.state.set("robot/thresholds", b'{"rules": {"overload": {"open": -3}}}')
    assert world.backend.rules == world.settings.rules()


def test_every_rule_has_a_cool_down_of_its_own(world):
    for minutes, rule in enumerate(RULES, start=1):
        change(world, rule, "cooldown_minutes", str(minutes))
    service = AlertService(world.state, world.backend.decisions, lambda: AT)
    views = service.get_overview().rules
    assert [view.cooldown_minutes for view in views] == list(range(1, len(RULES) + 1))
    kept = Settings.model_validate(yaml.safe_load(service.export_yaml()))
    assert kept.alerts.spike.cooldown_minutes == [*RULES].index("spike") + 1
    assert kept.alerts.wall_silent.cooldown_minutes == [*RULES].index("wall_silent") + 1


def test_a_rule_without_one_has_the_common_cool_down(fresh):
    settings = Settings.model_validate({"alerts": {"cooldown_minutes": 25, "spike": None}})
    service = fresh(settings=settings).backend.alerts
    views = {view.rule: view for view in service.get_overview().rules}
    assert views["overload"].cooldown_minutes == 25
    assert views["queue"].cooldown_minutes == 10
    assert [rule for rule, view in views.items() if not view.is_on] == ["spike"]
    exported = yaml.safe_load(service.export_yaml())["alerts"]
    assert "cooldown_minutes" not in exported["overload"]
    assert exported["spike"]["enabled"] is False
    assert Settings.model_validate({"alerts": exported}).alerts == settings.alerts


@pytest.mark.parametrize("value", ["-1", "dez", "", "nan"])
def test_a_cool_down_that_cannot_be_is_refused(world, value):
    change(world, "stale", "cooldown_minutes", value)
    views = {
        view.rule: view
        for view in AlertService(world.state, world.backend.decisions, lambda: AT)
        .get_overview()
        .rules
    }
    assert views["stale"].cooldown_minutes == 10
