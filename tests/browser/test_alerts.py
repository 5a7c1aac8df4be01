"""The alerts and status pages as a manager uses them, and the television that a link opens."""

import pytest
from playwright.sync_api import expect

from tests.worlds.robot_world import GOOD, LIVE, PAST, inbox, lay
from tests.worlds.web_world import MANAGER

# Half a minute: the machine that tests may be busy.
PATIENCE = 30_000


@pytest.fixture(scope="module")
def served(serve):
    served = serve()
    lay(served.world, PAST, incidents=LIVE, deliveries=(GOOD,))
    return served


@pytest.fixture
def page(served):
    page = served.page(MANAGER)
    page.set_default_timeout(PATIENCE)
    return page


def complaints(page):
    return [said for said in page.said if said[0] in ("error", "pageerror")]


def test_a_problem_is_taken_and_a_threshold_is_changed_in_its_place(served, page):
    page.goto("/alerts")
    solid = page.locator(".problem-solid")
    expect(solid).to_contain_text("6 na fila do Suporte N1", timeout=PATIENCE)
    expect(page.locator(".nav-count")).to_have_text("1")
    solid.get_by_role("button", name="Assumir").click()
    expect(page.locator(".toast-line")).to_contain_text("Assumido")
    assert [(one["kind"], one["life"]) for one in inbox(served.world)] == [("acknowledge", "q")]

    field = page.locator("#alerts--field-overload-open")
    field.fill("12")
    field.press("Enter")
    expect(page.locator(".toast-line")).to_contain_text("Sobrecarga mudou")
    page.reload()
    expect(field).to_have_value("12", timeout=PATIENCE)
    field.fill("muitas")
    field.press("Enter")
    expect(page.locator(".toast-line")).to_contain_text("não pode ser usado")
    expect(field).to_have_value("12")
    page.get_by_role("button", name="voltar ao padrão").click()
    expect(field).to_have_value("10")
    with page.expect_download() as download:
        page.get_by_role("button", name="Exportar YAML").click()
    assert download.value.suggested_filename == "vigia-alerts.yaml"
    assert complaints(page) == []


def test_a_filter_of_the_history_lives_in_the_address(page):
    page.goto("/alerts")
    page.locator("#alerts--rule").click(timeout=PATIENCE)
    page.locator(".popover").get_by_text("Fila", exact=True).click()
    page.wait_for_url("**/alerts?rule=queue")
    expect(page.locator(".alerts-history tbody tr")).to_have_count(1)


def test_a_link_opens_the_wall_on_a_television_until_it_is_revoked(served, page):
    page.goto("/status")
    field = page.locator("#status--device-name")
    field.fill("TV da sala")
    field.press("Enter")
    address = page.locator(".link-words")
    expect(address).to_contain_text("/wall/", timeout=PATIENCE)
    link = address.text_content()
    expect(page.locator(".screens-table")).to_contain_text("TV da sala")

    television = served.page()
    television.set_default_timeout(PATIENCE)
    television.goto(link)
    expect(television.locator(".lamp")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.locator(".alive")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".link-words")).to_have_count(0)

    page.get_by_role("button", name="Revogar").click()
    dialog = page.locator("dialog.confirm")
    expect(dialog).to_contain_text("Revogar o link de TV da sala?")
    dialog.get_by_role("button", name="Voltar").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Revogar").click()
    dialog.get_by_role("button", name="Revogar").click()
    expect(page.locator(".screens-none")).to_be_visible()
    television.evaluate("dash_clientside.set_props('refresh', { n_intervals: 7 })")
    expect(television.locator("h1")).to_have_text("Este painel foi desligado", timeout=PATIENCE)
    assert complaints(page) == []


def test_emptying_the_cache_asks_first(served, page):
    page.goto("/status")
    page.get_by_role("button", name="Limpar cache").click(timeout=PATIENCE)
    dialog = page.locator("dialog.confirm")
    expect(dialog).to_contain_text("Contas, links de TV, regras e alertas ficam")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert [one for one in inbox(served.world) if one["kind"] == "clear_cache"] == []
    page.get_by_role("button", name="Limpar cache").click()
    dialog.get_by_role("button", name="Limpar").click()
    expect(page.locator(".toast-line")).to_contain_text("Limpeza pedida")
    assert "clear_cache" in [one["kind"] for one in inbox(served.world)]
