"""Staffing in a browser: the grid keeps what is typed, sliders change numbers and the address."""

import re

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from metrics.planning.schedule import read_day
from services.files.schedule import Change, change_schedule, load_schedule
from tests.callbacks.pages.staffing.test_staffing import CALLS
from tests.worlds.api_world import JOAO, LUANA, snapshot
from tests.worlds.web_world import MANAGER


@pytest.fixture
def served(serve):
    """A deployment whose schedule each test may change."""
    found = serve(current=snapshot(calls=CALLS))
    shift = [Change(JOAO, 0, (), read_day("09:00-18:00"))]
    change_schedule(found.world.state, shift, by="Marina Falcão", at=1.0)
    return found


def opened(served, path="/staffing", **options):
    page = served.page(MANAGER, **options)
    page.goto(path)
    expect(page.locator("#staffing--staffing_need")).to_be_visible()
    expect(page.locator(".shift-cell").first).to_be_visible()
    expect(page.locator(".whatif-field").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def cell(page, agent, day):
    return page.locator(f'.shift-cell[data-agent="{agent}"][data-day="{day}"]')


def test_a_cell_is_typed_saved_and_still_there_after_a_reload(served):
    page = opened(served)
    save = page.locator('[data-schedule="save"]')
    expect(save).to_be_disabled()
    field = cell(page, LUANA, 1).locator("input")
    field.fill("8h-12h")
    expect(page.locator("[data-unsaved]")).to_have_text("1 célula não salva")
    # What is not saved outlives a reload, and Enter goes down.
    page.reload()
    expect(field).to_have_value("8h-12h")
    field.press("ArrowUp")
    expect(cell(page, JOAO, 1).locator("input")).to_be_focused()
    page.keyboard.press("Control+s")
    expect(page.locator("#staffing--said")).to_contain_text("Escala salva")
    expect(field).to_have_value("08:00-12:00")
    expect(page.locator("[data-unsaved]")).to_have_text("")
    # The numbers above follow at once.
    expect(page.locator("#staffing--fair_target")).to_contain_text("Luana Tavares")
    page.reload()
    expect(field).to_have_value("08:00-12:00")
    assert load_schedule(served.world.state).schedule.weeks[LUANA][1] == read_day("08:00-12:00")
    served.check_silence(page)


def test_a_refresh_and_a_fault_leave_what_is_typed(served):
    page = opened(served)
    field = cell(page, LUANA, 2).locator("input")
    field.fill("9-25")
    page.evaluate("window.dash_clientside.set_props('refresh', {n_intervals: 5})")
    page.wait_for_load_state("networkidle")
    expect(field).to_have_value("9-25")
    page.locator('[data-schedule="save"]').click()
    expect(page.locator(".fault-list")).to_contain_text("Luana Tavares, quarta")
    expect(field).to_have_value("9-25")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Escape")
    expect(field).to_have_value("")
    served.check_silence(page)


def test_whoever_saves_second_is_told_and_loses_nothing(served):
    page = opened(served)
    field = cell(page, JOAO, 0).locator("input")
    field.fill("10:00-19:00")
    other = [Change(JOAO, 0, read_day("09:00-18:00"), read_day("07:00-16:00"))]
    change_schedule(served.world.state, other, by="Outra Gestora", at=2.0)
    # A draft that was brought back by a reload is not taken for what was seen anew.
    page.reload()
    expect(field).to_have_value("10:00-19:00")
    page.locator('[data-schedule="save"]').click()
    expect(page.locator("#staffing--said")).to_contain_text("Alguém salvou antes: Outra Gestora")
    expect(field).to_have_value("10:00-19:00")
    page.locator('[data-schedule="cancel"]').click()
    expect(field).to_have_value("07:00-16:00")
    served.check_silence(page)


def test_a_slider_changes_the_number_and_the_address(served):
    page = opened(served)
    peak = page.locator("#staffing--fact-peak .kpi-value")
    expect(peak).to_have_text("2")
    thumb = page.locator('[data-assume="volume"] [role="slider"]')
    thumb.focus()
    thumb.press("End")
    expect(page).to_have_url(re.compile(r"volume=200"))
    expect(peak).to_have_text("3")
    expect(thumb).to_have_attribute("aria-labelledby", "staffing--volume-label")
    box = page.locator('[data-assume="shrinkage"] input')
    box.fill("0")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"shrinkage=0"))
    expect(peak).to_have_text("2")
    box.fill("30")
    box.press("Enter")
    expect(peak).to_have_text("3")
    # The address says it all: another browser sees the same, and going back is one link.
    other = opened(served, page.url.replace(served.url, ""))
    expect(other.locator("#staffing--fact-peak .kpi-value")).to_have_text("3")
    page.reload()
    page.locator("[data-whatif-reset]").click()
    expect(page).not_to_have_url(re.compile("volume"))
    expect(peak).to_have_text("2")
    expect(thumb).to_have_attribute("aria-valuenow", "0")
    served.check_silence(page)


def test_a_bar_of_the_fair_target_opens_as_many_rows_as_it_says(served):
    page = opened(served)
    row = page.locator(".fair-table tbody tr").first
    expect(row).to_contain_text("João Vitor Lacerda")
    said = row.locator("td").nth(2)
    expect(said).to_have_text("8")
    row.locator(".bar-link").click()
    expect(page.locator(".rows-list li")).to_have_count(8)
    page.keyboard.press("Escape")
    expect(page.locator(".rows-panel")).to_have_count(0)
    served.check_silence(page)


def test_a_file_is_read_and_shown_before_it_is_saved(served, tmp_path):
    book = Workbook()
    book.active.append(["Nome", "seg", "ter", "qua", "qui", "sex", "sab", "dom"])
    book.active.append(["LUANA TAVARES", "13:00-22:00"])
    path = tmp_path / "escala.xlsx"
    book.save(path)
    page = opened(served)
    with page.expect_file_chooser() as chosen:
        page.locator('[data-schedule="import"]').click()
    chosen.value.set_files(path)
    expect(page.locator("#staffing--grid")).to_contain_text("Lido de escala.xlsx")
    expect(cell(page, LUANA, 0)).to_have_class(re.compile("shift-changed"))
    assert LUANA not in load_schedule(served.world.state).schedule.weeks
    page.locator('[data-schedule="save"]').click()
    expect(page.locator("#staffing--said")).to_contain_text("Escala salva")
    assert load_schedule(served.world.state).schedule.weeks[LUANA][0] == read_day("13:00-22:00")
    served.check_silence(page)


def test_a_block_of_cells_is_pasted(served):
    page = opened(served)
    field = cell(page, JOAO, 1).locator("input")
    field.focus()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "8-12\\tfolga\\n9-13\\t");
          const options = { clipboardData: data, bubbles: true, cancelable: true };
          const event = new ClipboardEvent("paste", options);
          document.activeElement.dispatchEvent(event);
        }"""
    )
    expect(field).to_have_value("8-12")
    expect(cell(page, JOAO, 2).locator("input")).to_have_value("folga")
    expect(cell(page, LUANA, 1).locator("input")).to_have_value("9-13")


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (390, 844)])
@pytest.mark.parametrize("path", ["/staffing", "/staffing?stream=both&heat=gap&day=0&patience=60"])
def test_the_page_fits_its_screen_in_silence(served, path, size):
    page = opened(served, path, viewport={"width": size[0], "height": size[1]})
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0
    served.check_silence(page)


def test_an_address_that_cannot_be_is_told_of(served):
    page = opened(served, "/staffing?volume=%3Cscript%3E")
    expect(page.locator(".banner-attention")).to_contain_text("volume")
    expect(page).to_have_url(re.compile("volume="))
    served.check_silence(page)
