"""Who gets what: every address for everybody, and what hand-made requests come to."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.routing import Rule

from callbacks.access.roles import roles_of
from callbacks.access.routes import ROUTES
from callbacks.web import registry
from layouts.roles import EVERYBODY, PAGES
from services.settings.config import Settings
from services.settings.sections import AccessSetting
from tests.worlds.api_world import CONVERSATIONS, LUANA
from tests.worlds.web_world import ANALYST, MANAGER, NAVIGATION, STRANGER, TOKEN

FETCH = {"Accept": "*/*", "Sec-Fetch-Dest": "empty"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}
WHO = ("nobody", "screen", "analyst", "manager", "token", "forged", "expired", "revoked")
# Answers to the first four of them; the token is good for the API only, the last three for nothing.
MATRIX = {
    "/": (302, 302, 302, 302),
    "/login": (200, 200, 303, 303),
    "/operations?kiosk=1": (302, 200, 200, 200),
    "/nowhere": (302, 404, 404, 404),
    "/setup/teams": (302, 403, 403, 200),
    "/tv": (200, 200, 200, 200),
    "/calls/t1/recording": (302, 403, 302, 302),
    "/calls/t2/recording": (302, 403, 403, 302),
    "/healthz": (200, 200, 200, 200),
    "/readyz": (200, 200, 200, 200),
    "/favicon.ico": (200, 200, 200, 200),
    "/_dash-layout": (401, 200, 200, 200),
    "/_dash-dependencies": (401, 200, 200, 200),
    "/_reload-hash": (401, 200, 200, 200),
    "/assets/manager.js": (401, 200, 200, 200),
    "/assets/charts.js": (401, 200, 200, 200),
    "/assets/login.js": (200, 200, 200, 200),
    "/assets/login/../../app.py": (401, 404, 404, 404),
    "/assets/fonts/../../config.yaml": (401, 404, 404, 404),
    "/api/v1/summary": (401, 403, 200, 200),
    "/api/v1/conversations": (401, 403, 200, 200),
    "/api/v1/calls": (401, 403, 200, 200),
    "/api/v1/agents": (401, 403, 200, 200),
    "/api/v1/queue": (401, 403, 200, 200),
    "/api/v1/breakdown?metric=conversations&by=day": (401, 403, 200, 200),
    "/api/v1/alerts": (401, 403, 403, 200),
    "/api/v1/status": (401, 403, 403, 200),
    "/api/v1/openapi.json": (401, 403, 403, 200),
}
for page in PAGES.values():
    others = (200 if role in page.roles else 403 for role in ("wall", "analyst", "manager"))
    MATRIX[page.path] = (302, *others)
SHOW_PAGE = "page.children"


@pytest.fixture(scope="module")
def browsers(world):
    """Everybody who may come by, signed in as far as they can be."""
    everybody = {
        "nobody": world.browser(),
        "screen": world.screen(),
        "analyst": world.browser(ANALYST),
        "manager": world.browser(MANAGER),
        "forged": world.browser(),
        "expired": world.browser(MANAGER),
        "revoked": world.screen("Outra"),
    }
    copied = everybody["manager"].cookie()
    everybody["forged"].put_cookie(copied[:-4] + ("AAAA" if copied[-4:] != "AAAA" else "BBBB"))
    over = next(key for key in world.state.keys("session/"))
    [other] = [key for key, name in world.sessions.name_devices().items() if name == "Outra"]
    world.sessions.revoke_device(other)
    everybody["expired"].client.delete_cookie("vigia")
    world.now -= 13 * 3600
    late = world.browser(MANAGER)
    world.now += 13 * 3600
    everybody["expired"].put_cookie(late.cookie())
    assert over
    return everybody


@pytest.mark.parametrize("path", MATRIX)
def test_every_address_answers_each_role_as_the_design_says(browsers, path):
    statuses = [browsers[who].get(path).status_code for who in WHO[:4]]
    assert tuple(statuses) == MATRIX[path]


@pytest.mark.parametrize("who", ["forged", "expired", "revoked"])
@pytest.mark.parametrize("path", MATRIX)
def test_a_cookie_that_is_not_worth_anything_is_like_none(browsers, path, who):
    assert browsers[who].get(path).status_code == MATRIX[path][0]


@pytest.mark.parametrize("path", MATRIX)
def test_the_token_opens_the_api_and_nothing_else(world, path):
    status = world.browser().get(path, headers={**NAVIGATION, **BEARER}).status_code
    assert status == (200 if path.startswith("/api/") else MATRIX[path][0])


# Rules that a screen may ask besides those of its own page.
FOR_SCREENS = (
    "/login",
    "/wall/",
    "/tv",
    "/healthz",
    "/readyz",
    "/favicon.ico",
    "/_favicon.ico",
    "/_dash-",
    "/operations/word",
    "/_reload-hash",
    "/assets/",
    "/<path:path>",
)


def test_no_address_is_open_to_strangers_or_screens_by_oversight(world, browsers):
    records = world.app.server.config[ROUTES]
    for rule in world.app.server.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule == "/":
            continue
        path = re.sub(r"<(?:\w+:)?kind>", "csv", rule.rule)
        path = re.sub(r"<(?:\w+:)?page>", "details", path)
        path = re.sub(r"<[^>]+>", "t1", path)
        if records[rule.endpoint].roles is not None:
            assert browsers["nobody"].get(path).status_code in (302, 401), rule
        if not rule.rule.startswith(FOR_SCREENS):
            assert browsers["screen"].get(path).status_code in (403, 404), rule


def test_every_route_has_a_record_and_strangers_get_to_the_ways_in_only(world):
    records = world.app.server.config[ROUTES]
    assert {rule.endpoint for rule in world.app.server.url_map.iter_rules()} == set(records)
    assert {route.path for route in records.values() if route.roles is None} == {
        "/login",
        "/tv",
        "/login/code",
        "/login/password",
        "/login/first",
        "/logout",
        "/wall/<word>",
        "/hooks/intercom",
        "/hooks/aircall",
        "/healthz",
        "/readyz",
        "/favicon.ico",
    }


def test_a_route_without_a_record_is_refused(fresh):
    world = fresh()
    world.app.server.view_functions["forgotten"] = lambda: "secret"
    world.app.server.url_map.add(Rule("/forgotten", endpoint="forgotten"))
    for browser in (world.browser(MANAGER), world.screen()):
        assert browser.get("/forgotten").status_code == 403
    assert world.browser().get("/forgotten").status_code == 302


def test_pages_are_the_managers_but_for_the_wall_and_the_panel_of_analysts():
    assert {path for path, page in PAGES.items() if "wall" in page.roles} == {"/operations"}
    analysts = {path for path, page in PAGES.items() if "analyst" in page.roles}
    assert analysts == {"/operations", "/analyst"}
    assert all("manager" in page.roles for page in PAGES.values())


def test_every_page_is_drawn_by_something():
    assert list(registry.PAGES) == list(PAGES)
    assert all(page.path == path for path, page in PAGES.items())


@pytest.mark.parametrize(
    "header",
    [
        "Bearer wrong",
        "Bearer ",
        "Bearer",
        "Basic " + TOKEN,
        TOKEN,
        f"Bearer {TOKEN}x",
        "Bearer \xff\xfe",
    ],
)
def test_a_wrong_token_is_refused(world, header):
    answer = world.browser().get("/api/v1/status", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "unauthorized"


def test_a_wrong_token_is_not_helped_by_a_session(browsers):
    answer = browsers["manager"].get("/api/v1/status", headers={"Authorization": "Bearer no"})
    assert answer.status_code == 401


def test_the_scheme_of_the_token_may_be_written_in_any_case(world):
    header = {"Authorization": f"bearer {TOKEN}"}
    assert world.browser().get("/api/v1/status", headers=header).status_code == 200


def test_without_a_token_in_the_environment_no_token_is_good(fresh):
    world = fresh(environment={"api_token": None})
    for header in ("Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        answer = world.browser().get("/api/v1/status", headers={"Authorization": header})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "//_dash-layout",
        "///_dash-dependencies",
        "/%5fdash-layout",
        "/%5Fdash-dependencies",
        "/_dash-layout/",
        "/./_dash-layout",
        "/x/../_dash-layout",
        "/assets/login/../../app.py",
        "/assets/..%2fapp.py",
        "/assets/%2e%2e/services/config.py",
        "/assets/login.js/../fetch-guard.js",
        "/assets/fonts/../fetch-guard.js",
        "/assets/fonts/%2e%2e/fetch-guard.js",
        "/api//v1/status",
        "/api/v1//status",
        "/api/v1/status/",
        "/API/v1/status",
        "/_dash-update-component",
        "/_mcp",
        "/static/app.py",
        "/" + "a" * 5000,
        "/%00",
        "/wall/%ff%fe",
        "/calls/..%2f..%2fetc/recording",
    ],
)
def test_tricks_with_paths_lead_a_stranger_nowhere(browsers, path):
    answer = browsers["nobody"].get(path)
    assert answer.status_code in (301, 302, 308, 401, 404)
    if answer.status_code == 302:
        assert urlsplit(answer.headers["Location"]).path == "/login"
    if answer.status_code in (301, 308):
        assert urlsplit(answer.headers["Location"]).netloc in ("", "localhost")
    assert b"import " not in answer.data
    assert b"callback" not in answer.data


@pytest.mark.parametrize("path", ["/_mcp", "/_dash-layout/", "/%5fnothing", "/_dash-ws-callback"])
def test_what_dash_does_not_serve_is_not_found(browsers, path):
    assert browsers["manager"].get(path).status_code in (200, 404)
    assert b"_dash-config" not in browsers["manager"].get("/_reload-hash").data
    assert browsers["manager"].get("/_mcp").status_code == 404


@pytest.mark.parametrize(
    "file", ["dash/deps/react@1.js", "dash/../../app.py", "nothing/at-all.js", "dash/x"]
)
def test_a_file_of_no_component_is_not_found_and_lists_nothing(browsers, file):
    answer = browsers["analyst"].get(f"/_dash-component-suites/{file}")
    assert answer.status_code == 404
    assert "registered" not in answer.text


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "POST"])
@pytest.mark.parametrize("path", ["/overview", "/_dash-layout", "/api/v1/status", "/login", "/x"])
def test_other_methods_give_nothing_away(world, browsers, method, path):
    for who in ("nobody", "screen", "manager"):
        browser = browsers[who]
        headers = {"X-CSRFToken": browser.csrf() or ""}
        answer = browser.client.open(path, method=method, headers=headers)
        assert answer.status_code < 500
        body = b"" if method in ("HEAD", "OPTIONS") else answer.data
        assert b"react" not in body
        assert b"Location" not in body


@pytest.mark.parametrize(
    "headers", [FETCH, {"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"}]
)
@pytest.mark.parametrize("path", ["/overview", "/", "/calls/t1/recording", "/nowhere"])
def test_a_script_of_a_stranger_gets_401_and_no_redirect(browsers, path, headers):
    answer = browsers["nobody"].client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "unauthorized"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, NAVIGATION, {"Accept": "text/html"}])
def test_a_stranger_who_navigates_is_taken_to_the_login_page_and_back(browsers, headers):
    answer = browsers["nobody"].client.get("/overview?period=28d&team=6101", headers=headers)
    assert answer.status_code == 302
    where = urlsplit(answer.headers["Location"])
    assert where.path == "/login"
    assert parse_qs(where.query) == {"next": ["/overview?period=28d&team=6101"]}


def test_every_callback_names_its_roles(world):
    served = {
        entry["output"]
        for entry in world.app._callback_list
        if not entry.get("clientside_function")
    }
    assert served == set(roles_of(world.app))
    assert set(world.app.callback_map) >= served
    for output, roles in roles_of(world.app).items():
        assert roles, output
        assert roles <= EVERYBODY, output


@pytest.mark.parametrize(("who", "role"), [(0, "wall"), (1, "analyst"), (2, "manager")])
def test_every_callback_answers_its_roles_and_refuses_the_others(world, browsers, who, role):
    browser = browsers[("screen", "analyst", "manager")[who]]
    for output, roles in roles_of(world.app).items():
        answer = browser.fire(output)
        if role in roles:
            assert answer.status_code in (200, 204), (output, answer.text)
        else:
            assert answer.status_code == 403, output
            assert answer.get_json() == {
                "error": {"code": "forbidden", "message": "not for this role"}
            }


def test_a_callback_of_a_stranger_is_401(world, browsers):
    for output in world.callback_ids():
        assert browsers["nobody"].fire(output).status_code == 401
        assert browsers["expired"].fire(output).status_code == 401
        assert browsers["revoked"].fire(output).status_code == 401


CHANGED = ["url.pathname"]
INPUT = {"id": "url", "property": "pathname", "value": "/overview"}
STATE = {"id": "url", "property": "search", "value": ""}
GOOD = {
    "output": SHOW_PAGE,
    "outputs": {"id": "page", "property": "children"},
    "inputs": [INPUT],
    "state": [STATE],
    "changedPropIds": CHANGED,
}
DEEP = "[" * 100_000


def test_the_good_body_of_these_tests_is_good(browsers):
    assert browsers["manager"].send(GOOD).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "page.children",
        1,
        {},
        {"output": None},
        {"output": [SHOW_PAGE]},
        {"output": {"id": "page"}},
        {"output": SHOW_PAGE},
        {**GOOD, "inputs": None},
        {**GOOD, "inputs": []},
        {**GOOD, "inputs": [INPUT, INPUT]},
        {**GOOD, "inputs": {"0": INPUT}},
        {**GOOD, "inputs": ["url.pathname"]},
        {**GOOD, "inputs": [[INPUT]]},
        {**GOOD, "inputs": [{"id": "url"}]},
        {**GOOD, "inputs": [{**INPUT, "id": ["url"]}]},
        {**GOOD, "inputs": [{**INPUT, "property": {}}]},
        {**GOOD, "inputs": [{**INPUT, "id": "other"}]},
        {**GOOD, "inputs": [{**INPUT, "value": ["/overview"]}]},
        {**GOOD, "inputs": [{**INPUT, "value": 5}]},
        {**GOOD, "state": []},
        {**GOOD, "state": "search"},
        {**GOOD, "state": [{**STATE, "value": {"a": 1}}]},
        {**GOOD, "outputs": None},
        {**GOOD, "outputs": []},
        {**GOOD, "outputs": [[[]]]},
        {**GOOD, "outputs": {"id": "overview--content", "property": "children"}},
        {**GOOD, "outputs": [GOOD["outputs"], GOOD["outputs"]]},
        {**GOOD, "changedPropIds": 5},
        {**GOOD, "changedPropIds": [{}]},
        {**GOOD, "changedPropIds": [["url.pathname"]]},
    ],
)
def test_a_malformed_body_is_a_bad_request(browsers, body, caplog):
    answer = browsers["manager"].send(body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "bad_request"
    assert caplog.records == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (DEEP, 400),
        ('{"output":' * 50_000, 400),
        (b"\xff\xfe\x00", 400),
        ("1" * 5000, 400),
        ("", 400),
        ("NaN", 400),
        ('{"output": "\\ud800"}', 403),
        ('{"output": "' + "x" * 500_000 + '"}', 403),
        ('{"output": "nothing.children"}', 403),
        ('{"output": ""}', 403),
        ('{"output": "__proto__"}', 403),
        ("x" * (2**20 + 1), 413),
    ],
)
def test_whatever_bytes_come_are_no_mistake_of_ours(browsers, content, status, caplog):
    answer = browsers["manager"].post(
        "/_dash-update-component", data=content, content_type="application/json"
    )
    assert answer.status_code == status
    assert set(answer.get_json()) == {"error"}
    assert caplog.records == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_form_of_another_site_cannot_reach_a_callback(browsers, kind):
    answer = browsers["manager"].post(
        "/_dash-update-component", data=json.dumps(GOOD), content_type=kind
    )
    assert answer.status_code == 400


def test_a_doubled_output_is_judged_by_the_one_that_runs(world, browsers):
    foreign = next(o for o, r in roles_of(world.app).items() if "analyst" not in r)
    for first, second, status in ((SHOW_PAGE, foreign, 403), (foreign, SHOW_PAGE, 200)):
        rest = json.dumps(GOOD)[1:].replace(f'"output": "{SHOW_PAGE}", ', "", 1)
        content = f'{{"output": "{first}", "output": "{second}", {rest}'
        answer = browsers["analyst"].post(
            "/_dash-update-component", data=content, content_type="application/json"
        )
        assert answer.status_code == status


def test_the_script_of_a_clientside_callback_cannot_be_posted(world, browsers):
    for entry in world.app._callback_list:
        if entry.get("clientside_function"):
            assert browsers["manager"].send({"output": entry["output"]}).status_code == 403


def test_a_page_asked_for_by_hand_is_forbidden_in_words(world, browsers):
    for who in ("analyst", "screen"):
        values = {"url.pathname": "/overview", "url.search": ""}
        drawn = browsers[who].fire(SHOW_PAGE, **values).text
        assert "overview--content" not in drawn
        assert "Só para" in drawn or "gestão" in drawn or "conta" in drawn


def test_an_analyst_who_asks_for_another_person_sees_own_rows_only(world, browsers):
    output = next(o for o in world.callback_ids() if "analyst--content" in o)
    values = {"url.pathname": "/analyst", "url.search": f"?agent={LUANA}&period=28d"}
    own = browsers["analyst"].fire(output, **values).text
    assert "João Vitor" in own or "c1" in own
    assert "Luana" not in own
    assert "Acesso e senha" not in own
    assert "Luana" in browsers["manager"].fire(output, **values).text


def test_an_analyst_whom_intercom_does_not_know_sees_no_rows(world):
    browser = world.browser(STRANGER)
    output = next(o for o in world.callback_ids() if "analyst--content" in o)
    drawn = browser.fire(output, **{"url.pathname": "/analyst", "url.search": ""}).text
    for row in CONVERSATIONS:
        assert f'/{row["id"]}"' not in drawn
    assert "Boleto" not in drawn
    assert browser.get("/api/v1/summary").status_code == 403
    assert browser.get("/calls/t1/recording").status_code == 403


def test_dependencies_tell_each_role_of_its_own(world, browsers):
    told = {
        who: browsers[who].get("/_dash-dependencies").text
        for who in ("screen", "analyst", "manager")
    }
    assert "overview--content" in told["manager"]
    for who in ("screen", "analyst"):
        assert "overview--" not in told[who]
    assert "analyst--" in told["analyst"]
    assert "analyst--" not in told["screen"]
    for output, roles in roles_of(world.app).items():
        for who, role in (("screen", "wall"), ("analyst", "analyst"), ("manager", "manager")):
            assert (json.dumps(output)[1:-1] in told[who]) == (role in roles)


def test_the_layout_holds_nothing_of_any_page(browsers):
    layouts = {browsers[who].get("/_dash-layout").text for who in ("screen", "analyst", "manager")}
    assert len(layouts) == 1
    assert "--" not in layouts.pop()


def test_the_configuration_tells_no_versions(browsers):
    text = browsers["analyst"].get("/analyst").text
    config = json.loads(text.partition('type="application/json">')[2].partition("</script>")[0])
    assert not [name for name in config if name.endswith("version")]
    assert "validation_layout" not in config
    assert "3.11" not in text


def test_a_wall_closed_to_analysts_is_closed_everywhere(fresh):
    world = fresh(settings=Settings(access=AccessSetting(analyst_wall=False)))
    analyst, manager = world.browser(ANALYST), world.browser(MANAGER)
    assert analyst.get("/operations").status_code == 403
    assert analyst.get("/api/v1/queue").status_code == 403
    assert manager.get("/operations").status_code == 200
    assert world.screen().get("/operations").status_code == 200
    values = {"url.pathname": "/operations", "url.search": ""}
    assert "operations--" not in analyst.fire(SHOW_PAGE, **values).text
    for output, roles in roles_of(world.app).items():
        if "operations--" in output and "analyst" in roles:
            answer = analyst.fire(output, **values)
            assert answer.status_code == 403, output
    frame = "frame.data"
    assert "queue-chip" in manager.fire(frame).text
    assert '"href"' not in analyst.fire(frame).text


def test_before_anything_was_collected_everybody_is_told_so(fresh):
    world = fresh(starting=True)
    for email in (ANALYST, MANAGER):
        browser = world.browser(email)
        for output in world.callback_ids():
            assert browser.fire(output).status_code in (200, 204, 403), output
        assert browser.get("/api/v1/summary").status_code == (503 if email == MANAGER else 403)
        assert browser.get("/calls/t1/recording").status_code in (403, 404)
