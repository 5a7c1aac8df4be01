import pytest
from playwright.sync_api import expect

from tests.browser.rows import DESK, SLOWEST, opened
from tests.worlds.bi_world import HOSTILE, hostile
from tests.worlds.web_world import MANAGER

expect.set_options(timeout=SLOWEST)


@pytest.fixture(scope="module")
def served(serve):
    return serve(current=hostile())


@pytest.fixture
def page(served):
    page = served.page(MANAGER, **DESK)
    page.set_default_timeout(SLOWEST)
    page.goto("/overview?period=90d")
    expect(page.locator(".kpi").first).to_be_visible()
    yield page
    assert not [line for line in page.said if line[0] in ("error", "pageerror")]
    assert all(address.startswith((served.url, "data:", "blob:")) for address in page.asked)


def closed(page):
    expect(page.locator(".rows-panel")).to_have_count(0)


def click_mark(page, graph, place, trace="last"):
    """A click into the middle of a mark, as a hand does it."""
    marks = page.locator(f"#overview--{graph} .trace:has(.point)")
    mark = getattr(marks, trace).locator(".point").nth(place)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(150)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def shown_in_table(page, key, row):
    """The number that the chart's own table has for the mark."""
    cell = page.locator(f"[data-views={key}] .view-table tbody tr").nth(row).locator("td").nth(1)
    return cell.text_content()


def test_a_number_opens_as_many_rows_and_back_closes_them(page):
    number = page.locator("#overview--conversations .kpi-value .rows-link")
    told = number.inner_text()
    number.click()
    assert opened(page) == told
    expect(page.locator("#overview--conversations")).to_have_class("kpi marked")
    page.go_back()
    closed(page)
    assert "rows=" not in page.url


def test_a_bar_of_reasons_opens_the_mentions_it_counts(page):
    row = page.locator(".reason-table tbody tr").first
    told = row.locator("b").inner_text()
    row.locator(".reason-bar a").click()
    assert opened(page) == told
    expect(row).to_have_class("marked")
    page.keyboard.press("Escape")
    closed(page)


def test_a_point_and_a_bar_of_a_chart_open_what_they_count(page):
    for graph, key, place in (("by-hour-graph", "hourly", 2), ("matrix-graph", "efficiency", 0)):
        told = shown_in_table(page, key, place)
        click_mark(page, graph, place)
        assert opened(page) == told
        expect(page.locator(f"#overview--{graph} .marked")).to_have_count(1)
        page.keyboard.press("Escape")
        closed(page)


def test_a_cell_of_the_table_opens_its_rows(page):
    cell = page.locator(".agents-table tbody tr").nth(1).locator("td").nth(1).locator("a")
    told = cell.inner_text()
    cell.click()
    assert opened(page) == told


def test_a_copied_link_opens_the_same_for_somebody_else(page, served):
    page.locator("#overview--csat_score .kpi-value .rows-link").click()
    told = opened(page)
    page.locator(".rows-parts a").nth(2).click()
    expect(page.locator(".rows-parts .segment-on")).to_contain_text("1 a 3")
    address = page.url
    other = served.page(MANAGER, **DESK)
    other.goto(address)
    expect(other.locator(".rows-parts .segment-on")).to_contain_text("1 a 3")
    assert opened(other) != told
    other.locator(".rows-close").click()
    closed(other)
    assert "/overview?period=90d" in other.url


def test_searching_turns_no_page_of_the_history(page):
    page.locator("#overview--conversations .kpi-value .rows-link").click()
    opened(page)
    page.fill("#rows--find", "script")
    expect(page.locator(".rows-foot")).to_contain_text("de 15")
    expect(page.locator(".rows-list .row-first").first).to_have_text(HOSTILE[1])
    page.select_option(".rows-order", "oldest")
    expect(page.locator("#rows--find")).to_have_value("script")
    page.go_back()
    closed(page)


def test_a_chart_turns_into_its_table_and_stays_one(page):
    page.locator("[data-table=daily]").click()
    expect(page.locator("#overview--daily .view-table")).to_be_visible()
    expect(page.locator("#overview--daily .view-chart")).to_be_hidden()
    page.reload()
    expect(page.locator("#overview--daily .view-table")).to_be_visible()


def test_an_attribute_is_chosen_and_taken_back(page):
    page.click("#filters--filter-add")
    page.fill("#filters--find", "cadastros")
    page.locator(".attribute-list [data-filter-label]").filter(has_text="Cadastros").click()
    page.locator(".attribute-list .checklist label").filter(has_text="<script>").click()
    page.click("#filters--apply-values")
    expect(page.locator("#overview--conversations .kpi-value")).to_have_text("15")
    expect(page.locator(".chip-group.set")).to_have_count(1)
    expect(page.locator(".nav a[href^='/details']")).to_have_attribute(
        "href", page.url.replace(page.url.split("/overview")[0], "").replace("overview", "details")
    )
    page.locator(".chip-clear").click()
    expect(page.locator(".chip-group.set")).to_have_count(0)


def test_a_file_is_prepared_and_saved(page):
    with page.expect_download() as saving:
        page.locator(".page-header [data-download]").click()
    assert saving.value.suggested_filename.endswith(".xlsx")
    expect(page.locator(".toast-line")).to_be_visible()


def test_on_a_phone_the_list_takes_the_whole_screen(served):
    phone = served.page(MANAGER, viewport={"width": 390, "height": 844})
    phone.goto("/overview?period=90d&rows=conversations")
    opened(phone)
    assert phone.locator(".rows-panel").bounding_box()["width"] == 390


def test_a_step_of_why_opens_its_rows_and_back_leads_to_why_again(page):
    page.goto("/overview?from=2026-11-17&to=2026-11-23")
    page.locator("#overview--csat_score .why-link").click()
    step = page.locator(".why-table .why-n .rows-link").first
    told = step.inner_text().split()[-1]
    step.click()
    assert opened(page) == told
    page.go_back()
    expect(page.locator(".why-table")).to_be_visible()
    page.locator(".segment", has_text="Agente").last.click()
    expect(page.locator(".why-panel .segment-on")).to_have_text("Agente")
    page.keyboard.press("Escape")
    closed(page)
    assert "why=" not in page.url
