"""What somebody tries who has a browser, a form on another site, or a copy of a cookie."""

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from callbacks.web.server import BODY_BYTES
from services.accounts.sessions import hash_word
from tests.worlds.web_world import MANAGER, PASSWORD

EVIL = {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Host": "localhost"}


def posts(world):
    """Addresses that take a POST, outside of the API, which takes none."""
    rules = world.app.server.url_map.iter_rules()
    return sorted({rule.rule for rule in rules if "POST" in rule.methods and "<" not in rule.rule})


def test_there_are_posts_to_forge(world):
    assert {
        "/login",
        "/login/code",
        "/login/password",
        "/login/first",
        "/logout",
        "/me",
        "/_dash-update-component",
    } <= set(posts(world))


@pytest.mark.parametrize("who", [None, MANAGER])
@pytest.mark.parametrize("kind", ["form", "json", "text"])
def test_no_form_of_another_site_does_anything(fresh, who, kind):
    """With the visitor's cookies, and all that a page of another site may send along."""
    world = fresh()
    browser = world.browser(who)
    for path in posts(world):
        before = {key: world.state.get(key) for key in sorted(world.state.keys(""))}
        fields = {
            "email": MANAGER,
            "password": PASSWORD,
            "again": PASSWORD,
            "does": "sessions",
            "code": "1",
        }
        sent = {
            "form": {"data": fields},
            "json": {"json": world.body("page.children")},
            "text": {"data": "{}", "content_type": "text/plain"},
        }[kind]
        answer = browser.client.post(path, headers=EVIL, **sent)
        assert answer.status_code in (400, 401, 403, 404), (path, answer.status_code)
        after = {key: world.state.get(key) for key in sorted(world.state.keys(""))}
        changed = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
        assert changed == set(), path


def test_what_takes_no_post_refuses_one_before_anything_is_looked_at(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    for path in (
        "/overview",
        "/accounts",
        "/exports/details.csv",
        "/assets/x",
        "/calls/t1/recording",
    ):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            headers = {"X-CSRFToken": browser.csrf()}
            answer = browser.client.open(path, method=method, headers=headers)
            assert answer.status_code == 403, (method, path)
            assert answer.get_json()["error"]["code"] == "forbidden"


def cookie_signed_with(key, content):
    app = Flask("other")
    app.secret_key = key
    return SecureCookieSessionInterface().get_signing_serializer(app).dumps(content)


def test_a_cookie_of_another_key_or_of_none_is_worth_nothing(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    genuine, [key] = browser.cookie(), world.state.keys("session/")
    payload, *signature = genuine.rpartition(".")
    forged = [
        cookie_signed_with("guess", {"_user_id": "x", "_fresh": True}),
        payload,
        payload + ".",
        payload + "." + signature[-1][::-1],
        # The store's own names are no words.
        cookie_signed_with("k" * 48, {"_user_id": key.removeprefix("session/")}),
        cookie_signed_with("k" * 48, {"_user_id": MANAGER}),
        "a" * 4000,
        "%00",
    ]
    for cookie in forged:
        thief = world.browser()
        thief.put_cookie(cookie)
        assert thief.get("/overview").status_code == 302, cookie
        assert thief.get("/api/v1/summary").status_code == 401, cookie
        assert thief.get("/login").status_code == 200, cookie
    assert hash_word("x") not in key
    assert browser.get("/overview").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost:8050@evil.example", "a" * 300, "[::1"])
def test_a_made_up_host_is_in_no_address_we_send(world, host):
    browser = world.browser()
    for path in ("/", "/overview", "/login", "/nowhere", "/login?next=/overview"):
        answer = browser.client.get(path, headers={"Host": host, "Accept": "text/html"})
        assert answer.status_code in (200, 302, 303, 400), (path, answer.status_code)
        assert not answer.headers.get("Location", "/").startswith(("http", "//"))
        assert "evil.example" not in answer.text


@pytest.mark.parametrize("path", ["/login", "/_dash-update-component", "/logout", "/me"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(fresh, path, caplog):
    browser = fresh().browser(MANAGER)
    answer = browser.post(path, data=b"x" * (BODY_BYTES + 1), content_type="application/json")
    assert answer.status_code in (400, 413)
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []
