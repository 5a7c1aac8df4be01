"""What Dash's store is told while a page is drawn: a few things, whatever the elements."""

import pytest

from tests.worlds.figures_world import SETTINGS, figures
from tests.worlds.web_world import MANAGER

# Notes each change of the store's own notes before the page begins.
COUNT = """
window.told = 0;
window.addEventListener("DOMContentLoaded", () => {
  const watch = setInterval(() => {
    const [store] = window.dash_stores || [];
    if (!store) return;
    clearInterval(watch);
    store.subscribe(() => { window.told += 1; });
  });
});
"""
NOTHING_NOTED = """() => {
  const [store] = window.dash_stores;
  const before = store.getState();
  store.dispatch({ type: "RESET_COMPONENT_STATE", payload: { itempath: ["props", "nowhere"] } });
  return before === store.getState();
}"""
NOTED = """() => {
  const [store] = window.dash_stores;
  const [place] = Object.keys(store.getState().layoutHashes);
  store.dispatch({ type: "RESET_COMPONENT_STATE", payload: { itempath: place.split(",") } });
  return Object.keys(store.getState().layoutHashes).includes(place);
}"""


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=figures(), settings=SETTINGS)


def test_the_store_is_not_told_of_each_element(served):
    page = served.page(MANAGER, viewport={"width": 1366, "height": 768})
    page.add_init_script(COUNT)
    page.goto("/telephony?period=28d")
    page.locator("#telephony--calls_by_weekday_hour table").first.wait_for(state="attached")
    elements = page.evaluate("document.querySelectorAll('*').length")
    assert page.evaluate("window.told") < elements / 4
    assert page.evaluate(NOTHING_NOTED)
    assert not page.evaluate(NOTED)
