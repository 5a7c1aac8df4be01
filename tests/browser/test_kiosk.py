"""What a screen in a room does by itself: it goes round the teams, and sounds once."""

import re

import pytest
from playwright.sync_api import expect

from tests.worlds.api_world import FINANCE, SUPPORT, conversation, snapshot
from tests.worlds.web_world import MANAGER

WAITING = conversation(
    "w1",
    "2026-11-24T14:00:00Z",
    state="open",
    agent_id=None,
    team_id=SUPPORT,
    waiting_since="2026-11-24T14:00:00Z",
)
# Counts the tones that a loudspeaker would give.
LOUDSPEAKER = """
window.tones = 0;
const silent = () => ({
  setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {},
});
window.AudioContext = class {
  state = "running"; currentTime = 0; destination = {};
  createOscillator() {
    return { frequency: {}, connect: next => next, start() { window.tones += 1; }, stop() {} };
  }
  createGain() { return { gain: silent(), connect: next => next }; }
  resume() {}
};
"""


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=snapshot(conversations=[WAITING]))


def tones(page):
    # Two looks at the lamp.
    page.wait_for_timeout(2500)
    return page.evaluate("window.tones")


def test_a_critical_queue_sounds_once_even_after_a_new_start(served):
    page = served.page(MANAGER, viewport={"width": 1920, "height": 1080})
    page.add_init_script(LOUDSPEAKER)
    page.goto("/operations?kiosk=1&sound=1")
    expect(page.locator(".lamp[data-severity=critical]")).to_be_visible()
    assert tones(page) == 2
    assert tones(page) == 2
    page.reload()
    expect(page.locator(".lamp[data-severity=critical]")).to_be_visible()
    assert tones(page) == 0
    served.check_silence(page)


def test_a_wall_that_was_not_asked_to_sound_is_silent(served):
    page = served.page(MANAGER)
    page.add_init_script(LOUDSPEAKER)
    page.goto("/operations?kiosk=1")
    expect(page.locator(".lamp[data-severity=critical]")).to_be_visible()
    assert tones(page) == 0


def test_the_wall_goes_round_the_teams(served):
    page = served.page(MANAGER, viewport={"width": 1920, "height": 1080})
    page.goto("/operations?kiosk=1&rotate=10")
    title = page.locator(".wall-teams")
    expect(title).to_have_attribute("data-rotate", "10")
    for _ in range(2):
        before = page.url
        page.wait_for_url(lambda url, before=before: url != before, timeout=30_000)
    teams = re.findall(r"team=(\d+)", page.url)
    assert len(teams) == 1
    assert teams[0] in {SUPPORT, FINANCE}
    expect(title).to_contain_text({SUPPORT: "Suporte N1", FINANCE: "Financeiro"}[teams[0]])
    assert "rotate=10" in page.url
    served.check_silence(page)
