import io

import openpyxl
import orjson
import pytest

from tests.worlds.bi_world import HOSTILE, LABEL, hostile
from tests.worlds.web_world import ANALYST, MANAGER, web


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web"), current=hostile()) as world:
        yield world


def book(served, path):
    answer = served.browser(MANAGER).get(path)
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data), data_only=True)


def test_the_overview_has_its_sheets(served):
    names = book(served, "/exports/overview.xlsx").sheetnames
    assert names[0] == "Resumo"
    assert {"Principais motivos", "Conversas por dia", "Agentes"} <= set(names)
    assert names[-3:] == ["Base Completa", "Chamadas", "Definições"]


def test_every_row_is_in_the_base_and_formulas_are_text(served):
    base = book(served, "/exports/overview.xlsx?period=90d")["Base Completa"]
    assert base.max_row == 1 + 97
    told = {cell.value: cell for row in base for cell in row if cell.value is not None}
    assert told[HOSTILE[2]].data_type == "s"
    assert not [cell for row in base for cell in row if cell.data_type == "f"]
    assert told["Assunto"].data_type == "s"


def test_the_summary_agrees_with_the_api(served):
    sheet = book(served, "/exports/overview.xlsx?period=28d")["Resumo"]
    rows = {row[-1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    answer = served.browser(MANAGER).get("/api/v1/summary").get_json()["metrics"]
    for key in ("conversations", "csat_score", "loss_rate"):
        assert rows[key][1] == pytest.approx(answer[key]["value"])
        assert rows[key][2] == answer[key]["n"]


def test_the_panels_file_has_the_rows_of_the_panel(served):
    path = "/exports/overview/rows.xlsx?rows=top_reasons&cell=reason:Boleto e pagamento"
    found = book(served, path)
    assert found.sheetnames == ["Linhas", "Definições"]
    searched = book(served, path + "&rows_find=c3 zzz")
    assert searched["Linhas"].max_row == 1
    assert found["Linhas"].max_row > 1
    facts = {row[0]: row[1] for row in found["Definições"].iter_rows(values_only=True)}
    assert facts["Lista"] == "Principais motivos · Boleto e pagamento"


def test_columns_of_the_details_are_those_that_were_chosen(served):
    name = f"attr.{LABEL}"
    answer = served.browser(MANAGER).get(
        "/exports/details.xlsx", query_string={"column": ["id", name], "find": "script"}
    )
    found = openpyxl.load_workbook(io.BytesIO(answer.data))
    first = found[found.sheetnames[0]]
    assert [cell.value for cell in first[1]] == ["Id", LABEL]
    assert {row[1] for row in first.iter_rows(min_row=2, values_only=True)} == {HOSTILE[1]}


def test_a_plain_file_of_calls_can_be_had_too(served):
    answer = served.browser(MANAGER).get("/exports/details.csv?of=calls")
    told = answer.data.decode("utf-8-sig").splitlines()
    assert len(told) == 1 + 5
    assert told[0].startswith("Início;Cliente;Telefone")
    assert "'+5511955501234" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/exports/moon.xlsx", 404),
        ("/exports/overview.pdf", 404),
        ("/exports/overview/rows.xlsx", 400),
        ("/exports/overview/rows.xlsx?rows=moon", 400),
        ("/exports/overview/rows.xlsx?rows=conversations&cell=moon:1", 400),
        ("/exports/overview.xlsx?from=2026-13-01", 400),
    ],
)
def test_what_cannot_be_made_is_refused(served, path, status):
    assert served.browser(MANAGER).get(path, headers={}).status_code == status


def test_only_managers_get_files(served):
    for path in ("/exports/overview.xlsx", "/exports/details.csv"):
        assert served.browser(ANALYST).get(path, headers={}).status_code == 403
        stranger = served.browser().get(path, headers={"Accept": "application/json"})
        assert stranger.status_code == 401


def test_an_export_is_noted(tmp_path):
    with web(tmp_path) as world:
        world.browser(MANAGER).get("/exports/overview/rows.csv?rows=conversations")
        keys = world.state.keys("audit/export/")
        entries = [orjson.loads(world.state.get(key) or b"") for key in keys]
        assert [(e["what"], e["page"], e["who"]) for e in entries] == [
            ("export", "overview", MANAGER)
        ]


def test_before_the_first_data_there_is_nothing_to_save(tmp_path):
    with web(tmp_path, starting=True) as world:
        answer = world.browser(MANAGER).get("/exports/overview.xlsx", headers={})
        assert answer.status_code == 503
