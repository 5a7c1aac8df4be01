"""The telephone and the cross-tabs in a browser: quiet, and as many rows as each cell says."""

import re

import pytest
from playwright.sync_api import expect

from tests.callbacks.pages.telephony.test_telephony import CALLS
from tests.worlds.api_world import conversation, snapshot
from tests.worlds.web_world import MANAGER

STATUS = "attr.Status do atendimento"
ROWS = [conversation(str(n), **{STATUS: "Resolvido" if n % 3 else "Pendente"}) for n in range(9)]
PATHS = (
    "/telephony",
    "/crosstabs",
    "/crosstabs?show=heat&measure=csat",
    "/crosstabs?report=reasons",
    "/crosstabs?report=categories",
)


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=snapshot(ROWS, calls=CALLS))


def opened(served, path, **options):
    return served.visit(MANAGER, path, ".bi-content .panel", **options)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_page_fits_its_screen_in_silence(served, path, size):
    page = opened(served, path, viewport={"width": size[0], "height": size[1]})
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    served.check_silence(page)


@pytest.mark.parametrize(
    ("path", "link", "n"),
    [
        ("/telephony", "calls_inbound\nweekday_hour:0-9", 3),
        (
            "/crosstabs?show=heat",
            f"conversations\nattr.Motivo de Contato:Boleto e pagamento\n{STATUS}:Resolvido",
            6,
        ),
    ],
)
def test_a_cell_of_a_heat_map_opens_as_many_rows_as_it_says(served, path, link, n):
    page = opened(served, path)
    cells = page.locator(".heat-cell[data-rows-link]")
    texts = cells.evaluate_all("all => all.map(one => one.dataset.rowsLink)")
    cell = cells.nth(texts.index(link))
    expect(cell).to_have_text(str(n))
    cell.click()
    expect(page.locator(".rows-list li")).to_have_count(n)
    expect(cell).to_have_class(re.compile("marked"))
    page.keyboard.press("Escape")
    expect(page.locator(".rows-panel")).to_have_count(0)
    served.check_silence(page)
