"""How often each page goes over the tables: what a million rows cost, said without a clock."""

import polars as pl
import pytest

from tests.worlds.api_world import snapshot
from tests.worlds.web_world import MANAGER

PASSES = {
    "/overview": 24,  # 3 of them by the day of closing
    "/times": 20,
    "/quality": 13,
    "/telephony": 26,
    "/crosstabs?row=agent&column=team": 5,
    "/backoffice": 25,
}


@pytest.mark.parametrize(("address", "most"), PASSES.items())
def test_a_page_asks_for_its_numbers_in_few_passes(world, monkeypatch, address, most):
    path, _, search = address.partition("?")
    browser, passes, collect = world.browser(MANAGER), [], pl.LazyFrame.collect

    def count(query, **options):
        passes.append(query)
        return collect(query, **options)

    monkeypatch.setattr(world.dataset, "current", snapshot())  # one that remembers nothing
    monkeypatch.setattr(pl.LazyFrame, "collect", count)
    values = {"url.search": f"?{search}", "url.pathname": path}
    assert browser.fire(f"{path[1:]}--content.children", **values).status_code == 200
    assert 0 < len(passes) <= most
