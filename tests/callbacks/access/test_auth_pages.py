"""What stands between a password and the pages, one's own account, and what of it is noted."""

import re
from html import unescape

import pytest

from services.accounts import accounts
from services.accounts.second_factor import PREFIX as FACTOR
from services.accounts.second_factor import STEP_SECONDS, SecondFactor, compute_code
from services.settings.config import Settings
from tests.worlds.web_world import ANALYST, MANAGER, NAVIGATION, PASSWORD, cheap_hash

BETTER = "kestrel over the fjord"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    monkeypatch.setattr(accounts, "DUMMY_HASH", cheap_hash("nobody's"))
    monkeypatch.setattr(accounts, "generate_password_hash", cheap_hash)


def send(browser, path, page=None, **form):
    """Fill in a form of a page: the one that is open, or the one at the path."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', (page or browser.get(path)).text)
    return browser.client.post(path, data={**form, "csrf_token": unescape(found[1])})


def noted(world, *kinds):
    return [(e.what, e.who, e.about) for e in world.backend.audit.list_entries(kinds)]


def enrol(world, email=MANAGER):
    """The second factor of somebody: secret and recovery codes."""
    factor = SecondFactor(world.state, lambda: world.now)
    secret = factor.begin_setup(email)
    codes = factor.confirm(email, compute_code(secret, int(world.now // STEP_SECONDS)))
    world.now += 120
    return secret, codes


def code_now(world, secret):
    return compute_code(secret, int(world.now // STEP_SECONDS))


# What is noted


def test_signing_in_and_out_is_noted(fresh):
    world = fresh()
    world.browser(MANAGER).sign_out()
    world.now += 1
    world.screen("TV da sala").sign_out()
    assert noted(world, "sign_in") == [
        ("sign_in", MANAGER, {"how": "password", "address": "127.0.0.1"})
    ]
    assert noted(world, "sign_out") == [("sign_out", "TV da sala", {}), ("sign_out", MANAGER, {})]
    assert world.accounts.get_last_sign_in(MANAGER) == int(world.now) - 1


def test_what_strangers_type_is_noted_as_a_mark(fresh):
    world = fresh()
    world.browser().sign_in(MANAGER, "my secret password")
    world.browser().sign_in("my secret password", "x")
    # Both happened at the same moment.
    stranger, known = sorted(noted(world, "failed_sign_in"), key=lambda entry: entry[1])
    assert known[1] == MANAGER
    assert stranger[1] == ""
    assert len(stranger[2]["typed"]) == 12
    kept = b" ".join(world.state.get(key) for key in world.state.keys(""))
    assert b"secret password" not in kept


# A password that somebody else has told


def test_a_password_that_was_told_is_changed_before_anything_is_shown(fresh):
    world = fresh()
    world.accounts.set_password(ANALYST, BETTER, temporary=True)
    browser = world.browser()
    page = browser.sign_in(ANALYST, BETTER, target="/analyst?period=28d")
    assert page.status_code == 200
    assert "Escolha a sua senha" in page.text
    assert browser.get("/analyst").status_code == 302
    path = "/login/password"
    for again, words in (("other words here", "diferem"), ("marina", "diferem")):
        page = send(browser, path, page, password="three blind mice", again=again)
        assert (page.status_code, words in page.text) == (400, True)
    page = send(browser, path, page, password="senha-2026!", again="senha-2026!")
    assert "primeiras que alguém tentaria" in page.text
    done = send(browser, path, page, password="three blind mice", again="three blind mice")
    assert (done.status_code, done.headers["Location"]) == (303, "/analyst?period=28d")
    assert browser.get("/analyst").status_code == 200
    assert world.browser().sign_in(ANALYST, BETTER).status_code == 401
    assert ("account", ANALYST, {"did": "password", "account": ANALYST}) in noted(world, "account")


@pytest.mark.parametrize("path", ["/login/password", "/login/code"])
def test_without_a_password_shown_before_there_is_no_next_step(fresh, path):
    browser = fresh().browser()
    answer = send(browser, path, browser.get("/login"), password=BETTER, again=BETTER, code="1")
    assert answer.status_code == 401
    assert browser.get("/overview").status_code == 302


def test_whoever_is_asked_for_a_code_cannot_choose_a_password_instead(fresh):
    world = fresh()
    enrol(world)
    browser = world.browser()
    page = browser.sign_in(MANAGER)
    answer = send(browser, "/login/password", page, password=BETTER, again=BETTER)
    assert answer.status_code == 401
    assert world.accounts.verify(MANAGER, PASSWORD)


def test_the_way_in_is_open_for_ten_minutes_and_for_that_password_only(fresh):
    world = fresh()
    secret, codes = enrol(world)
    browser = world.browser()
    page = browser.sign_in(MANAGER)
    world.now += 601
    late = send(browser, "/login/code", page, code=code_now(world, secret))
    assert late.status_code == 401
    page = browser.sign_in(MANAGER)
    world.put_account(MANAGER, "Marina", "manager", "another one entirely")
    assert send(browser, "/login/code", page, code=codes[0]).status_code == 401


# The second factor


def test_a_code_is_asked_for_after_the_password(fresh):
    world = fresh()
    secret, _ = enrol(world)
    browser = world.browser()
    page = browser.sign_in(MANAGER, target="/quality")
    assert page.status_code == 200
    assert browser.get("/overview").status_code == 302
    assert browser.client.get("/_dash-layout").status_code == 401
    wrong = send(browser, "/login/code", page, code="000000")
    assert (wrong.status_code, "não confere" in wrong.text) == (401, True)
    done = send(browser, "/login/code", wrong, code=code_now(world, secret))
    assert (done.status_code, done.headers["Location"]) == (303, "/quality")
    assert browser.get("/overview").status_code == 200
    assert noted(world, "failed_sign_in")[0][2]["how"] == "code"


def test_a_code_or_recovery_code_is_good_once(fresh):
    world = fresh()
    secret, codes = enrol(world)
    for given in (code_now(world, secret), codes[0].upper()):
        for status in (303, 401):
            browser = world.browser()
            page = browser.sign_in(MANAGER)
            assert send(browser, "/login/code", page, code=given).status_code == status


def test_codes_are_not_guessed_with_a_right_password_in_between(fresh):
    world = fresh()
    _, codes = enrol(world)
    statuses = []
    for guess in range(7):
        browser = world.browser()
        page = browser.sign_in(MANAGER)
        answer = send(browser, "/login/code", page, code=f"{guess:06}")
        statuses.append(answer.status_code)
    assert statuses == [401] * 5 + [429] * 2
    assert send(browser, "/login/code", answer, code=codes[0]).status_code == 429


# One's own account


def test_everybody_but_a_screen_has_a_page_of_their_own(world):
    assert world.screen().get("/me").status_code == 403
    assert world.screen().post("/me", data={"does": "sessions"}).status_code == 403
    for email in (MANAGER, ANALYST):
        page = world.browser(email).get("/me")
        assert page.status_code == 200
        assert email in page.text
        assert page.headers["Cache-Control"] == "no-store"


def test_another_password_ends_the_other_sessions_and_not_this_one(fresh):
    world = fresh()
    here, there = world.browser(ANALYST), world.browser(ANALYST)
    form = {"does": "password", "current": PASSWORD, "password": BETTER, "again": BETTER}
    assert send(here, "/me", **{**form, "current": "wrong"}).status_code == 400
    assert there.get("/analyst").status_code == 200
    assert send(here, "/me", **form).status_code == 200
    assert here.get("/analyst").status_code == 200
    assert there.get("/analyst").status_code == 302
    assert world.browser().sign_in(ANALYST, BETTER).status_code == 303


def test_an_open_screen_is_not_worth_the_password(fresh):
    world = fresh()
    browser = world.browser(ANALYST)
    form = {"does": "password", "password": BETTER, "again": BETTER}
    for _ in range(5):
        assert "senha atual" in send(browser, "/me", current="guess", **form).text
    assert "Muitas tentativas" in send(browser, "/me", current=PASSWORD, **form).text


def test_the_second_factor_is_turned_on_and_off_again(fresh):
    world = fresh()
    here, there = world.browser(ANALYST), world.browser(ANALYST)
    page = send(here, "/me", does="begin")
    secret = SecondFactor(world.state, lambda: world.now).get_pending_secret(ANALYST)
    assert secret in page.text
    assert "otpauth://totp/Vigia%3A" in page.text
    code = code_now(world, secret)
    assert send(here, "/me", does="confirm", code=code, current="wrong").status_code == 400
    page = send(here, "/me", does="confirm", code=code, current=PASSWORD)
    assert page.text.count("<br>") == 7
    assert secret not in here.get("/me").text
    assert there.get("/analyst").status_code == 302
    assert world.browser().sign_in(ANALYST).status_code == 200
    world.now += 120
    off = {"does": "stop", "current": PASSWORD}
    assert send(here, "/me", code="000000", **off).status_code == 400
    assert send(here, "/me", code=code_now(world, secret), **off).status_code == 200
    assert world.browser().sign_in(ANALYST).status_code == 303
    done = [about["did"] for _, _, about in noted(world, "account")]
    assert done == ["factor_off", "factor_on"]


def test_signing_out_elsewhere_leaves_this_browser_and_other_people(fresh):
    world = fresh()
    here, there, other = world.browser(ANALYST), world.browser(ANALYST), world.browser(MANAGER)
    assert send(here, "/me", does="sessions").status_code == 200
    assert there.get("/analyst").status_code == 302
    assert here.get("/analyst").status_code == other.get("/analyst").status_code == 200


@pytest.mark.parametrize("does", ["", "remove", "__class__", "password"])
def test_nothing_of_it_is_done_without_the_token_of_the_form(fresh, does):
    browser = fresh().browser(ANALYST)
    assert browser.client.post("/me", data={"does": does}).status_code == 400
    assert browser.get("/analyst").status_code == 200


def test_an_unknown_wish_is_refused(world):
    assert send(world.browser(ANALYST), "/me", does="remove").status_code == 400


# Disabled


def test_a_disabled_account_is_out_at_the_next_request(fresh):
    world = fresh()
    browser = world.browser(ANALYST)
    world.accounts.change(ANALYST, disabled=True)
    assert browser.get("/analyst").status_code == 302
    assert world.browser().sign_in(ANALYST).status_code == 401
    world.accounts.change(ANALYST, disabled=False)
    assert world.browser().sign_in(ANALYST).status_code == 303


# Without a click


def idle(fresh):
    return fresh(settings=Settings.model_validate({"access": {"idle_hours": 1}}))


def test_what_screens_ask_for_by_themselves_keeps_nobody_signed_in(fresh):
    world = idle(fresh)
    browser = world.browser(MANAGER)
    beat = world.body("page.children", **{"url.pathname": "/overview"})
    beat["changedPropIds"] = ["refresh.n_intervals"]
    for _ in range(5):
        world.now += 700
        answer = browser.send(beat)
        for path in ("/assets/manager.js", "/_dash-layout", "/overview"):
            browser.get(path)
    assert answer.status_code == 200
    world.now += 101
    assert browser.send(beat).status_code == 401


@pytest.mark.parametrize("changed", ["url.pathname", "accounts--action.data", "x--y.n_clicks"])
def test_a_click_keeps_somebody_signed_in(fresh, changed):
    world = idle(fresh)
    browser = world.browser(MANAGER)
    click = world.body("page.children", **{"url.pathname": "/overview"})
    click["changedPropIds"] = [changed]
    for _ in range(4):
        world.now += 3500
        assert browser.send(click).status_code == 200
    world.now += 3600
    assert browser.send(click).status_code == 401


def test_a_page_that_a_person_opened_counts_and_one_that_loaded_itself_does_not(fresh):
    for headers, kept in (
        ({**NAVIGATION, "Sec-Fetch-User": "?1"}, True),
        ({"Accept": "text/html"}, True),
        (NAVIGATION, False),
    ):
        world = idle(fresh)
        browser = world.browser(MANAGER)
        world.now += 3000
        browser.client.get("/overview", headers=headers)
        world.now += 3000
        assert (browser.get("/overview").status_code == 200) is kept


def test_a_screen_stays_whatever_the_idle_limit(fresh):
    world = idle(fresh)
    screen = world.screen()
    world.now += 86400 * 30
    assert screen.get("/operations?kiosk=1").status_code == 200


# The first account


@pytest.fixture
def empty(fresh, caplog):
    world = fresh(people={})
    [code] = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", caplog.text)
    return world, code


FIRST = {"email": "Ana@example.com", "name": "Ana", "password": BETTER, "again": BETTER}


def test_the_code_of_the_log_makes_the_first_manager(empty):
    world, code = empty
    browser = world.browser()
    assert "/login/first" in browser.get("/login").text
    done = send(browser, "/login/first", code=code.lower(), **FIRST)
    assert (done.status_code, done.headers["Location"]) == (303, "/overview")
    assert browser.get("/overview").status_code == 200
    assert world.accounts.find("ana@example.com").role == "manager"
    assert noted(world, "account")[0][2]["did"] == "first"


def test_it_is_gone_with_the_first_account(empty):
    world, code = empty
    first, second = world.browser(), world.browser()
    page = second.get("/login/first")
    assert send(first, "/login/first", code=code, **FIRST).status_code == 303
    other = {**FIRST, "email": "eve@example.com"}
    assert send(second, "/login/first", page, code=code, **other).status_code == 403
    assert second.get("/login/first").headers["Location"] == "/login"
    assert "/login/first" not in second.get("/login").text
    world.accounts.remove("ana@example.com")
    assert send(second, "/login/first", code=code, **other).status_code == 401


def test_it_is_not_guessed(empty):
    world, code = empty
    browser = world.browser()
    for guess in ("", "AAAA-AAAA-AAAA-AAAA", code[:-1], "é" * 9, code + "A"):
        assert send(browser, "/login/first", code=guess, **FIRST).status_code == 401
    assert send(browser, "/login/first", code=code, **FIRST).status_code == 429
    assert world.accounts.is_empty()


def test_what_is_wrong_with_the_account_is_told_to_who_has_the_code_only(empty):
    world, code = empty
    browser = world.browser()
    poor = {**FIRST, "password": "senha12345", "again": "senha12345"}
    assert "primeiras que" in send(browser, "/login/first", code=code, **poor).text
    assert "primeiras que" not in send(browser, "/login/first", code="x", **poor).text
    assert send(browser, "/login/first", code=code, **FIRST).status_code == 303


def test_every_process_tells_the_same_code(empty, fresh, caplog):
    world, code = empty
    caplog.clear()
    from callbacks.web.server import create_app

    create_app(world.backend)
    assert code in caplog.text
    caplog.clear()
    fresh(people={})
    assert code not in caplog.text


def test_with_accounts_the_log_has_no_code(fresh, caplog):
    fresh().browser().get("/login")
    assert "code" not in caplog.text


def test_at_each_step_one_can_type_at_once(fresh):
    world = fresh()
    world.state.set(FACTOR + MANAGER, b"JBSWY3DPEHPK3PXP")
    code = world.browser().sign_in(MANAGER).text
    first = fresh(people={}).browser().get("/login/first").text
    for text in (code, first):
        assert re.findall(r'name="(\w+)"[^>]* autofocus', text) == ["code"]
