"""What a page asks and gets: small questions, and the parts that differ from what is shown."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from callbacks.web.registry import REPORTS
from layouts.roles import PAGES
from tests.worlds.api_world import CONVERSATIONS, JOAO, conversation, person, snapshot
from tests.worlds.web_world import MANAGER, read_props, web

MINUTE = 60
# What a callback may be told: the address, a beat, what a person typed or chose, its own store.
ASKED = {"id", "search", "pathname", "n_intervals", "n_clicks", "value", "data"}
REQUEST_BYTES = 10_000
FIRST = {path: f"{PAGES[path].name}--content.children" for path in REPORTS} | {
    "/operations": "operations--version.data",
    "/analyst": "analyst--content.children",
    "/status": "status--shown.data",
    "/alerts": "alerts--shown.data",
}
# Bytes of an answer with everything in it, of the small operation.
WHOLE = {
    "/overview": 148_000,
    "/quality": 65_000,
    "/times": 115_500,
    "/ai": 120_000,
    "/crosstabs": 30_000,
    "/telephony": 163_000,
    "/staffing": 60_500,
    "/backoffice": 110_000,
    "/details": 41_000,
    "/differences": 26_000,
    "/operations": 74_500,
    "/analyst": 9_000,
    "/status": 21_000,
    "/alerts": 13_500,
}
RUNNING = re.compile(
    r'"children": "[^"]*"(?=, "className": "tick)|"data-now": "\d+"'
    r'|(?<="data-since": "\d{10}", )"style": \{"--share": "[^"]*"\}'
)


class Screen:
    """A browser that keeps its stores, as Dash's own script does."""

    def __init__(self, world, path="/overview", search=""):
        self.world, self.browser = world, world.browser(MANAGER)
        self.values = {"url.pathname": path, "url.search": search}

    def ask(self, output):
        """The status, the length of the question and of the answer, and what it sets."""
        body = self.world.body(output, **self.values)
        # Dash's own script says it twice.
        body["parsedChangedPropsIds"] = body["changedPropIds"]
        answer = self.browser.send(body)
        assert answer.status_code in (200, 204), answer.text
        told = read_props(answer)
        for component, props in told.items():
            if "data" in props:
                self.values[f"{component}.data"] = props["data"]
        sent = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        return answer.status_code, len(sent), len(answer.data), told


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with web(tmp_path_factory.mktemp("refresh")) as made:
        yield made


def renew(world, seconds=MINUTE, **tables):
    """The next minute's version, of the same rows unless others are given."""
    now, minute = world.dataset.current, timedelta(seconds=seconds)
    world.now += seconds
    world.dataset.current = replace(
        now,
        version=now.version + 1,
        tables=replace(now.tables, now=now.tables.now + pd.Timedelta(minute), **tables),
        sources={
            name: replace(one, as_of=one.as_of and one.as_of + minute)
            for name, one in now.sources.items()
        },
        published_at=now.published_at + minute,
        memory=type(now.memory)(512),
    )


def test_no_callback_takes_what_the_server_drew(world):
    for output in world.callback_ids():
        wiring = world.app.callback_map[output]
        asked = {end["property"] for end in (*wiring["inputs"], *wiring["state"])}
        assert asked <= ASKED, output


@pytest.mark.parametrize("path", FIRST)
def test_a_page_that_shows_everything_asks_little_and_gets_nothing(world, path):
    screen = Screen(world, path)
    _, _, whole, _ = screen.ask(FIRST[path])
    assert whole <= WHOLE[path]
    screen.ask("frame.data")
    status, page, received, _ = screen.ask(FIRST[path])
    assert (status, received) == (204, 0)
    status, frame, received, _ = screen.ask("frame.data")
    assert (status, received) == (204, 0)
    assert page + frame <= 1000


# What the reader sees of these depends on the minute: how long somebody waits, and what runs.
MOVES = {"/times", "/operations", "/status", "/alerts"}


@pytest.mark.parametrize("path", sorted(FIRST.keys() - MOVES))
def test_a_new_version_of_the_same_rows_sends_its_name_only(fresh, path):
    world = fresh()
    screen = Screen(world, path)
    screen.ask(FIRST[path])
    renew(world)
    _, _, received, told = screen.ask(FIRST[path])
    assert received < 300
    assert [props for props in told.values() if "children" in props] == []


@pytest.mark.parametrize("path", FIRST)
def test_what_changed_put_into_what_was_shown_is_the_whole(fresh, path):
    world = fresh()
    screen = Screen(world, path)
    before = screen.ask(FIRST[path])[3]
    other = conversation("c99", "2026-11-24T12:00:00Z", agent_id=JOAO, rating=5)
    renew(world, conversations=snapshot([*CONVERSATIONS, other]).tables.conversations)
    changed = screen.ask(FIRST[path])[3]
    whole = Screen(world, path).ask(FIRST[path])[3]
    bar = f"{PAGES[path].name}--bar"
    assert plain(put(before, changed), bar) == plain(whole, bar)
    assert len(json.dumps(changed)) < len(json.dumps(whole))


@pytest.mark.parametrize("path", ["/overview", "/times", "/telephony", "/backoffice"])
def test_the_sheet_of_numbers_comes_first_and_once(world, path):
    screen = Screen(world, path)
    name = PAGES[path].name
    [begin] = [output for output in world.callback_ids() if f"{name}--begun.data" in output]
    _, _, short, first = screen.ask(begin)
    _, _, long, rest = screen.ask(FIRST[path])
    assert short < long
    assert f"{name}--kpis" in json.dumps(first)
    assert not {f"{name}--kpis", f"{name}--content", f"{name}--bar"} & rest.keys()
    whole = Screen(world, path).ask(FIRST[path])[3]
    bar, begun = f"{name}--bar", f"{name}--begun"
    together = {key: props for key, props in put(first, rest).items() if key != begun}
    assert plain(together, bar) == plain(whole, bar)


def put(shown, changed):
    """Properties by id, with the changed ones in the places that have them."""
    shown = {**shown, **{name: changed[name] for name in changed if name in shown}}
    inner = {name: props for name, props in changed.items() if name not in shown}

    def renewed(node):
        if isinstance(node, list):
            return [renewed(part) for part in node]
        if not isinstance(node, dict):
            return node
        props = node.get("props")
        if isinstance(props, dict) and isinstance(props.get("id"), str) and props["id"] in inner:
            return {**node, "props": {**props, **inner[props["id"]]}}
        return {name: renewed(value) for name, value in node.items()}

    return renewed(shown)


def plain(shown, bar):
    """As text; the bar stays as it is for whoever is choosing, and times run by themselves."""
    kept = {name: props for name, props in shown.items() if name != bar}
    return RUNNING.sub("", json.dumps(kept, sort_keys=True, ensure_ascii=False))


def test_a_team_of_150_asks_no_more_than_ten_kilobytes(tmp_path):
    people = [
        person(str(number), f"Pessoa {number}", f"p{number}@example.com")
        for number in range(1000, 1150)
    ]
    rows = [
        conversation(f"m{n}", "2026-11-24T12:00:00Z", agent_id=one["id"])
        for n, one in enumerate(people)
    ]
    chosen = "?" + "&".join(f"agent={one['id']}" for one in people)
    with web(tmp_path, current=snapshot(rows, people=people)) as world:
        for path in PAGES:
            screen = Screen(world, path, chosen if PAGES[path].is_report else "")
            for _ in range(2):
                for output in world.callback_ids():
                    if output.lstrip(".").partition("--")[0] in (PAGES[path].name, "frame.data"):
                        assert screen.ask(output)[1] <= REQUEST_BYTES, output


def test_walls_are_told_in_a_word_whether_there_is_anything_else_to_see(fresh):
    world = fresh()
    wall, words = world.screen(), []

    def ask():
        answer = wall.get("/operations/word?kiosk=1")
        assert len(answer.data) < 20
        words.append(answer.get_json())

    ask()
    renew(world, seconds=2)
    ask()
    waiting = conversation("c99", "2026-11-24T12:00:00Z", state="open", agent_id=None)
    renew(world, 2, conversations=snapshot([*CONVERSATIONS, waiting]).tables.conversations)
    ask()
    assert words[0] == words[1] != words[2]
    address = {"url.pathname": "/operations", "url.search": "?kiosk=1"}
    shown = read_props(wall.fire(FIRST["/operations"], **address))
    assert shown["operations--version"]["data"][2] == words[2]
    assert world.browser().get("/operations/word").status_code in (302, 401)
