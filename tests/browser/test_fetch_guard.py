"""A screen that nobody touches: it tells when its numbers are old, and helps itself."""

import json
import threading
import time
from datetime import UTC, datetime

import pytest
from flask import Response
from playwright.sync_api import Error, expect

from tests.worlds.web_world import ANALYST, MANAGER

CALLBACKS = "**/_dash-update-component*"
BANNER = "#stale-banner"
# A page with the frame around it and nothing heavy inside: it beats like every other.
LIGHT = "/nothing-here"
STEP_S = 2
# Without waiting for what comes of it.
ASK = """() => {
  window.got = null;
  fetch("/_dash-update-component", {method: "POST"})
    .then((answer) => { window.got = answer.status; });
}"""
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(serve):
    return serve()


@pytest.fixture
def screen(served):
    """A manager's page that is filled, on a clock that the test moves."""
    page = served.page(MANAGER)
    page.clock.install(time=NOON)
    page.goto(LIGHT)
    page.wait_for_selector("#queue-chip > *")
    yield page
    page.unroute_all(behavior="ignoreErrors")


def beat(page):
    """The interval beats once."""
    page.evaluate("window.dash_clientside.set_props('refresh', {n_intervals: Date.now()})")


def pass_time(page, seconds, until=None):
    """Let the page's time pass in steps, with real time in between for the network."""
    for _ in range(max(1, round(seconds / STEP_S))):
        page.clock.run_for(STEP_S * 1000)
        time.sleep(0.04)
        if until is not None and until():
            return
    assert until is None, page.url


def got(page):
    """What `window.got` becomes within a second of real time."""
    for _ in range(50):
        if found := page.evaluate("window.got"):
            return found
        time.sleep(0.02)
    return None


def is_new(page):
    """Whether the page was loaded since `window.before` was set."""

    def answer():
        try:
            return page.evaluate("window.before !== true")
        except Error:
            return False  # it is on its way

    return answer


def fetched(page, path="/_dash-update-component"):
    """What the page's own script gets for a request."""
    return page.evaluate(
        """async (path) => {
             const answer = await fetch(path, {method: "POST", body: "{}"});
             return [answer.status, await answer.text()];
           }""",
        path,
    )


def test_while_all_is_well_nothing_is_told_and_the_console_is_empty(screen):
    for _ in range(3):
        beat(screen)
        screen.clock.run_for(5000)
    expect(screen.locator(BANNER)).to_have_count(0)
    # The address itself is one of nobody, and the browser says so.
    loud = [words for kind, words in screen.said if kind in ("error", "pageerror")]
    assert [words for words in loud if "404" not in words] == []


def test_nothing_is_asked_of_another_host(served, screen):
    assert screen.asked
    assert [url for url in screen.asked if not url.startswith((served.url, "data:", "blob:"))] == []


def test_a_failing_server_is_told_and_forgotten_when_it_is_back(screen):
    screen.route(CALLBACKS, lambda route: route.fulfill(status=500, body="<html>"))
    beat(screen)
    screen.clock.run_for(3000)
    expect(screen.locator(BANNER)).to_contain_text("Sem conexão com o Vigia há")
    screen.unroute(CALLBACKS)
    # Nobody beats here: it asks again by itself once /healthz answers.
    pass_time(screen, 60, until=lambda: not screen.locator(BANNER).is_visible())


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_refused_refresh_is_told_and_forgotten_when_it_is_answered(screen, status):
    screen.route(CALLBACKS, lambda route: route.fulfill(status=status, json={}))
    beat(screen)
    screen.clock.run_for(3000)
    expect(screen.locator(BANNER)).to_contain_text("Parte desta tela não se atualiza há")
    screen.unroute(CALLBACKS)
    beat(screen)
    screen.wait_for_load_state("networkidle")
    screen.clock.run_for(3000)
    expect(screen.locator(BANNER)).to_be_hidden()


def test_a_refusal_is_told_though_other_callbacks_are_answered(screen):
    def answer(route):
        if route.request.post_data_json.get("output") == "frame.data":
            route.fulfill(status=413, json={})
        else:
            route.fulfill(status=204)

    screen.route(CALLBACKS, answer)
    beat(screen)
    screen.wait_for_load_state("networkidle")
    assert fetched(screen)[0] == 204
    screen.clock.run_for(3000)
    expect(screen.locator(BANNER)).to_contain_text("Parte desta tela")


@pytest.mark.parametrize("how", ["abort", "html", "redirect"])
def test_no_answer_and_half_answers_are_no_answer(screen, how):
    def answer(route):
        if how == "abort":
            route.abort()
        elif how == "html":
            route.fulfill(status=200, content_type="text/html", body="<p>a proxy's own page")
        else:
            route.fulfill(status=302, headers={"Location": "/healthz/nothing"})

    screen.route(CALLBACKS, answer)
    status, _ = fetched(screen)
    assert status in (503, 404)
    if status == 503:
        screen.clock.run_for(3000)
        expect(screen.locator(BANNER)).to_be_visible()


def test_a_request_that_hangs_ends_after_its_limit(screen):
    screen.route(CALLBACKS, lambda route: None)
    screen.evaluate(ASK)
    screen.clock.run_for(15_000)
    assert screen.evaluate("window.got") is None
    screen.clock.run_for(6_000)
    assert got(screen) == 503


def test_a_body_that_stops_half_way_ends_after_its_limit_too(served, screen, monkeypatch):
    done = threading.Event()

    def dripping():
        yield b'{"response": '
        for _ in range(100):
            if done.wait(0.05):
                return
            yield b" "

    views = served.world.app.server.view_functions
    monkeypatch.setitem(views, "readyz", lambda: Response(dripping(), mimetype="application/json"))
    screen.route(CALLBACKS, lambda route: route.continue_(url=f"{served.url}/readyz", method="GET"))
    screen.evaluate(ASK)
    time.sleep(0.3)
    assert screen.evaluate("window.got") is None
    screen.clock.run_for(21_000)
    assert got(screen) == 503
    done.set()


def test_what_dash_gives_up_itself_is_not_taken_for_a_failure(screen):
    screen.route(CALLBACKS, lambda route: None)
    name = screen.evaluate(
        """async () => {
             const own = new AbortController();
             const asked = fetch("/_dash-update-component", {method: "POST", signal: own.signal});
             own.abort();
             return asked.catch((error) => error.name);
           }"""
    )
    assert name == "AbortError"
    screen.clock.run_for(3000)
    expect(screen.locator(BANNER)).to_have_count(0)


def test_other_requests_are_left_alone(screen):
    screen.route("**/healthz", lambda route: route.fulfill(status=200, body="plain"))
    assert screen.evaluate("fetch('/healthz').then((answer) => answer.text())") == "plain"


def test_a_session_that_is_over_leads_to_the_login_page_and_back(served):
    page = served.page(ANALYST)
    page.clock.install(time=NOON)
    page.goto(f"{LIGHT}?period=month")
    page.wait_for_selector("#queue-chip > *")
    served.world.accounts.remove(ANALYST)
    beat(page)
    wanted = "/login?next=%2Fnothing-here%3Fperiod%3Dmonth"
    pass_time(page, 60, until=lambda: page.url.endswith(wanted))
    served.world.put_account(ANALYST, "João Vitor Lacerda", "analyst")
    page.fill("#email", ANALYST)
    page.fill("#password", "correct horse battery")
    page.click(".login-submit")
    expect(page).to_have_url(f"{served.url}{LIGHT}?period=month")


def test_it_stays_where_it_is_while_the_server_is_not_well(screen):
    screen.route("**/healthz", lambda route: route.abort())
    screen.route(CALLBACKS, lambda route: route.fulfill(status=401, json={}))
    beat(screen)
    pass_time(screen, 20)
    assert screen.url.endswith(LIGHT)
    screen.unroute("**/healthz")
    beat(screen)
    # The login page itself sends whoever is signed in home again.
    pass_time(screen, 60, until=lambda: not screen.url.endswith(LIGHT))


def test_a_new_program_is_loaded_but_not_while_both_answer(screen):
    screen.evaluate("window.before = true")

    def newer(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "x-build": "another"})

    screen.route(CALLBACKS, newer)
    beat(screen)
    pass_time(screen, 20)
    assert screen.evaluate("window.before") is True
    pass_time(screen, 120, until=is_new(screen))


def test_silence_is_told_with_its_age_and_ends_in_a_fresh_start(screen):
    screen.evaluate("window.before = true")
    # Answers come, but none of them is a result.
    screen.route(CALLBACKS, lambda route: route.fulfill(status=403, json={}))
    pass_time(screen, 152)
    expect(screen.locator(BANNER)).to_contain_text("Sem atualização há 2")
    assert screen.evaluate("window.before") is True
    pass_time(screen, 240, until=is_new(screen))


def test_once_a_night_it_starts_anew(served):
    page = served.page(MANAGER, timezone_id="America/Sao_Paulo")
    page.clock.install(time=datetime.fromisoformat("2026-11-24T20:00:00-03:00"))
    page.goto(LIGHT)
    page.wait_for_selector("#queue-chip > *")
    page.evaluate("window.before = true")
    for hour, new in (("03:58", False), ("04:51", True)):
        # The clock jumps; timers do not make up for what was missed.
        page.clock.set_system_time(datetime.fromisoformat(f"2026-11-25T{hour}:00-03:00"))
        beat(page)
        time.sleep(0.3)
        if new:
            pass_time(page, 60, until=is_new(page))
        else:
            pass_time(page, 20)
            assert not is_new(page)()


def test_a_screen_has_its_own_link_and_survives_the_server_going_away(served):
    page = served.page()
    page.goto(f"/wall/{served.world.sessions.add_device('TV')}")
    page.wait_for_url("**/operations?kiosk=1")
    page.context.set_offline(True)
    assert fetched(page)[0] == 503
    page.context.set_offline(False)
    status, text = fetched(page)
    assert (status, json.loads(text)["error"]["code"]) == (400, "bad_request")
