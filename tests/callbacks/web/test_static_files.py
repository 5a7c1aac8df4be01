"""What every page loads: kept for good, the same for everybody, compressed."""

import gzip
import json
import re

import brotli
import pytest
from dash import dcc

from layouts import bundles
from tests.worlds.web_world import ANALYST, MANAGER

LOADED = re.compile(r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]+)"')
CONFIG = re.compile(r'<script id="_dash-config"[^>]*>(.*?)</script>')
# What a page asks for once it has such a component. Dash gives these no fingerprint.
LATER = [f"/_dash-component-suites/dash/dcc/async-{name}.js" for name in dcc.async_resources]
ASKED_AGAIN = ("/favicon.ico", *LATER)
START = {"nobody": "/login", "screen": "/operations", "analyst": "/analyst", "manager": "/overview"}


@pytest.fixture(scope="module")
def browsers(world):
    return {
        "nobody": world.browser(),
        "screen": world.screen(),
        "analyst": world.browser(ANALYST),
        "manager": world.browser(MANAGER),
    }


def files_of(browsers, who):
    """Everything that a page of theirs loads, and what that loads in turn."""
    page = browsers[who].get(START[who]).text
    found = LOADED.findall(page)
    config = CONFIG.search(page)
    if config:
        found += [json.loads(config[1])["plotlyjs_url"], *LATER]
    for path in [path for path in found if path.endswith(".css")]:
        found += re.findall(r'url\("(/[^"]+)"\)', browsers[who].get(path).text)
    return found


@pytest.mark.parametrize("who", START)
def test_no_file_of_a_page_has_a_cookie_and_all_are_kept_for_good(browsers, who):
    files = files_of(browsers, who)
    assert len(files) >= 5
    for path in [*files, "/favicon.ico"]:
        answer = browsers[who].get(path)
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Vary"] == "Accept-Encoding", path
        kept = "no-cache" if path in ASKED_AGAIN else "max-age=31536000, immutable"
        assert answer.headers["Cache-Control"] == f"public, {kept}", path


def test_the_files_are_known_before_the_first_request(fresh):
    known = fresh().app.registered_paths
    assert {"dash", "dash_bootstrap_components"} <= set(known)
    assert "dcc/dash_core_components.js" in known["dash"]


def test_files_without_a_fingerprint_are_sent_once(browsers):
    for path in LATER:
        tag = browsers["manager"].get(path).headers["ETag"]
        answer = browsers["manager"].get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 304, path
        assert "Set-Cookie" not in answer.headers


def test_a_page_of_somebody_has_the_cookie(browsers):
    assert "Set-Cookie" in browsers["manager"].get("/overview").headers


@pytest.mark.parametrize("who", START)
def test_each_role_loads_one_sheet_and_one_script_of_ours(browsers, who):
    role = {"nobody": "login", "screen": "wall"}.get(who, who)
    own = [
        path for path in LOADED.findall(browsers[who].get(START[who]).text) if "/assets/" in path
    ]
    assert sorted(own) == sorted(
        bundles.address(name) for name in ("favicon.svg", f"{role}.css", f"{role}.js")
    )


def test_screens_load_no_library_of_what_they_do_not_show(browsers):
    scripts = {
        who: " ".join(LOADED.findall(browsers[who].get("/operations").text)) for who in START
    }
    assert "dash_bootstrap_components" in scripts["manager"]
    assert "dash_bootstrap_components" not in scripts["screen"]
    assert not re.search("plotly|dash_table|charts", scripts["manager"] + scripts["screen"])


def test_dashs_part_of_a_chart_comes_with_those_who_see_charts():
    part = "webpackChunkdash_core_components"
    holders = {name for name, content in bundles.files().items() if part.encode() in content}
    assert holders == {"manager.js"}


def test_an_address_of_another_version_is_answered_but_not_kept(browsers):
    path = bundles.address("manager.js")
    answer = browsers["manager"].get(path.replace(path.split(".")[1], "v0mabc"))
    assert answer.data == bundles.files()["manager.js"]
    assert answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("encoding", "expand"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_files_are_compressed_and_whole(browsers, encoding, expand):
    headers = {"Accept-Encoding": encoding}
    for path in files_of(browsers, "manager"):
        plain = browsers["manager"].get(path).data
        for _ in range(2):
            answer = browsers["manager"].get(path, headers=headers)
            is_small = len(plain) < 500 or path.endswith(".woff2")
            assert ("Content-Encoding" in answer.headers) is not is_small, path
            assert (answer.data if is_small else expand(answer.data)) == plain, path


def test_answers_are_compressed_anew_and_never_kept(browsers):
    for who in ("manager", "analyst"):
        plain = browsers[who].get("/_dash-dependencies").data
        answer = browsers[who].get("/_dash-dependencies", headers={"Accept-Encoding": "br"})
        assert brotli.decompress(answer.data) == plain
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Accept-Encoding", "Cookie"} == set(answer.vary)


def test_callbacks_and_the_api_are_compressed(browsers):
    headers = {"Accept-Encoding": "gzip, br"}
    manager = browsers["manager"]
    summary = manager.get("/api/v1/summary", headers=headers)
    page = manager.post(
        "/_dash-update-component",
        json=manager.world.body("page.children", **{"url.pathname": "/overview"}),
        headers=headers,
    )
    for answer in (summary, page):
        assert answer.headers["Content-Encoding"] == "br"
        json.loads(brotli.decompress(answer.data))


def test_pages_with_a_token_are_not_compressed(browsers):
    """What a compressed page weighs would tell how much of it an attacker has guessed."""
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip, br"}
    for who, path in [*START.items(), ("manager", "/me")]:
        answer = browsers[who].get(path, headers=headers)
        is_compressed = answer.headers.get("Content-Encoding") == "br"
        page = brotli.decompress(answer.data) if is_compressed else answer.data
        assert answer.mimetype == "text/html"
        assert is_compressed is (b'name="csrf_token"' not in page), path


def test_a_page_comes_with_what_its_script_asks_for_first(browsers):
    """Layout, with the page in it, and callbacks: two requests and a callback less."""
    for who, path in (("screen", "/operations?kiosk=1"), ("manager", "/overview?period=7d")):
        page = browsers[who].get(path).text
        found = dict(re.findall(r'data-answer="([^"]+)">(.*?)\s*</script>', page, re.DOTALL))
        layout, callbacks = (json.loads(words) for words in found.values())
        assert callbacks == browsers[who].get("/_dash-dependencies").json
        location, _, place = layout["props"]["children"]
        assert "".join(location["props"][name] for name in ("pathname", "search")) == path
        drawn = browsers[who].fire(
            "page.children",
            **{"url.pathname": path.partition("?")[0], "url.search": location["props"]["search"]},
        )
        assert place["props"]["children"] == drawn.json["response"]["page"]["children"]


def test_an_address_that_is_no_page_comes_without_one(browsers):
    page = browsers["manager"].get("/nowhere").text
    [layout] = re.findall(r'data-answer="/_dash-layout">(.*?)</script>', page)
    assert json.loads(layout) == browsers["manager"].get("/_dash-layout").json


def test_an_address_cannot_write_into_the_page(browsers):
    page = browsers["manager"].get("/overview?period=</script><script>alert(1)</script>").text
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("who", "role"), [("screen", "wall"), ("analyst", "analyst"), ("manager", "manager")]
)
def test_a_role_has_the_scripts_of_all_its_callbacks(browsers, who, role):
    callbacks = browsers[who].get("/_dash-dependencies").json
    functions = [one["clientside_function"] for one in callbacks if one.get("clientside_function")]
    script = bundles.files()[f"{role}.js"].decode()
    assert functions
    for function in functions:
        assert f"dash_clientside.{function['namespace']} =" in script, function
        assert re.search(rf"\b{function['function_name']}\b", script), function
