"""What every answer says about its limits, and that none names another host."""

import re

import pytest

from callbacks.web.headers import policy
from services.settings.config import Settings
from tests.worlds.web_world import ANALYST, MANAGER

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PATHS = [
    "/",
    "/login",
    "/overview",
    "/analyst",
    "/operations",
    "/nowhere",
    "/healthz",
    "/readyz",
    "/_dash-layout",
    "/_dash-dependencies",
    "/_mcp",
    "/api/v1/summary",
    "/api/nothing",
    "/calls/t1/recording",
    "/calls/none/recording",
    "/assets/login.js",
    "/assets/nothing.js",
    "/wall/x",
    "/favicon.ico",
    "/api//v1",
]
PERSONAL = [path for path in PATHS if path not in ("/assets/login.js", "/favicon.ico")]
NONCE = re.compile(r"'nonce-([\w-]+)'")
# Names, not addresses: XML's namespaces and where the browser takes nothing from.
NAMES = ("http://www.w3.org/",)


@pytest.fixture(scope="module")
def browsers(world):
    return [world.browser(), world.screen(), world.browser(ANALYST), world.browser(MANAGER)]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(browsers, path):
    for browser in browsers:
        answer = browser.get(path)
        for name, value in EVERYWHERE.items():
            assert answer.headers[name] == value, (path, name)
        assert answer.headers["X-Build"]
        assert "Strict-Transport-Security" not in answer.headers
        assert "Server-Timing" not in answer.headers
        assert len(answer.headers.getlist("Content-Security-Policy")) == 1


@pytest.mark.parametrize("path", PERSONAL)
def test_what_belongs_to_somebody_is_not_stored(browsers, path):
    for browser in browsers:
        assert browser.get(path).headers["Cache-Control"] == "no-store", path


def test_the_policy_is_exactly_this():
    assert policy("N") == (
        "default-src 'self'; script-src 'self' 'nonce-N'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


@pytest.mark.parametrize("path", ["/overview", "/login", "/operations", "/nowhere"])
def test_every_script_has_the_nonce_and_each_answer_its_own(world, path):
    browser = world.browser(MANAGER) if path != "/login" else world.browser()
    seen = set()
    for _ in range(3):
        answer = browser.get(path)
        [nonce] = NONCE.findall(answer.headers["Content-Security-Policy"])
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        assert "javascript:" not in answer.text
        assert not re.search(r"<[^>]+\son\w+=", answer.text)
        seen.add(nonce)
    assert len(seen) == 3


def test_a_nonce_cannot_be_guessed(world):
    answers = (world.browser().get("/login") for _ in range(20))
    nonces = [NONCE.findall(a.headers["Content-Security-Policy"])[0] for a in answers]
    assert len(set(nonces)) == 20
    assert min(map(len, nonces)) >= 22


def test_behind_tls_the_browser_is_told_to_stay_there(fresh):
    world = fresh(settings=Settings.model_validate({"server": {"behind_tls": True}}))
    for path in ("/login", "/overview", "/healthz", "/api/v1/status"):
        answer = world.browser().get(path, base_url="https://vigia.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_no_answer_names_another_host(world, browsers):
    allowed = ("https://app.intercom.com/", "https://assets.aircall.io/")
    for browser in browsers:
        bodies = [(path, browser.get(path).text) for path in PATHS if not path.startswith("/calls")]
        bodies += [
            (output, browser.fire(output, **{"url.pathname": path, "url.search": ""}).text)
            for output in world.callback_ids()
            for path in ("/overview", "/analyst", "/operations")
        ]
        for name, text in bodies:
            hosts = re.findall(r"(?:https?:)?\\?/\\?/[\w.-]+\.[a-z]{2,}/?", text)
            foreign = [host for host in hosts if not host.startswith((*allowed, *NAMES))]
            assert foreign == [], name


def test_a_redirect_stays_on_this_host_whatever_host_was_asked_for(world):
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Accept": "text/html"}
    for path in ("/", "/overview", "//overview"):
        answer = world.browser().get(path, headers=headers)
        assert answer.status_code in (302, 308)
        assert answer.headers["Location"].startswith("/login")


def test_the_build_is_the_same_in_every_process_and_on_every_answer(fresh, world):
    builds = {one.browser().get("/healthz").headers["X-Build"] for one in (world, fresh())}
    assert len(builds) == 1
    assert re.fullmatch(r"[0-9a-f]{16}", builds.pop())
