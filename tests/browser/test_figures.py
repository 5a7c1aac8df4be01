"""Ten different figures: what is clicked opens as many rows as it says, also by a copied link."""

import pytest
from playwright.sync_api import expect

from tests.browser.rows import DESK, SLOWEST, opened
from tests.worlds.bi_world import hostile
from tests.worlds.web_world import MANAGER

expect.set_options(timeout=SLOWEST)


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=hostile())


# Where, what is clicked, and where the number stands that is then opened.
FIGURES = {
    "a number": ("/overview", "#overview--conversations .kpi-value .rows-link", None),
    "a number of calls": ("/overview", "#overview--calls_answered .kpi-value .rows-link", None),
    "a bar of reasons": (
        "/overview",
        ".reason-table tbody tr:nth-child(2) .reason-bar a",
        ".reason-table tbody tr:nth-child(2) b",
    ),
    "a cell of the agents": (
        "/overview",
        ".agents-table tbody tr:nth-child(2) td:nth-child(3) a",
        None,
    ),
    "the total of the agents": ("/overview", ".agents-table tfoot td:nth-child(2) a", None),
    "how often a note was given": ("/quality", ".note-words a.rows-link", None),
    "what is due next": ("/times", "#times--awaiting_first_response a.rows-link", None),
    "a cell of the heat map": ("/telephony", "#telephony--calls_by_weekday_hour a.heat-cell", None),
    "a cell of the lines": ("/telephony", "#telephony--lines_table tbody .rows-link", None),
    "a cell of the cross-tab": (
        "/crosstabs?row=agent&column=team&show=heat",
        "#crosstabs--crosstab a.rows-link",
        None,
    ),
}


@pytest.mark.parametrize("name", list(FIGURES))
def test_ten_figures_open_what_they_count_also_for_who_got_the_link(served, name):
    path, clicked, numbered = FIGURES[name]
    address = f"{path}{'&' if '?' in path else '?'}period=90d"
    page = served.visit(MANAGER, address, clicked, **DESK)
    mark = page.locator(clicked).first
    told = page.locator(numbered or clicked).first.inner_text().strip()
    mark.click()
    assert opened(page) == told
    other = served.visit(MANAGER, page.url, ".rows-list li", **DESK)
    assert opened(other) == told
    assert other.url == page.url
