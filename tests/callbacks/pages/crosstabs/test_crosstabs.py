"""The page of cross-tabs, asked over HTTP as the browser does."""

import io
from urllib.parse import urlencode

import openpyxl
import pytest

from services.settings.config import Settings
from tests.worlds.api_world import FELIPE, conversation, snapshot
from tests.worlds.web_world import ANALYST, MANAGER, web

OUTPUT = "crosstabs--content.children"
PANEL = "side-panel.children"
REASON, SECOND = "attr.Motivo de Contato", "attr.Motivo 2 (Se houver)"
STATUS, CATEGORY = "attr.Status do atendimento", "attr.Categoria do sistema"
REGISTRATIONS, AREA = "attr.Cadastros", "attr.Equipe"
LONG = "x" * 200
ODD = "a[]:*?/\\ <b>"
HOSTILE = "attr.[]:*?/\\ & created_at"
ROWS = [
    conversation("1", **{STATUS: "Resolvido", SECOND: "Acesso", AREA: "N1", HOSTILE: ODD}),
    conversation("2", **{STATUS: "Resolvido", SECOND: "Senha", AREA: "N1", HOSTILE: LONG}),
    conversation("3", **{STATUS: "Pendente", SECOND: "Acesso", AREA: "N2", HOSTILE: "created_at"}),
    conversation("4", agent_id=FELIPE, **{REASON: "Acesso", STATUS: "Pendente", HOSTILE: "1"}),
    conversation("5", state="open", **{REASON: "Acesso", SECOND: "Senha", HOSTILE: "1.0"}),
    conversation("6", **{REASON: None, CATEGORY: "Portal", REGISTRATIONS: "A, B"}),
    conversation("7", **{REASON: "Outro", CATEGORY: "Portal", REGISTRATIONS: "Cliente"}),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web"), current=snapshot(ROWS)) as found:
        yield found


def content(world, email=MANAGER, **query):
    values = {"url.search": "?" + urlencode(query), "url.pathname": "/crosstabs"}
    answer = world.browser(email).fire(OUTPUT, **values)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["crosstabs--content"]["children"]


def rows(world, link, **query):
    key, *cells = link.split("\n")
    search = urlencode([*query.items(), ("rows", key), *[("cell", cell) for cell in cells]])
    values = {"url.search": "?" + search, "url.pathname": "/crosstabs"}
    answer = world.browser(MANAGER).fire(PANEL, **values)
    assert answer.status_code == 200, answer.text
    return words(answer.get_json()["response"]["side-panel"]["children"])


def found(tree, test):
    if isinstance(tree, list):
        return [one for part in tree for one in found(part, test)]
    if not isinstance(tree, dict):
        return []
    props = tree.get("props", {})
    here = [props] if test(props) else []
    return here + [one for part in props.values() for one in found(part, test)]


def words(tree):
    if isinstance(tree, list):
        return " ".join(" ".join(words(part) for part in tree).split())
    if isinstance(tree, dict):
        return words(tree.get("props", {}).get("children"))
    return "" if tree is None else str(tree)


def links(tree):
    """Every number that opens rows, by what it opens."""
    marks = found(tree, lambda props: "data-rows-link" in props)
    told = {one["data-rows-link"]: words(one["children"]) for one in marks}
    return {link: said for link, said in told.items() if said.isdecimal()}


TABLE = {"show": "table"}


def test_the_usual_table_is_status_by_reason(world):
    told = links(content(world, **TABLE))
    assert told[f"conversations\n{REASON}:Boleto e pagamento\n{STATUS}:Resolvido"] == "2"
    assert told[f"conversations\n{REASON}:Acesso\nfilled.{STATUS}:1"] == "1"
    assert told[f"conversations\nfilled.{REASON}:1\nfilled.{STATUS}:1"] == "4"
    assert "n 4 com os dois, 3 sem um deles" in words(content(world, **TABLE))


@pytest.mark.parametrize(
    "query",
    [
        TABLE,
        {},
        {"show": "table", "empty": "show"},
        {"show": "table", "row": HOSTILE, "column": "agent", "top": "5"},
        {"show": "heat", "row": "state", "column": "team"},
        {"show": "heat", "row": "channel", "column": "origin"},
        {"report": "reasons"},
        {"report": "reasons", "direction": "back", "value": "Senha"},
        {"report": "categories"},
        {"report": "categories", "of": HOSTILE, "top": "5"},
    ],
)
def test_every_number_opens_as_many_rows(world, query):
    told = links(content(world, **query))
    assert told
    for link, said in told.items():
        if link.startswith("conversations\n"):
            assert f" {said} conversa" in rows(world, link, **query), link


@pytest.mark.parametrize("measure", ["row", "column", "all", "time", "csat"])
def test_cells_tell_what_is_asked(world, measure):
    said = words(content(world, show="heat", measure=measure))
    expected = {"row": "66,7%", "column": "100,0%", "all": "50,0%", "time": "", "csat": ""}
    assert expected[measure] in said


def test_shares_of_a_line_are_of_all_its_conversations(world):
    tree = content(world, row=STATUS, column=REASON, columns="8")
    (bar,) = found(tree, lambda p: p.get("aria-label") == "Boleto e pagamento: 1 (50,0%)")
    assert bar["style"] == {"--share": "50.00%"}


def test_a_hostile_value_is_whole_in_its_title(world):
    tree = content(world, row=HOSTILE, column="state", show="table")
    titles = {one.get("title") for one in found(tree, lambda props: props.get("title"))}
    assert {LONG, ODD, "created_at", "1", "1.0"} <= titles


def test_an_attribute_that_nobody_has_is_said_in_words(world):
    assert "O atributo «Nada» não existe nos dados" in words(content(world, row="attr.Nada"))


def test_a_side_by_itself_is_said_in_words(world):
    assert "são o mesmo atributo" in words(content(world, row=REASON, column=REASON))


def test_a_missing_label_of_the_settings_is_said_in_words(tmp_path):
    settings = Settings.model_validate({"attributes": {"registrations": "Nenhum destes"}})
    with web(tmp_path, current=snapshot(ROWS), settings=settings) as world:
        said = words(content(world, report="categories"))
        assert "O atributo «Nenhum destes» não existe nos dados" in said


def test_a_reason_is_followed_to_the_second_and_back(world):
    forth = words(content(world, report="reasons", value="Acesso"))
    assert "n 4 com os dois" in forth
    assert "Com «Acesso» n 1" in forth
    back = links(content(world, report="reasons", direction="back", value="Senha"))
    assert back[f"conversations\n{SECOND}:Senha\n{REASON}:Acesso"] == "1"
    assert back[f"conversations\n{SECOND}:Senha\n{REASON}:Boleto e pagamento"] == "1"


def test_a_value_that_is_gone_is_not_an_error(world):
    assert "n 4 com os dois" in words(content(world, report="reasons", value="Sumiu"))


def test_categories_tell_everything_of_the_old_report(world):
    said = words(content(world, report="categories"))
    assert "Categoria principal Portal 2 casos" in said
    assert "Área mais demandada N1 2 casos" in said
    assert "Categoria do sistema por Cadastros n 2 com os dois" in said
    assert "28,6%" in said
    assert "Ver as linhas em Detalhes" in said


def test_no_conversations_is_said_in_words(world):
    query = {"from": "2026-11-01", "to": "2026-11-01"}
    assert "Nada neste período" in words(content(world, **query))
    assert "Nada neste período" in words(content(world, report="categories", **query))
    assert "Nada neste período" in words(content(world, report="reasons", **query))


def test_hundreds_of_values_are_folded(tmp_path):
    many = [conversation(str(n), **{REASON: f"r{n}", STATUS: "s"}) for n in range(300)]
    with web(tmp_path, current=snapshot(many)) as world:
        told = links(content(world, show="table"))
        assert told[f"conversations\nothers.{REASON}:10\n{STATUS}:s"] == "290"
        assert "Outros (290)" in words(content(world))


def test_an_analyst_sees_no_cross_tabs(world):
    values = {"url.search": "", "url.pathname": "/crosstabs"}
    assert world.browser(ANALYST).fire(OUTPUT, **values).status_code == 403


def book(world, **query):
    answer = world.browser(MANAGER).get("/exports/crosstabs.xlsx", query_string=query)
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data), data_only=True)


def lines(sheet):
    return [list(line) for line in sheet.iter_rows(values_only=True)]


def test_the_file_begins_with_the_table_that_the_page_shows(world):
    found = book(world, row=REASON, column=STATUS)
    first, *rest = lines(found.worksheets[0])
    assert first == ["Motivo de Contato", "Pendente", "Resolvido", "Total"]
    assert rest == [
        ["Boleto e pagamento", 1, 2, 3],
        ["Acesso", 1, 0, 1],
        ["Outro", 0, 0, 0],
        ["Total", 2, 2, 4],
    ]
    assert found.worksheets[1].title == "Resumo"


def test_the_file_tells_what_the_cells_tell(world):
    shares = lines(book(world, row=REASON, column=STATUS, measure="row", show="heat").worksheets[0])
    assert shares[1] == ["Boleto e pagamento", pytest.approx(1 / 3), pytest.approx(2 / 3), 1]
    assert shares[-1] == ["Total", 0.5, 0.5, 1]
    times = book(world, row=REASON, column=STATUS, measure="time", show="heat").worksheets[0]
    assert lines(times)[0][0] == "Motivo de Contato"


@pytest.mark.parametrize(
    ("query", "head"),
    [
        ({"report": "reasons"}, ["Motivo de Contato", "Acesso", "Senha", "Total"]),
        ({"report": "categories"}, ["Categoria do sistema", "A, B", "Cliente", "Total"]),
        ({"row": HOSTILE, "column": STATUS}, None),
        ({"row": "attr.Nenhum", "column": STATUS}, None),
    ],
)
def test_every_report_has_a_file(world, query, head):
    found = book(world, **query)
    if head:
        assert head in [lines(sheet)[0] for sheet in found]
    assert "Base Completa" in found.sheetnames
