"""A list as the vendors' own screens export it, through the page: every difference has a cause."""

import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from layouts.i18n import text_for
from services.sandbox.exports import CALLS, CONVERSATIONS, write_exports
from services.sandbox.team.people import FINANCE, FRONT
from services.settings.config import Settings
from tests.worlds.bi_world import words
from tests.worlds.collected import collected
from tests.worlds.sandboxes import SMALL
from tests.worlds.web_world import MANAGER, web

AT = datetime(2026, 11, 24, 17, 10, tzinfo=UTC)
SETTINGS = Settings.model_validate(
    {"teams": [{"id": str(FRONT)}, {"id": str(FINANCE)}], "sync": {"history_days": 12}}
)
SEARCH = "?period=7d&zone=UTC"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    with collected(
        folder, AT, SETTINGS, **{**SMALL, "conversations": 2000, "calls": 2500}
    ) as world:
        snapshot = world.everything()
        write_exports(world.sandbox.world, world.sandbox.tickets, folder, FINANCE)
    with web(folder, current=snapshot, settings=SETTINGS) as site:
        yield site.browser(MANAGER), folder


def send(browser, content, kind="json", search=SEARCH, **headers):
    return browser.post(
        f"/differences/file.{kind}{search}",
        data=content,
        headers={"Content-Type": "text/csv", **headers},
    )


@pytest.mark.parametrize(
    ("file", "search", "planted"),
    [
        (
            CONVERSATIONS,
            SEARCH,
            {
                "duplicate": 2,
                "logged_call": 2,
                "closed_in_period": 3,
                "ticket": 1,
                "gone": 1,
                "not_yet": 1,
                "outside_history": 1,
                "unreadable": 1,
                "outside_teams": None,
                "time_zone": None,
                "merged": None,
                "outbound": None,
                "after_export": None,
                "file_filtered": None,
            },
        ),
        (
            CALLS,
            f"{SEARCH}&what=calls",
            {
                "duplicate": 2,
                "gone": 1,
                "not_yet": 1,
                "outside_history": 1,
                "unreadable": 1,
                "status": None,
                "after_export": None,
                "file_filtered": None,
            },
        ),
    ],
)
def test_every_planted_difference_is_found_and_nothing_is_left(exported, file, search, planted):
    browser, folder = exported
    content = (folder / file).read_bytes()
    answer = send(browser, content, search=search)
    assert answer.status_code == 200
    tree = answer.get_json()["tree"]
    assert "tudo explicado, resto 0" in words(tree)
    assert "=HYPERLINK" not in words(tree)
    book = load_workbook(io.BytesIO(send(browser, content, "xlsx", search).data))
    summary, rows = book.worksheets
    first, *causes, last, rest = [row[:2] for row in summary.iter_rows(min_row=2, values_only=True)]
    assert first[1] + sum(n for _, n in causes) == last[1]
    assert rest[1] == 0
    assert rows.max_row - 1 == sum(abs(n) for _, n in causes)

    found = dict(causes)
    names = {cause: text_for("pt-BR")(f"differences.cause.{cause}") for cause in planted}
    assert {names[cause] for cause in planted} <= set(found)
    exact = {cause: abs(found[names[cause]]) for cause, n in planted.items() if n is not None}
    assert exact == {cause: n for cause, n in planted.items() if n is not None}


def test_what_is_no_list_says_which_columns_it_has(exported):
    browser, _ = exported
    said = words(send(browser, b"nome,valor\n1,2\n").get_json()["tree"])
    assert "Nenhuma coluna com o id" in said
    assert "nome, valor" in said
