"""A vendor's file in a browser: chosen, explained, and asked again when the question changes."""

from playwright.sync_api import expect

from tests.worlds.api_world import conversation, snapshot
from tests.worlds.web_world import MANAGER

PERIOD = "?from=2026-11-20&to=2026-11-24"
ROWS = [
    conversation("1", created_at="2026-11-22T12:00:00Z"),
    conversation("2", created_at="2026-11-21T12:00:00Z", last_close_at="2026-11-23T12:00:00Z"),
]
FILE = "id da conversa;criada em\n1;22/11/2026 09:00\n1;22/11/2026 09:00\n9;22/11/2026 09:00\n"


def test_a_file_is_explained_and_its_result_saved(serve):
    served = serve(current=snapshot(conversations=ROWS))
    page = served.page(MANAGER)
    page.goto(f"/differences{PERIOD}")
    with page.expect_file_chooser() as chooser:
        page.locator("[data-check]").click()
    chooser.value.set_files(
        {"name": "de novembro.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1252")}
    )
    steps = page.locator(".check-table tbody tr")
    expect(steps).to_have_count(5)
    expect(steps.first).to_contain_text("de novembro.csv")
    expect(steps.nth(1)).to_contain_text("Repetida no arquivo")
    expect(steps.nth(2)).to_contain_text("Apagada no fornecedor")
    with page.expect_download() as download:
        page.locator("[data-check-file]").click()
    assert download.value.suggested_filename == "vigia-differences-2026-11-20-2026-11-24.xlsx"
    # The same file, once something else is chosen: it has no day of closing.
    page.get_by_role("link", name="fechamentos").click()
    expect(page.locator("#differences--result")).to_contain_text("Nenhuma coluna com a data")
    served.check_silence(page)


def test_a_number_leads_to_why_it_differs(serve):
    served = serve(current=snapshot(conversations=ROWS))
    page = served.page(MANAGER)
    page.goto(f"/overview{PERIOD}")
    page.locator("#overview--closes .passport-button").click()
    page.locator(".passport").get_by_role("link", name="Por que difere").click()
    expect(page.locator("#differences--closes")).to_be_visible()
    served.check_silence(page)
