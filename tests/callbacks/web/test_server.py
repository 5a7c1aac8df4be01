"""The application as a whole: its limits, its mistakes, and what it never switches on."""

import json
import logging
from dataclasses import replace

import pytest
from dash import Input, Output, no_update
from flask import abort

from callbacks.access.roles import role_callback, roles_of
from callbacks.access.routes import Route, add_route
from callbacks.web.server import BODY_BYTES, build_id, create_app
from layouts.roles import EVERYBODY
from services.errors import UnavailableError
from services.settings.decisions import Decisions
from services.snapshot.manifest import SourceStatus
from tests.worlds.api_world import AS_OF_TEXT, OK_SOURCES, snapshot
from tests.worlds.web_world import ANALYST, MANAGER, NAVIGATION

FETCH = {"Accept": "*/*", "Sec-Fetch-Dest": "empty"}


def test_two_applications_share_nothing(fresh):
    one, other = fresh(), fresh(people={})
    assert one.app.callback_map.keys() == other.app.callback_map.keys()
    assert roles_of(one.app) is not roles_of(other.app)
    stranger = other.browser()
    stranger.put_cookie(one.browser(MANAGER).cookie())
    assert stranger.get("/overview").status_code == 302


def test_nothing_of_the_environment_switches_dash_features_on(fresh, monkeypatch):
    for name in (
        "DEBUG",
        "MCP_ENABLED",
        "HOT_RELOAD",
        "UI",
        "COMPRESS",
        "USE_ASYNC",
        "PROPS_CHECK",
    ):
        monkeypatch.setenv(f"DASH_{name}", "true")
    app = fresh().app
    rules = {rule.rule for rule in app.server.url_map.iter_rules()}
    assert not [rule for rule in rules if "mcp" in rule or "console" in rule or "-ws" in rule]
    assert app._use_async is False
    assert not app.server.debug
    assert app._dev_tools["hot_reload"] in (False, None)
    assert app._dev_tools["ui"] in (False, None)
    assert app.config.update_title is None
    assert app.config.suppress_callback_exceptions


def test_the_index_is_in_the_readers_language_and_theme(fresh):
    browser = fresh().browser(MANAGER)
    assert '<html lang="pt-BR" data-bs-theme="dark"' in browser.get("/overview").text
    browser.client.set_cookie("vigia_lang", "en")
    browser.client.set_cookie("vigia_theme", "light")
    text = browser.get("/overview").text
    assert '<html lang="en" data-bs-theme="light"' in text
    assert 'data-stale="No update for {s}' in text
    assert text.count('<meta name="viewport"') == 1


def test_pages_of_nobody_are_404_and_of_another_role_403_with_the_frame_around(world):
    browser = world.browser(ANALYST)
    refused = (("/nowhere", 404, "não existe"), ("/overview", 403, "Página de gestores"))
    for path, status, words in refused:
        answer = browser.get(path)
        assert answer.status_code == status
        assert "_dash-config" in answer.text
        drawn = browser.fire("page.children", **{"url.pathname": path, "url.search": ""})
        shown = json.dumps(drawn.get_json(), ensure_ascii=False)
        assert words in shown
        assert '"className": "nav"' in shown
        assert '"href": "/overview"' not in shown


@pytest.mark.parametrize("path", ["/overview/", "/overview//", "/analyst/"])
def test_a_slash_at_the_end_does_not_matter(world, path):
    assert world.browser(MANAGER).get(path).status_code in (200, 308)


@pytest.mark.parametrize("path", ["/login", "/_dash-update-component", "/logout"])
def test_a_body_has_a_limit(world, path):
    browser = world.browser(MANAGER)
    answer = browser.post(path, data=b"x" * (BODY_BYTES + 1), content_type="application/json")
    assert answer.status_code in (400, 413)


def test_a_form_of_many_megabytes_is_refused(world):
    browser = world.browser()
    form = {"email": "x" * (BODY_BYTES + 1), "csrf_token": browser.form_token()}
    assert browser.client.post("/login", data=form).status_code == 413


# Mistakes of ours


@pytest.fixture
def broken(fresh):
    """An application with addresses and a callback that fail."""
    world = fresh()
    server = world.app.server

    def fail():
        raise RuntimeError("the secret is in here")

    def gone():
        raise UnavailableError("redis://:hush@host does not answer")

    for name, view in (("fail", fail), ("gone", gone), ("teapot", lambda: abort(418))):
        add_route(server, Route(path=f"/{name}", endpoint=name, roles=EVERYBODY), view)

    @role_callback(world.app, roles={"manager"})(
        Output("broken", "children"), Output("broken", "data"), Input("url", "pathname")
    )
    def show(_):
        raise RuntimeError("the secret is in here")

    return world


def test_a_mistake_is_told_with_a_reference_that_leads_to_the_log(broken, caplog):
    answer = broken.browser(MANAGER).get("/fail")
    assert answer.status_code == 500
    [record] = [r for r in caplog.records if r.levelno == logging.ERROR]
    reference = record.args[1]
    assert reference in answer.text
    assert answer.headers["X-Request-ID"] == reference
    assert record.exc_info
    for leaked in ("secret", "Traceback", "RuntimeError", ".py"):
        assert leaked not in answer.text
    assert "script-src" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_script_gets_the_reference_as_json(broken, caplog):
    answer = broken.browser(MANAGER).get("/fail", headers=FETCH)
    assert answer.status_code == 500
    error = answer.get_json()["error"]
    assert error["code"] == "internal_error"
    assert error["message"].endswith(caplog.records[-1].args[1])


@pytest.mark.parametrize(
    ("headers", "kind"), [(NAVIGATION, "text/html"), (FETCH, "application/json")]
)
def test_a_store_that_does_not_answer_is_503_without_its_address(broken, headers, kind):
    answer = broken.browser(MANAGER).get("/gone", headers=headers)
    assert (answer.status_code, answer.mimetype) == (503, kind)
    assert answer.headers["Retry-After"] == "5"
    assert "hush" not in answer.text


def test_any_other_refusal_has_a_form_too(broken):
    answer = broken.browser(MANAGER).get("/teapot", headers=FETCH)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (418, "i'm_a_teapot")


def test_a_callback_that_fails_shows_a_reference_and_no_traceback(broken, caplog):
    browser = broken.browser(MANAGER)
    output = next(o for o in broken.callback_ids() if "..broken.children" in o)
    browser.client.set_cookie("vigia_lang", "en")
    answer = browser.fire(output)
    assert answer.status_code == 200
    assert caplog.records[-1].args[0] in answer.text
    assert "could not be drawn" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert set(answer.get_json()["response"]["broken"]) == {"children"}


def test_a_callback_without_roles_is_refused(fresh):
    world = fresh()

    @world.app.callback(Output("bare", "children"), Input("url", "pathname"))
    def show(_):
        return no_update

    body = {
        "output": "bare.children",
        "outputs": {"id": "bare", "property": "children"},
        "inputs": [{"id": "url", "property": "pathname", "value": "/"}],
        "changedPropIds": ["url.pathname"],
    }
    assert world.browser(MANAGER).send(body).status_code == 403
    assert "bare.children" not in world.browser(MANAGER).get("/_dash-dependencies").text


def test_the_program_says_which_build_it_is():
    assert build_id() == build_id()
    assert len(build_id()) == 16


def test_without_a_secret_key_there_is_no_application(fresh):
    world = fresh()
    bare = Decisions(world.state, world.settings)
    with pytest.raises(AssertionError):
        create_app(replace(world.backend, decisions=bare))


# For whoever watches the process: no sign-in, no data.


def test_a_process_that_lives_says_so_even_without_data(fresh):
    answer = fresh(starting=True).browser().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    assert answer.headers["X-Build"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_not_ready_before_anything_was_collected(fresh):
    answer = fresh(starting=True).browser().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"ready": False, "waiting_for": ["snapshot"]}


@pytest.mark.parametrize(
    ("voice", "status", "waiting"),
    [
        ("ok", 200, []),
        ("failed", 200, []),
        ("late", 200, []),
        ("off", 200, []),
        ("starting", 503, ["aircall"]),
    ],
)
def test_it_is_ready_once_every_source_answered_or_failed_once(fresh, voice, status, waiting):
    sources = {**OK_SOURCES, "aircall": SourceStatus(voice, AS_OF_TEXT)}
    answer = fresh(current=snapshot(sources=sources)).browser().get("/readyz")
    assert answer.status_code == status
    assert answer.get_json() == {"ready": not waiting, "waiting_for": waiting}


def test_nothing_of_the_operation_is_told(world):
    for path in ("/healthz", "/readyz"):
        text = world.browser().get(path).text
        assert "example.com" not in text
        assert "abc123" not in text
