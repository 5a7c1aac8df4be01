"""The accounts page: what a manager does there, and what nobody can make it do."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from callbacks.pages.accounts.figures import LINES
from services.accounts import accounts
from services.accounts.accounts import AccountError
from services.accounts.second_factor import STEP_SECONDS, SecondFactor, compute_code
from services.accounts.tokens import Tokens
from services.runtime.account_changes import AccountChanges
from services.settings.config import Settings
from tests.worlds.bi_world import components
from tests.worlds.web_world import ANALYST, MANAGER, PASSWORD, STRANGER, cheap_hash

OTHER = "outra.gestora@example.com"
DO = "accounts--done.data"
SHOW = "accounts--people.children"
TRAIL = "accounts--trail.children"


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    monkeypatch.setattr(accounts, "DUMMY_HASH", cheap_hash("nobody's"))
    monkeypatch.setattr(accounts, "generate_password_hash", cheap_hash)


def do(browser, **data):
    """Press a button of a row, as `actions.js` does."""
    return browser.fire(DO, **{"accounts--action.data": data})


def press(browser, button, **typed):
    """Press the button of a form."""
    values = {f"accounts--{name.replace('_', '-')}.value": value for name, value in typed.items()}
    body = browser.world.body(DO, **values)
    body["changedPropIds"] = [f"accounts--{button}-button.n_clicks"]
    return browser.send(body)


def said(answer):
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["accounts--done"]["data"]["said"]


def secret(answer):
    """What is told this once."""
    told = answer.get_json()["response"]["accounts--told"]["children"]
    found = [one for one in components(told) if one["props"].get("id") == "accounts--secret"]
    return found[0]["props"]["children"] if found else ""


def shown(browser, search=""):
    world = browser.world
    values = {"url.pathname": "/accounts", "url.search": search}
    answers = [browser.send(world.body(output, **values)) for output in (SHOW, TRAIL)]
    assert [answer.status_code for answer in answers] == [200, 200]
    return " ".join(json.dumps(a.get_json(), ensure_ascii=False) for a in answers)


def noted(world):
    return [entry.about.get("did") for entry in world.backend.audit.list_entries({"account"})]


def test_everybody_is_listed_with_what_matters(fresh):
    fixed = {"email": OTHER, "name": "Outra", "role": "manager", "password_hash": cheap_hash("x")}
    world = fresh(settings=Settings.model_validate({"accounts": [fixed]}))
    text = shown(world.browser(MANAGER))
    for part in (MANAGER, ANALYST, STRANGER, OTHER, "do config.yaml", "sem correspondência"):
        assert part in text
    assert "No Intercom, sem conta" in text
    assert "luana.tavares@example.com" in text
    assert "pbkdf2" not in text


def test_a_new_account_has_a_password_that_is_told_once(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    answer = press(
        browser, "add", add_email="Nova@Example.com", add_name="Nova", add_role="analyst"
    )
    password = secret(answer)
    assert "Conta criada" in said(answer)
    assert password not in said(answer)
    assert answer.get_json()["response"]["accounts--add-email"]["value"] == ""
    account = world.accounts.verify("nova@example.com", password)
    assert (account.role, account.temporary) == ("analyst", True)
    assert password not in shown(browser)
    assert "Escolha a sua senha" in world.browser().sign_in("nova@example.com", password).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ((ANALYST, "João", "manager"), "Já existe"),
        (("ana", "Ana", "analyst"), "não serve"),
        (("a@b", " ", "analyst"), "uma linha"),
        (("a@b", "Ana", "owner"), "papel"),
        ((None, None, None), "não serve"),
        (([], {}, 7), "não serve"),
        (("x" * 5000 + "@b", "Ana", "analyst"), "não serve"),
    ],
)
def test_what_cannot_be_made_is_told_in_words(fresh, typed, words):
    world = fresh()
    before = world.accounts.list()
    names = ("add_email", "add_name", "add_role")
    answer = press(world.browser(MANAGER), "add", **dict(zip(names, typed, strict=True)))
    assert words in said(answer)
    assert world.accounts.list() == before


def test_a_role_holds_at_the_next_request(fresh):
    world = fresh()
    manager, analyst = world.browser(MANAGER), world.browser(ANALYST)
    assert analyst.get("/overview").status_code == 403
    do(manager, act="role", name=ANALYST, value="manager")
    assert analyst.get("/overview").status_code == 200
    do(manager, act="role", name=ANALYST, value="analyst")
    assert analyst.get("/overview").status_code == 403
    assert analyst.fire(SHOW).status_code == 403


@pytest.mark.parametrize("act", ["disable", "remove", "sessions", "reset"])
def test_whoever_is_shut_out_is_out_at_once(fresh, act):
    world = fresh()
    analyst = world.browser(ANALYST)
    answer = do(world.browser(MANAGER), act=act, name=ANALYST)
    assert said(answer)
    assert analyst.get("/analyst").status_code == 302
    assert analyst.fire("page.children").status_code == 401
    allowed = {"sessions": 303}.get(act, 401)
    assert world.browser().sign_in(ANALYST).status_code == allowed
    if act == "reset":
        assert world.browser().sign_in(ANALYST, secret(answer)).status_code == 200


def test_disabled_and_enabled_again_the_password_is_the_same(fresh):
    world = fresh()
    manager = world.browser(MANAGER)
    do(manager, act="disable", name=ANALYST)
    do(manager, act="enable", name=ANALYST)
    assert world.browser().sign_in(ANALYST).status_code == 303


def test_an_account_made_anew_has_nothing_of_the_old_one(fresh):
    world = fresh()
    factor = SecondFactor(world.state, lambda: world.now)
    factor.confirm(
        ANALYST, compute_code(factor.begin_setup(ANALYST), int(world.now // STEP_SECONDS))
    )
    old = world.browser()
    old.sign_in(ANALYST)
    manager = world.browser(MANAGER)
    do(manager, act="remove", name=ANALYST)
    press(manager, "add", add_email=ANALYST, add_name="João", add_role="analyst")
    assert not factor.is_on(ANALYST)
    assert old.get("/analyst").status_code == 302


def test_a_lost_telephone_is_forgiven_by_another_manager(fresh):
    world = fresh()
    factor = SecondFactor(world.state, lambda: world.now)
    factor.confirm(
        ANALYST, compute_code(factor.begin_setup(ANALYST), int(world.now // STEP_SECONDS))
    )
    assert "2 fatores" in shown(world.browser(MANAGER))
    do(world.browser(MANAGER), act="factor", name=ANALYST)
    assert world.browser().sign_in(ANALYST).status_code == 303


@pytest.mark.parametrize("act", ["disable", "remove", "reset", "role", "factor"])
def test_nobody_takes_the_own_account_away(fresh, act):
    world = fresh()
    world.put_account(OTHER, "Outra", "manager")
    answer = do(world.browser(MANAGER), act=act, name=MANAGER, value="analyst")
    assert "própria conta" in said(answer)
    assert world.accounts.find(MANAGER).role == "manager"


def test_the_last_manager_stays(fresh):
    world = fresh()
    world.put_account(OTHER, "Outra", "manager")
    managing = AccountChanges(world.backend, OTHER)
    managing.set_disabled(MANAGER, True)
    with pytest.raises(AccountError, match="not_manager"):
        AccountChanges(world.backend, MANAGER).remove(OTHER)
    with pytest.raises(AccountError, match="own_account"):
        managing.set_role(OTHER, "analyst")


def test_two_managers_who_demote_each_other_leave_one(fresh):
    world = fresh()
    world.put_account(OTHER, "Outra", "manager")
    pairs = [(MANAGER, OTHER), (OTHER, MANAGER)] * 3

    def demote(pair):
        try:
            AccountChanges(world.backend, pair[0]).set_role(pair[1], "analyst")
        except AccountError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(demote, pairs))
    assert outcomes.count("done") >= 1
    assert [a.role for a in world.accounts.list()].count("manager") == 1


@pytest.mark.parametrize("act", ["disable", "remove", "reset", "role"])
def test_accounts_of_the_settings_are_only_read(fresh, act):
    fixed = {"email": OTHER, "name": "Outra", "role": "manager", "password_hash": cheap_hash("x")}
    world = fresh(settings=Settings.model_validate({"accounts": [fixed]}))
    answer = do(world.browser(MANAGER), act=act, name=OTHER, value="wall")
    assert "config.yaml" in said(answer)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "remove",
        7,
        [],
        {},
        {"act": None},
        {"act": ["remove"]},
        {"act": "__init__", "name": ANALYST},
        {"act": "add", "email": "eve@example.com", "name": "Eve", "value": "manager"},
        {"act": "token", "name": "eve", "value": "all"},
    ],
)
def test_what_no_button_of_the_page_sends_does_nothing(fresh, data):
    world = fresh()
    before, browser = world.accounts.list(), world.browser(MANAGER)
    answer = browser.fire(DO, **{"accounts--action.data": data})
    assert answer.status_code in (200, 204)
    assert world.accounts.list() == before
    assert noted(world) == []


@pytest.mark.parametrize("name", [None, "", 7, {}, "nobody@example.com", "x" * 9999, "../session/"])
@pytest.mark.parametrize("act", ["remove", "reset", "revoke"])
def test_what_is_nobodys_is_told_and_nothing_done(fresh, act, name):
    world = fresh()
    before = world.accounts.list()
    assert said(do(world.browser(MANAGER), act=act, name=name))
    assert world.accounts.list() == before


@pytest.mark.parametrize("who", [ANALYST, STRANGER, "screen", None])
def test_nobody_but_a_manager_reaches_any_of_it(fresh, who):
    world = fresh()
    browser = world.screen() if who == "screen" else world.browser(who)
    if who is None:
        browser.client.set_cookie("_csrf_token", "x")
    for output in (DO, SHOW, TRAIL):
        body = world.body(output, **{"accounts--action.data": {"act": "remove", "name": MANAGER}})
        assert browser.send(body).status_code in (400, 401, 403)
    assert world.accounts.find(MANAGER)


def test_it_needs_the_token_of_the_session(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    body = world.body(DO, **{"accounts--action.data": {"act": "remove", "name": ANALYST}})
    assert browser.client.post("/_dash-update-component", json=body).status_code == 400
    assert world.accounts.find(ANALYST)


def test_every_change_is_noted_and_no_secret_is(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    made = press(browser, "add", add_email="nova@example.com", add_name="N", add_role="wall")
    secrets = [secret(made)]
    for act in ("reset", "role", "disable", "enable", "sessions", "remove"):
        world.now += 1
        answer = do(browser, act=act, name="nova@example.com", value="analyst")
        secrets += filter(None, [secret(answer)])
    did = ["added", "reset", "role", "disabled", "enabled", "sessions", "removed"]
    assert noted(world) == did[::-1]
    kept = b" ".join(world.state.get(key) for key in world.state.keys("audit/")).decode()
    assert len(secrets) == 2
    assert not [one for one in (*secrets, PASSWORD) if one in kept]


def test_the_trail_is_narrowed_by_the_address(fresh):
    world = fresh()
    world.browser(ANALYST)
    browser = world.browser(MANAGER)
    world.browser().sign_in("typed@example.com", "x")
    everything = shown(browser)
    assert "Entrada recusada" in everything
    assert "typed@example.com" not in everything
    world_only = browser.send(
        world.body(
            TRAIL, **{"url.pathname": "/accounts", "url.search": f"?who={ANALYST}&what=sign_in"}
        )
    ).text
    assert world_only.count("127.0.0.1") == 1
    for search in ("?what=__", "?who=x", "?what=sign_in&what=export", "?" + "a" * 9000, None):
        body = world.body(TRAIL, **{"url.pathname": "/accounts", "url.search": search})
        assert browser.send(body).status_code == 200


def trail(browser, search):
    body = browser.world.body(TRAIL, **{"url.pathname": "/accounts", "url.search": search})
    answer = browser.send(body)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["accounts--trail"]["children"]


def test_the_trail_turns_its_pages_the_newest_first(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    for n in range(2 * LINES + 10):
        world.now += 1
        world.backend.audit.note("export", (MANAGER, ANALYST)[n % 2], rows=1000 + n)
    for search, first, last, seen, links in (
        ("?what=export", 1, LINES, 2 * LINES + 9, ["page=2"]),
        ("?what=export&page=2", LINES + 1, 2 * LINES, LINES + 9, ["page=3"]),
        ("?what=export&page=3", 2 * LINES + 1, 2 * LINES + 10, 9, ["page=2"]),
        (f"?what=export&who={ANALYST}&page=2", LINES + 1, LINES + 5, 9, []),
    ):
        shown = str(trail(browser, search))
        assert f"{first} a {last}, do mais novo" in shown, search
        rows = [int(n.replace(".", "")) - 1000 for n in re.findall(r"\b(1[\d.]*\d) linhas", shown)]
        assert (rows[0], len(rows)) == (seen, last - first + 1), search
        assert rows == sorted(rows, reverse=True)
        for link in links:
            assert f"what=export&{link}" in shown, search
    world_first = str(trail(browser, "?what=export&page=2"))
    assert "what=export'" in world_first, "the way back to the first page"


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 400, "١", "1e3", "2&page=3", "99999"])
def test_a_page_of_the_trail_that_is_not_there_is_empty_or_the_first(fresh, page):
    world = fresh()
    browser = world.browser(MANAGER)
    shown = str(trail(browser, f"?page={page}"))
    assert ("Nada com estes filtros" in shown) == (page in ("99999", "2&page=3"))


def test_a_short_trail_has_no_pages(fresh):
    assert "do mais novo" not in str(trail(fresh().browser(MANAGER), ""))


def test_a_token_is_told_once_and_taken_back(fresh):
    world = fresh()
    browser = world.browser(MANAGER)
    answer = press(browser, "token", token_name="Planilha", token_reach="aggregates")
    word = secret(answer)
    header = {"Authorization": f"Bearer {word}"}
    assert world.browser().get("/api/v1/summary", headers=header).status_code == 200
    text = shown(browser)
    assert "Planilha" in text
    assert word not in text
    [token] = Tokens(world.state, lambda: world.now).list()
    assert token.made_by == MANAGER
    assert "revogado" in said(do(browser, act="revoke", name=token.id))
    assert world.browser().get("/api/v1/summary", headers=header).status_code == 401


REACHES = {
    "summary": (200, 200, 403),
    "breakdown?metric=conversations&by=day": (200, 200, 403),
    "agents": (200, 200, 403),
    "fair_target": (200, 200, 403),
    "staffing": (200, 200, 403),
    "status": (200, 200, 403),
    "openapi.json": (200, 200, 403),
    "conversations": (200, 403, 403),
    "calls": (200, 403, 403),
    "queue": (200, 403, 403),
    "alerts": (200, 403, 403),
    "nowhere": (404, 403, 403),
}


@pytest.mark.parametrize("path", REACHES)
def test_a_token_reaches_what_it_was_made_for(fresh, path):
    world = fresh()
    tokens = Tokens(world.state, lambda: world.now)
    statuses = []
    for reach in ("all", "aggregates", "metrics"):
        header = {"Authorization": f"Bearer {tokens.add(reach, reach, MANAGER)}"}
        statuses.append(world.browser().get(f"/api/v1/{path}", headers=header).status_code)
        for page in ("/overview", "/accounts", "/me", "/exports/details.csv", "/_dash-layout"):
            assert world.browser().get(page, headers=header).status_code in (302, 401)
    assert tuple(statuses) == REACHES[path]
    assert all(token.used_at for token in tokens.list())


def test_the_token_of_the_environment_goes_on_reading_everything(world):
    header = {"Authorization": "Bearer token-of-the-machines"}
    for path in REACHES:
        status = world.browser().get(f"/api/v1/{path}", headers=header).status_code
        assert status == REACHES[path][0]
