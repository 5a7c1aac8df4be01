"""The analyst's panel in a browser: what an analyst and a manager do there on a morning."""

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.worlds.analyst_world import CATEGORY, closed, pending, taught, version, week
from tests.worlds.api_world import JOAO, LUANA, call
from tests.worlds.web_world import ANALYST, MANAGER

PHONE = {"width": 390, "height": 844}
ROWS = [
    *week(6, 2),
    *taught(),
    pending("boleto", 200, subject="Segunda via do boleto"),
    pending("x", 201, subject="<script>document.title='caught'</script>"),
    pending("long", 202, subject="palavra" * 1500),
    pending("inner", 203, subject="Chamado interno", **{CATEGORY: "Back-office ticket"}),
]
CALLS = [call("t1", "2026-11-23T13:00:00Z")]


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=version(ROWS, calls=CALLS))


@pytest.fixture
def moving(serve):
    """A deployment whose data this test may change."""
    return serve(current=version(week(6, 4)))


def opened(served, email=ANALYST, path="/analyst", **options):
    page = served.page(email, **options)
    page.goto(path)
    expect(
        page.locator("#analyst--content .goal-hero, #analyst--team, .state").first
    ).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def chosen(page, label):
    page.locator(".analyst-periods").get_by_text(label, exact=True).click()


def silent(page, served):
    assert [said for said in page.said if said[0] in ("error", "warning", "pageerror")] == []
    foreign = [url for url in page.asked if not url.startswith((served.url, "data:", "blob:"))]
    assert foreign == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844)])
def test_the_panel_fits_its_screen_in_silence(served, theme, size):
    page = served.page(ANALYST, viewport={"width": size[0], "height": size[1]})
    page.context.add_cookies([{"name": "vigia_theme", "value": theme, "url": served.url}])
    page.goto("/analyst?out=1&comments=all&calls=all")
    expect(page.locator(".goal-headline")).to_have_text("Faltam 4")
    page.wait_for_load_state("networkidle")
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    assert page.title() == "Vigia"
    silent(page, served)


def test_abrir_leads_to_that_very_conversation_in_a_tab_of_its_own(served):
    page = opened(served)
    row = page.locator(".pending-table tr", has_text="Segunda via do boleto")
    link = row.get_by_role("link", name="Abrir")
    assert link.get_attribute("href").endswith("/abc123/inbox/conversation/boleto")
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in link.get_attribute("rel")
    expect(row).to_contain_text("Boleto e pagamento")


def test_the_easiest_come_first_when_asked_for_and_the_address_keeps_it(served):
    page = opened(served)
    page.get_by_role("button", name="mais antigas").click()
    page.get_by_role("link", name="mais fáceis primeiro").click()
    expect(page.locator(".pending-table tbody tr").first).to_contain_text("Segunda via do boleto")
    assert page.url.endswith("/analyst?order=easiest")
    page.reload()
    expect(page.locator(".pending-table tbody tr").first).to_contain_text("Segunda via do boleto")


def test_periods_and_own_dates_live_in_the_address(served):
    page = opened(served)
    chosen(page, "Mês")
    expect(page.locator(".segment-on")).to_contain_text("1 a 30 nov")
    assert page.url.endswith("?period=month")
    chosen(page, "Outro")
    page.locator("#analyst--date-from").fill("2026-11-23")
    page.locator("#analyst--date-to").fill("2026-11-23")
    page.get_by_role("button", name="Aplicar").click()
    expect(page.locator(".segment-on")).to_contain_text("seg 23 nov")
    assert page.url.endswith("?from=2026-11-23&to=2026-11-23")
    page.go_back()
    expect(page.locator(".segment-on")).to_contain_text("1 a 30 nov")


def test_turned_dates_are_said(served):
    page = opened(served)
    chosen(page, "Outro")
    page.locator("#analyst--date-from").fill("2026-11-20")
    page.locator("#analyst--date-to").fill("2026-11-10")
    page.get_by_role("button", name="Aplicar").click()
    expect(page.get_by_text("Data final antes da inicial")).to_be_visible()


def test_the_history_is_searched_and_filtered(served):
    page = opened(served)
    search = page.locator("#analyst--search")
    search.fill("pendente")
    search.press("Enter")
    rows = page.locator(".history-table tbody tr")
    expect(rows).to_have_count(2)
    assert "search=pendente" in page.url
    page.locator("#analyst--menu-standing").click()
    page.locator(".popover").get_by_role("link", name="Classificada").click()
    expect(page.locator("#analyst--history").get_by_text("Nada neste filtro")).to_be_visible()
    page.get_by_role("link", name="Tirar os filtros").first.click()
    expect(page.locator("#analyst--search")).to_have_value("")
    expect(rows).to_have_count(12)
    silent(page, served)


def test_the_files_hold_what_the_screen_shows(served):
    page = opened(served, path="/analyst?state=excluded")
    with page.expect_download() as waiting:
        page.locator("a.analyst-excel").click()
    assert waiting.value.suggested_filename.endswith("2026-11-23-2026-11-29.xlsx")
    sheet = load_workbook(io.BytesIO(waiting.value.path().read_bytes())).active
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == ["Chamado interno"]


def test_what_does_not_count_is_listed_on_request(served):
    page = opened(served)
    expect(page.locator(".excluded-table")).to_have_count(0)
    page.get_by_role("link", name="Ver a conversa").click()
    expect(page.locator(".excluded-table")).to_contain_text("Chamado interno")
    page.get_by_role("link", name="Esconder").click()
    expect(page.locator(".excluded-table")).to_have_count(0)


def test_a_number_opens_its_metric_info(served):
    page = opened(served)
    page.locator("#analyst--first_response_time-passport").click()
    expect(page.locator(".popover.passport")).to_contain_text("28 out a 24 nov 2026")


def test_a_classified_one_is_ticked_without_a_reload(moving):
    page = opened(moving)
    page.evaluate("window.stayed = true")
    rows = [
        closed(row["id"], subject=row["subject"]) if row["id"] == "todo1" else row
        for row in week(6, 4)
    ]
    moving.world.dataset.current = version(rows, version=8)
    page.evaluate("window.dash_clientside.set_props('refresh', {n_intervals: 99})")
    expect(page.locator(".done-list")).to_contain_text("Pendente 1")
    expect(page.locator(".goal-headline")).to_have_text("Faltam 2")
    assert page.evaluate("window.stayed") is True


def celebrated(page):
    return page.locator(".toast-line", has_text="Meta batida: 90% nesta semana")


def test_a_reached_goal_is_celebrated_once_per_period_and_browser(serve):
    served = serve(current=version(week(9, 1)))
    page = opened(served)
    expect(celebrated(page)).to_be_visible()
    expect(page.locator(".goal-sky span")).to_have_count(28)
    page.reload()
    expect(page.locator(".goal-headline")).to_have_text("Meta batida")
    page.wait_for_timeout(300)
    expect(celebrated(page)).to_have_count(0)
    remembered = page.evaluate("JSON.parse(localStorage.getItem('vigia-goal'))")
    assert remembered == [f"{JOAO} 2026-11-23 2026-11-29"]
    chosen(page, "Mês")
    expect(page.locator(".toast-line")).to_contain_text("neste mês")
    silent(page, served)


def test_who_wants_less_motion_gets_the_words_only(serve):
    served = serve(current=version(week(9, 1)))
    page = opened(served, reduced_motion="reduce")
    expect(celebrated(page)).to_be_visible()
    expect(page.locator(".goal-sky")).to_have_count(0)


def test_a_manager_goes_from_the_team_to_a_person_and_back(served):
    page = opened(served, MANAGER)
    expect(page.locator(".team-table tbody tr").first).to_contain_text("João Vitor Lacerda")
    page.locator(".team-table").get_by_role("link", name="Luana Tavares").click()
    expect(page.get_by_text("Painel de Luana Tavares, visto pela gestão")).to_be_visible()
    assert page.url.endswith(f"?agent={LUANA}")
    page.locator(".analyst-whose").get_by_role("link", name="Time todo").click()
    expect(page.locator(".team-table")).to_be_visible()
    page.locator("#analyst--person").click()
    page.get_by_role("option", name="João Vitor Lacerda").click()
    expect(page.locator(".goal-headline")).to_have_text("Faltam 4")
    assert page.url.endswith(f"?agent={JOAO}")
    silent(page, served)


def test_the_tabs_of_a_phone_jump_to_the_parts_of_the_panel(served):
    page = opened(served, viewport=PHONE, reduced_motion="reduce")
    tabs = page.locator(".analyst-jumps")
    expect(tabs).to_be_visible()
    expect(page.locator(".app > .tabs")).to_be_hidden()
    tabs.get_by_text("Notas").click()
    expect(page.locator("#analyst--csat_score h2")).to_be_in_viewport()
    tabs.get_by_text("Meta").click()
    expect(page.locator(".goal-headline")).to_be_in_viewport()
    expect(tabs.locator(".nav-link-here")).to_have_text(re.compile("Meta"))


def test_a_thumb_reaches_what_is_to_be_pressed(served):
    page = opened(served, viewport=PHONE)
    for button in page.locator(".pending-table .button").all():
        assert button.bounding_box()["height"] >= 44
    assert page.locator(".analyst-periods").bounding_box()["height"] >= 44


def test_english_readers_get_english(served):
    page = served.page(ANALYST)
    page.context.add_cookies([{"name": "vigia_lang", "value": "en", "url": served.url}])
    page.goto("/analyst")
    expect(page.locator(".goal-headline")).to_have_text("4 to go")
    expect(page.locator(".segment-on")).to_contain_text("Week, Nov 23 to 29")


def test_a_panel_without_anything_is_calm(serve):
    served = serve(current=version([]))
    page = opened(served)
    expect(page.locator(".goal-headline")).to_have_text("Nada fechado ainda")
    expect(page.locator("#analyst--pending")).to_contain_text("Nada por classificar")
    silent(page, served)
