"""What the overview's figures say beside each other."""

import re

from tests.worlds.bi_world import components, words
from tests.worlds.web_world import MANAGER


def test_the_chart_s_created_and_closed_are_those_of_the_sheet(world):
    values = {"url.search": "?period=28d", "url.pathname": "/overview"}
    answer = world.browser(MANAGER).fire("overview--content.children", **values).get_json()
    told = {c["props"].get("id"): words(c) for c in components(answer)}
    created, closes = re.search(
        r"Criadas (\S+), fechamentos (\S+):", " ".join(told.values())
    ).groups()
    assert created in told["overview--conversations"].split()
    assert created != "0"
    assert closes in told["overview--closes"].split()
    assert closes != "0"
