"""Signing in and out, device links, and everything that ends a session."""

import re
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

import pytest

from callbacks.access import login_throttle
from callbacks.access.login_throttle import FAILURES_PER_ADDRESS, FAILURES_PER_PERSON
from callbacks.access.session import safe_target
from services.accounts import accounts
from services.settings.config import Settings
from services.storage.store import StorageFullError
from tests.worlds.api_world import JOAO, PEOPLE, person, snapshot
from tests.worlds.web_world import ANALYST, MANAGER, NAVIGATION, PASSWORD, Browser

WRONG = "not the password"


@pytest.fixture(autouse=True)
def cheap_dummy(monkeypatch):
    """The hash for unknown people costs as little here as those of the known ones."""
    from tests.worlds.web_world import cheap_hash

    monkeypatch.setattr(accounts, "DUMMY_HASH", cheap_hash("nobody's"))


@pytest.mark.parametrize(
    ("email", "home"),
    [(MANAGER, "/overview"), (ANALYST, "/analyst"), (" MARINA.Falcao@EXAMPLE.com ", "/overview")],
)
def test_each_role_begins_at_its_own_page(world, email, home):
    answer = world.browser().sign_in(email)
    assert (answer.status_code, answer.headers["Location"]) == (303, home)


def test_who_is_signed_in_is_sent_home_from_the_login_page(world):
    assert world.browser(MANAGER).get("/login").headers["Location"] == "/overview"
    assert world.browser(ANALYST).get("/").headers["Location"] == "/analyst"


@pytest.mark.parametrize(("language", "words"), [("pt-BR", "não conferem"), ("en", "do not match")])
@pytest.mark.parametrize("email", [MANAGER, "nobody@example.com"])
def test_a_wrong_password_is_told_in_the_readers_language_and_the_email_stays(
    fresh, email, language, words
):
    browser = fresh().browser()
    browser.client.set_cookie("vigia_lang", language)
    answer = browser.sign_in(email, WRONG)
    assert answer.status_code == 401
    assert words in answer.text
    assert f'value="{email}"' in answer.text
    assert WRONG not in answer.text
    assert browser.get("/overview").status_code == 302


def test_the_answer_is_the_same_whether_somebody_has_the_email(fresh):
    world = fresh()
    known, unknown = (
        re.sub(
            r'(csrf_token" value|nonce|name="email"[^>]* value)="[^"]*"',
            "",
            browser.sign_in(email, WRONG).text,
        )
        for browser, email in ((world.browser(), MANAGER), (world.browser(), "x@example.com"))
    )
    assert known == unknown


def test_a_hash_is_worked_out_for_people_who_do_not_exist_too(fresh, monkeypatch):
    world, checked = fresh(), []
    genuine = accounts.check_password_hash
    monkeypatch.setattr(
        accounts, "check_password_hash", lambda h, p: checked.append(h) or genuine(h, p)
    )
    for email in (MANAGER, "x@example.com", "", "not an e-mail", "a@b/../session/x"):
        before = len(checked)
        assert world.browser().sign_in(email, WRONG).status_code == 401
        assert len(checked) == before + 1, email
    assert accounts.DUMMY_HASH in checked


def test_with_no_account_the_login_page_says_which_command_makes_one(fresh):
    text = fresh(people={}).browser().get("/login").text
    assert "python app.py account add" in text
    assert "Ainda não há contas" in text
    assert "app.py account" not in fresh().browser().get("/login").text


def test_the_form_works_without_a_script_and_helps_with_one(world):
    text = world.browser().get("/login").text
    for part in (
        'method="post" action="/login"',
        'autocomplete="username"',
        'autocomplete="current-password"',
        'class="login-eye"',
        'class="login-caps"',
    ):
        assert part in text


# CSRF


@pytest.mark.parametrize("token", ["", "wrong", None])
def test_signing_in_needs_the_token_of_the_form(fresh, token):
    browser = fresh().browser()
    browser.form_token()
    form = {"email": MANAGER, "password": PASSWORD} | (
        {} if token is None else {"csrf_token": token}
    )
    answer = browser.client.post("/login", data=form)
    assert answer.status_code == 400
    assert "aberta tempo demais" in answer.text
    assert f'value="{MANAGER}"' in answer.text
    assert browser.get("/overview").status_code == 302


def test_a_token_of_another_visitor_is_not_good(fresh):
    world = fresh()
    form = {"email": MANAGER, "password": PASSWORD, "csrf_token": world.browser().form_token()}
    browser = world.browser()
    browser.form_token()
    assert browser.client.post("/login", data=form).status_code == 400


@pytest.mark.parametrize("token", [None, "", "wrong"])
@pytest.mark.parametrize("path", ["/logout", "/_dash-update-component"])
def test_nothing_is_done_without_the_token_of_the_session(fresh, path, token):
    browser = fresh().browser(MANAGER)
    headers = {} if token is None else {"X-CSRFToken": token}
    body = browser.world.body("page.children")
    answer = browser.client.post(path, headers=headers, json=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "csrf"
    assert browser.get("/overview").status_code == 200


def test_the_token_is_in_the_cookie_that_dash_reads(world):
    browser = world.browser(ANALYST)
    config = browser.get("/analyst").text
    assert '"csrf_token_name":"_csrf_token"' in config
    assert '"csrf_header_name":"X-CSRFToken"' in config
    cookie = browser.client.get_cookie("_csrf_token")
    assert not cookie.http_only
    assert cookie.same_site == "Lax"
    values = {"url.pathname": "/analyst"}
    assert browser.fire("page.children", **values).status_code == 200


def test_the_token_of_an_open_screen_does_not_run_out(fresh):
    world = fresh()
    assert world.app.server.config["WTF_CSRF_TIME_LIMIT"] is None


# Where to go on to


SAFE = [
    "/",
    "/overview",
    "/analyst?agent=201&period=28d",
    "/operations?kiosk=1",
    "/a%2Fb",
    "/a//b",
    "/%2F%2Fevil.example",
    "/overview#part",
    "/reuni%C3%A3o",
    "/x?next=https://e.example",
]
UNSAFE = [
    "",
    None,
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "overview",
    " /overview",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/over view",
    "/\x00",
    "?next=/",
    "#x",
    "/login",
    "/login/",
    "/login?next=/login",
    "/logout",
    "/" + "a" * 2001,
    "\t//evil.example",
]


@pytest.mark.parametrize("target", SAFE)
def test_an_own_path_is_gone_on_to(fresh, target):
    assert safe_target(target) == target


@pytest.mark.parametrize("target", UNSAFE)
def test_nothing_else_is_gone_on_to(target):
    assert safe_target(target) is None


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/e"]
)
def test_after_signing_in_nobody_is_led_away(fresh, target):
    browser = fresh().browser()
    assert 'name="next" value=""' in browser.get("/login", query_string={"next": target}).text
    assert browser.sign_in(MANAGER, target=target).headers["Location"] == "/overview"


def test_after_signing_in_one_goes_on_to_what_one_wanted(fresh):
    browser = fresh().browser()
    page = browser.get("/login?next=%2Foverview%3Fperiod%3D28d%26team%3D6101").text
    assert 'name="next" value="/overview?period=28d&amp;team=6101"' in page
    answer = browser.sign_in(MANAGER, target="/overview?period=28d&team=6101")
    assert answer.headers["Location"] == "/overview?period=28d&team=6101"


@pytest.mark.parametrize(
    "text", ['"><script>alert(1)</script>', "' onfocus='x", "{csrf}{0}", "</form><b>", "%s", "<!--"]
)
def test_nothing_that_is_sent_becomes_markup(fresh, text):
    browser = fresh().browser()
    browser.client.set_cookie("vigia_lang", text)
    browser.client.set_cookie("vigia_theme", text)
    for answer in (
        browser.sign_in(text, WRONG, target=text),
        browser.get("/login", query_string={"next": f"/{text}"}),
    ):
        assert "<script>" not in answer.text
        assert "</form><b>" not in answer.text
        assert "onfocus='x'" not in answer.text
        assert '<html lang="pt-BR" data-bs-theme="dark">' in answer.text
    assert "<script>alert" not in browser.get(f"/{text}").text


def test_cookies_with_markup_do_not_reach_the_page_either(fresh):
    browser = fresh().browser(MANAGER)
    browser.client.set_cookie("vigia_lang", '"><script>x</script>')
    browser.client.set_cookie("vigia_theme", '"><script>x</script>')
    text = browser.get("/overview").text
    assert '<html lang="pt-BR" data-bs-theme="dark"' in text
    assert "<script>x" not in text


# Patience


def test_after_five_failures_a_person_waits_even_with_the_right_password(fresh, monkeypatch):
    world = fresh()
    for _ in range(FAILURES_PER_PERSON):
        assert world.browser().sign_in(MANAGER, WRONG).status_code == 401
    checked = []
    monkeypatch.setattr(accounts, "check_password_hash", lambda *given: checked.append(given))
    answer = world.browser().sign_in(MANAGER)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    assert "Muitas tentativas" in answer.text
    assert checked == []


def test_another_spelling_of_the_email_is_the_same_person(fresh):
    world = fresh()
    for n in range(FAILURES_PER_PERSON):
        world.browser().sign_in((MANAGER.upper(), f"  {MANAGER}")[n % 2], WRONG)
    assert world.browser().sign_in(MANAGER).status_code == 429
    assert world.browser().sign_in(ANALYST).status_code == 303


def test_success_forgets_the_failures_of_the_person(fresh):
    world = fresh()
    for _ in range(2):
        for _ in range(FAILURES_PER_PERSON - 1):
            world.browser().sign_in(MANAGER, WRONG)
        assert world.browser().sign_in(MANAGER).status_code == 303


def test_failures_elsewhere_lock_nobody_out_of_a_place_where_they_were(fresh):
    world = fresh()
    world.browser(MANAGER)
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    for n in range(FAILURES_PER_PERSON + 3):
        status = 401 if n < FAILURES_PER_PERSON else 429
        answer = world.browser().sign_in(MANAGER, WRONG, environ_overrides=elsewhere)
        assert answer.status_code == status
    other = {"REMOTE_ADDR": "10.0.0.10"}
    assert world.browser().sign_in(MANAGER, environ_overrides=other).status_code == 429
    assert world.browser().sign_in(MANAGER).status_code == 303
    for _ in range(FAILURES_PER_PERSON):
        assert world.browser().sign_in(MANAGER, WRONG).status_code == 401
    assert world.browser().sign_in(MANAGER).status_code == 429


def test_an_address_that_tries_many_people_waits(fresh):
    world = fresh()
    for n in range(FAILURES_PER_ADDRESS):
        assert world.browser().sign_in(f"{n}@example.com", WRONG).status_code == 401
    assert world.browser().sign_in(MANAGER).status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    assert world.browser().sign_in(MANAGER, environ_overrides=elsewhere).status_code == 303


def test_successes_of_an_office_behind_one_address_are_not_counted(fresh):
    world = fresh()
    for _ in range(FAILURES_PER_ADDRESS + 2):
        assert world.browser().sign_in(MANAGER).status_code == 303


def test_guesses_sent_together_count_too(fresh, monkeypatch):
    world, checked = fresh(), []
    monkeypatch.setattr(accounts, "check_password_hash", lambda *given: checked.append(given))
    browsers = [world.browser() for _ in range(20)]
    forms = [
        {"email": MANAGER, "password": WRONG, "csrf_token": browser.form_token()}
        for browser in browsers
    ]
    with ThreadPoolExecutor(10) as threads:
        answers = list(
            threads.map(
                lambda pair: pair[0].client.post("/login", data=pair[1]).status_code,
                zip(browsers, forms, strict=True),
            )
        )
    assert sorted(set(answers)) == [401, 429]
    assert len(checked) == answers.count(401) == FAILURES_PER_PERSON


def test_right_passwords_that_come_together_all_get_in(fresh):
    world = fresh()
    browsers = [world.browser() for _ in range(10)]
    with ThreadPoolExecutor(10) as threads:
        answers = threads.map(lambda browser: browser.sign_in(MANAGER).status_code, browsers)
        assert list(answers) == [303] * 10


def test_nobody_locks_the_right_people_out_of_their_own_browsers(fresh, monkeypatch):
    world = fresh()
    own = world.browser(MANAGER)
    own.sign_out()
    monkeypatch.setattr(login_throttle, "FAILURES_PER_ADDRESS", 8)
    for n in range(10):
        world.browser().sign_in((MANAGER, f"{n}@example.com")[n % 2], WRONG)
    assert world.browser().sign_in(MANAGER).status_code == 429
    assert own.sign_in(MANAGER).status_code == 303
    own.sign_out()
    for _ in range(FAILURES_PER_PERSON + 1):
        assert own.sign_in(MANAGER, WRONG).status_code == 401
    assert own.sign_in(MANAGER).status_code == 303
    own.sign_out()
    assert own.sign_in(ANALYST).status_code == 429, "a browser is known for its own people"


def test_a_known_browser_may_not_guess_for_ever(fresh, monkeypatch):
    monkeypatch.setattr(login_throttle, "FAILURES_PER_BROWSER", 7)
    own = fresh().browser(MANAGER)
    own.sign_out()
    answers = [own.sign_in(MANAGER, WRONG).status_code for _ in range(8)]
    assert answers == [401] * 7 + [429]


def test_failures_of_strangers_in_an_office_do_not_keep_the_others_out(fresh):
    world = fresh()
    for n in range(40):
        assert world.browser().sign_in(f"{n}@example.com", WRONG).status_code == 401
    assert world.browser().sign_in(MANAGER).status_code == 303


def test_the_state_keeps_no_emails_of_people_who_failed(fresh):
    world = fresh()
    world.browser().sign_in("somebody.else@example.com", WRONG)
    assert world.state.keys("throttle/")
    assert not [key for key in world.state.keys("throttle/") if "somebody" in key or "127." in key]


def test_forwarded_addresses_count_only_behind_a_proxy_that_is_believed(fresh):
    spoofed = [{"X-Forwarded-For": f"10.1.1.{n}"} for n in range(FAILURES_PER_ADDRESS)]
    for hops, status in ((0, 429), (1, 303)):
        world = fresh(settings=Settings.model_validate({"server": {"trusted_proxies": hops}}))
        for n, headers in enumerate(spoofed):
            world.browser().sign_in(f"{n}@example.com", WRONG, headers=headers)
        answer = world.browser().sign_in(MANAGER, headers={"X-Forwarded-For": "10.9.9.9"})
        assert answer.status_code == status, hops


def test_of_many_forwarded_addresses_the_hops_say_which_one_counts(fresh):
    world = fresh(settings=Settings.model_validate({"server": {"trusted_proxies": 2}}))
    for n in range(FAILURES_PER_ADDRESS):
        headers = {"X-Forwarded-For": f"1.1.1.{n}, 203.0.113.7, 10.0.0.1"}
        world.browser().sign_in(f"{n}@example.com", WRONG, headers=headers)
    headers = {"X-Forwarded-For": "9.9.9.9, 203.0.113.7, 10.0.0.1"}
    assert world.browser().sign_in(MANAGER, headers=headers).status_code == 429


# What ends a session


def test_signing_in_starts_anew_whatever_cookie_came(fresh):
    world = fresh()
    victim = world.browser()
    victim.form_token()
    planted = victim.cookie()
    victim.sign_in(MANAGER)
    assert victim.cookie() != planted
    attacker = world.browser()
    attacker.put_cookie(planted)
    assert attacker.get("/overview").status_code == 302


def test_signing_in_again_ends_the_session_before(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    copied = browser.cookie()
    link = world.sessions.add_device("TV")
    assert browser.get(f"/wall/{link}").status_code == 303
    thief = world.browser()
    thief.put_cookie(copied)
    assert thief.get("/overview").status_code == 302


def test_signing_out_ends_a_copied_cookie_too(fresh):
    world = fresh()
    browser, thief = world.browser(MANAGER), world.browser()
    thief.put_cookie(browser.cookie())
    assert thief.get("/overview").status_code == 200
    assert browser.sign_out().status_code == 303
    assert thief.get("/overview").status_code == 302
    assert thief.get("/api/v1/status").status_code == 401
    assert world.state.keys("session/") == []


def test_signing_out_needs_a_post(fresh):
    browser = fresh().browser(MANAGER)
    assert browser.get("/logout").status_code in (404, 405)
    assert browser.get("/overview").status_code == 200


def test_another_password_ends_all_sessions(fresh):
    world = fresh()
    browsers = [world.browser(MANAGER) for _ in range(2)]
    world.put_account(MANAGER, "Marina Falcão", "manager", "another password")
    for browser in browsers:
        assert browser.get("/overview").status_code == 302
        assert browser.fire("page.children").status_code == 401


def test_an_account_taken_away_is_out_at_once_even_if_it_is_made_again(fresh):
    world = fresh()
    browser = world.browser(ANALYST)
    world.accounts.remove(ANALYST)
    assert browser.get("/analyst").status_code == 302
    world.accounts.add(ANALYST, "João", "manager", PASSWORD)
    assert browser.get("/overview").status_code == 302


def test_another_role_holds_from_the_next_request(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    assert browser.get("/overview").status_code == 200
    world.put_account(MANAGER, "Marina Falcão", "analyst")
    assert browser.get("/overview").status_code == 403
    assert browser.get("/api/v1/status").status_code == 403
    output = next(o for o in world.callback_ids() if "overview--" in o)
    assert browser.fire(output).status_code == 403


def test_a_session_ends_at_its_hour_however_busy_it_was(fresh):
    world = fresh()
    browser = world.browser(ANALYST)
    for _ in range(23):
        world.now += 1800
        assert browser.fire("page.children").status_code in (200, 204)
    world.now += 1801
    assert browser.fire("page.children").status_code == 401
    assert browser.get("/analyst").status_code == 302


def test_on_a_full_disk_who_is_in_goes_on_and_the_others_are_told_why(fresh, monkeypatch):
    world = fresh(settings=Settings.model_validate({"access": {"idle_hours": 1}}))
    inside, outside = world.browser(MANAGER), world.browser()
    world.now += 600

    def full(*_, **__):
        raise StorageFullError("no room")

    for write in ("set", "add", "increment", "set_fenced"):
        monkeypatch.setattr(world.state, write, full)
    assert inside.get("/overview").status_code == 200
    assert inside.fire("page.children").status_code == 200
    answer = outside.sign_in(MANAGER, headers=NAVIGATION)
    assert answer.status_code == 503
    assert "Disco cheio" in answer.text


def test_the_store_gone_is_told_as_such_and_lets_nobody_in(fresh, monkeypatch, caplog):
    from services.errors import UnavailableError

    world = fresh()
    browser = world.browser(MANAGER)

    def gone(*_):
        raise UnavailableError("Redis does not answer (ConnectionError)")

    monkeypatch.setattr(type(world.backend.sessions), "find", gone)
    answer = browser.get("/overview")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "não alcança" in answer.text
    assert "script-src" in answer.headers["Content-Security-Policy"]
    answer = browser.fire("page.children")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "unavailable")
    assert "Traceback" not in caplog.text
    assert browser.get("/healthz").status_code == 200


# Device links


def test_a_screen_signs_in_with_its_link_and_is_read_only(fresh):
    world = fresh()
    screen = world.screen()
    assert screen.get("/").headers["Location"] == "/operations?kiosk=1"
    assert screen.get("/operations?kiosk=1").status_code == 200
    assert screen.fire("page.children", **{"url.pathname": "/operations"}).status_code == 200
    for path in ("/overview", "/analyst", "/api/v1/summary", "/calls/t1/recording"):
        assert screen.get(path).status_code == 403


def test_a_screen_is_never_signed_out(fresh):
    world = fresh()
    screen = world.screen()
    world.now += 400 * 86400
    assert screen.get("/operations").status_code == 200
    assert world.app.server.config["PERMANENT_SESSION_LIFETIME"].days == 400
    again = screen.get("/operations").headers.getlist("Set-Cookie")
    assert any(c.startswith("vigia=") and "Expires=" in c for c in again)


def test_a_screen_started_anew_with_its_link_goes_on(fresh):
    world = fresh()
    link = f"/wall/{world.sessions.add_device('TV')}"
    for _ in range(2):
        assert world.browser().get(link).status_code == 303


def test_a_revoked_screen_is_out_at_once_and_its_link_is_dead(fresh):
    world = fresh()
    word = world.sessions.add_device("TV")
    screen = world.browser()
    screen.get(f"/wall/{word}")
    screen.get("/operations")
    assert screen.fire("page.children").status_code == 200
    [device_id] = world.sessions.name_devices()
    world.sessions.revoke_device(device_id)
    assert screen.fire("page.children").status_code == 401
    answer = world.browser().get(f"/wall/{word}")
    assert answer.status_code == 404
    assert "não vale mais" in answer.text
    assert word not in answer.text


@pytest.mark.parametrize("word", ["x", "..", "%2e%2e", "a" * 5000, "%ff", "%00", "'", "device%2F"])
def test_a_link_that_nobody_made_opens_nothing(world, word):
    browser = world.browser()
    assert browser.get(f"/wall/{word}").status_code in (302, 404)
    assert browser.get("/operations").status_code == 302


def test_the_id_of_a_device_is_not_its_link(fresh):
    world = fresh()
    world.sessions.add_device("TV")
    [device_id] = world.sessions.name_devices()
    assert world.browser().get(f"/wall/{device_id}").status_code == 404


def test_a_persons_session_is_no_device_link(fresh):
    world = fresh()
    word = world.sessions.open(world.accounts.find(MANAGER))
    assert world.browser().get(f"/wall/{word}").status_code == 404


def test_a_person_can_sign_in_where_a_screen_was(fresh):
    screen = fresh().screen()
    assert screen.get("/login").status_code == 200
    assert screen.sign_in(MANAGER).headers["Location"] == "/overview"
    assert screen.get("/overview").status_code == 200


# Who an analyst is


@pytest.mark.parametrize(
    ("people", "sees"),
    [
        (PEOPLE, True),
        ([person(JOAO, "João", "Joao.Lacerda@Example.com")], True),
        ([person(JOAO, "João", "joao.lacerda@example.com", active=False)], False),
        ([person(JOAO, "João", None)], False),
        ([person("voice:9", "João", "joao.lacerda@example.com")], False),
        ([person(JOAO, "Fin", "joao.lacerda@example.com", bot=True)], False),
        ([person(JOAO, "João", ANALYST), person("999", "Outro", ANALYST)], False),
        ([person("7", "Antigo", ANALYST, active=False), person(JOAO, "João", ANALYST)], True),
        ([], False),
    ],
)
def test_an_analyst_is_the_one_active_admin_with_that_email(fresh, people, sees):
    browser = fresh(current=snapshot(people=people)).browser(ANALYST)
    assert browser.get("/api/v1/conversations").status_code == (200 if sees else 403)
    assert browser.fire("page.children", **{"url.pathname": "/analyst"}).status_code == 200


def test_a_match_made_a_minute_ago_holds_now(fresh):
    world = fresh(current=snapshot(people=[]))
    browser = world.browser(ANALYST)
    assert browser.get("/api/v1/summary").status_code == 403
    world.dataset.current = snapshot()
    assert browser.get("/api/v1/summary").status_code == 200


def test_two_people_at_once_are_never_taken_for_each_other(world):
    browsers = [world.browser(email) for email in (MANAGER, ANALYST) * 4]
    expected = ["Marina Falcão", "João Vitor Lacerda"] * 4

    def shown(browser: Browser) -> str:
        return browser.fire("page.children", **{"url.pathname": "/analyst"}).text

    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            for text, name in zip(threads.map(shown, browsers), expected, strict=True):
                others = set(expected) - {name}
                assert name.replace("ã", "\\u00e3") in text or name in text
                assert not [o for o in others if o in text]


# Cookies


def cookies_of(answer):
    jar = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):
        jar.load(line)
    return jar


def test_cookies_on_a_plain_network(fresh):
    browser = fresh().browser()
    jar = cookies_of(browser.sign_in(MANAGER))
    assert jar["vigia"]["httponly"]
    assert not jar["vigia"]["secure"]
    assert jar["vigia"]["samesite"] == "Lax"
    assert jar["vigia"]["path"] == "/"
    assert jar["vigia"]["domain"] == ""
    assert not cookies_of(browser.get("/overview"))["_csrf_token"]["secure"]


def test_cookies_behind_tls(fresh):
    world = fresh(
        settings=Settings.model_validate({"server": {"behind_tls": True, "trusted_proxies": 1}})
    )
    secure = {"base_url": "https://vigia.example"}
    browser = world.browser()
    token = re.search(r'csrf_token" value="([^"]+)', browser.get("/login", **secure).text)[1]
    form = {"email": MANAGER, "password": PASSWORD, "csrf_token": token}
    answer = browser.client.post("/login", data=form, **secure)
    assert answer.status_code == 303
    jar = cookies_of(answer)
    cookie = jar["__Host-vigia"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    page = browser.get("/overview", **secure)
    assert page.status_code == 200
    assert cookies_of(page)["_csrf_token"]["secure"]
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_session_cookie_tells_nothing_about_the_person(fresh):
    from zlib import decompress

    from itsdangerous import base64_decode

    browser = fresh().browser(MANAGER)
    cookie = browser.cookie()
    payload = cookie.lstrip(".").split(".")[0]
    plain = base64_decode(payload)
    plain = decompress(plain) if cookie.startswith(".") else plain
    for secret in (b"marina", b"manager", PASSWORD.encode(), b"pbkdf2"):
        assert secret not in plain
