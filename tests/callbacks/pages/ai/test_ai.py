"""The AI agent's page, and the choice of who dealt with conversations."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import polars as pl
import pytest

from tests.worlds.bi_world import BAR, words
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import MANAGER, web

WEEK = {"from": "2026-11-09", "to": "2026-11-15"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with web(tmp_path_factory.mktemp("ai"), current=figures(), settings=SETTINGS) as made:
        yield made


def draw(world, **asked):
    values = {"url.search": f"?{urlencode({**WEEK, **asked})}", "url.pathname": "/ai"}
    answer = world.browser(MANAGER).fire(BAR.format(page="ai"), **values)
    assert answer.status_code == 200, answer.text
    response = answer.get_json()
    drawn = {**response["response"], **response.get("sideUpdate", {})}
    return {
        place: words(parts["children"]) for place, parts in drawn.items() if "children" in parts
    }


def count(world, **asked):
    browser = world.browser(MANAGER)
    answer = browser.get("/api/v1/summary", query_string={**WEEK, **asked}, headers={})
    return answer.get_json()["metrics"]["conversations"]["value"]


def test_the_bar_says_how_many_were_the_agents_alone_and_the_parts_are_all(world):
    parts = {who: count(world, handled_by=who) for who in ("people", "ai_agent", "both")}
    assert sum(parts.values()) == count(world)
    assert min(parts.values()) > 0
    assert f"todos, {parts['ai_agent']} só da IA" in draw(world)["ai--bar"]


def test_numbers_that_no_choice_can_act_on_say_so(world):
    browser = world.browser(MANAGER)
    answer = browser.get("/api/v1/summary", query_string={"handled_by": "both"}, headers={})
    assert answer.get_json()["metrics"]["calls_inbound"]["reason"]["code"] == "no_ai_agent"
    assert browser.get("/api/v1/summary?handled_by=nobody", headers={}).status_code == 400


@pytest.mark.parametrize("by", ["reason", "team", "channel", "hour"])
def test_every_group_is_drawn(world, by):
    content = draw(world, **({} if by == "reason" else {"by": by}))["ai--content"]
    assert re.search("Onde ajuda e onde passa adiante", content)


def test_an_old_version_is_told_with_what_to_do(tmp_path):
    found = figures()
    columns = [name for name in found.tables.conversations.columns if name.startswith("ai_")]
    untold = found.tables.conversations.with_columns(
        pl.lit(None, found.tables.conversations.schema[name]).alias(name) for name in columns
    )
    old = replace(found, tables=replace(found.tables, conversations=untold))
    with web(tmp_path, current=old, settings=SETTINGS) as made:
        content = draw(made)["ai--content"]
        assert "2.11" in content
        assert 'version: "2.14"' in content
