import pytest

from tests.worlds.api_world import Api
from tests.worlds.bi_world import BAR, components, of_class, words
from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import MANAGER, web

DAYS = {"from": "2026-11-09", "to": "2026-11-15"}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web"), current=figures(), settings=SETTINGS) as world:
        search = "&".join(f"{name}={value}" for name, value in DAYS.items())
        values = {"url.search": f"?{search}", "url.pathname": "/overview"}
        answer = world.browser(MANAGER).fire(BAR.format(page="overview"), **values)
        yield answer.get_json()["response"]


def test_the_chart_of_days_has_the_closes_of_each(page):
    told = Api(figures(), settings=SETTINGS).get("breakdown", metric="closes", by="day", **DAYS)
    daily = [group["value"] for group in told["breakdown"]]
    assert sum(daily) > 0
    chart = next(
        c["props"]["figure"]
        for c in components(page)
        if c["props"].get("id") == "overview--by-day-graph"
    )
    assert daily in [trace["y"] for trace in chart["data"]]
    foot = next(words(c) for c in of_class(page, "panel-foot") if "fechamentos" in words(c))
    assert f"fechamentos {sum(daily)}" in foot
