import pytest

from tests.worlds.bi_world import BAR, components, hostile, of_class, words
from tests.worlds.web_world import MANAGER, web

OUTPUT = BAR.format(page="details")


@pytest.fixture(scope="module")
def manager(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web"), current=hostile()) as world:
        yield world.browser(MANAGER)


def shown(manager, search=""):
    answer = manager.fire(OUTPUT, **{"url.search": search, "url.pathname": "/details"})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]["details--content"]["children"]


def cells(tree, column):
    rows = [c["props"]["children"] for c in components(tree) if c["type"] == "Tr"][1:]
    return [words(row[column]) for row in rows]


def test_every_row_of_the_period_is_counted(manager):
    drawn = shown(manager)
    assert words(of_class(drawn, "details-count")) == "97 conversas"
    assert "1 a 97 de 97" in words(of_class(drawn, "rows-foot"))


def test_calls_are_the_other_table(manager):
    assert words(of_class(shown(manager, "?of=calls"), "details-count")) == "5 ligações"


def test_columns_are_those_of_the_address_in_the_tables_order(manager):
    heads = of_class(shown(manager, "?column=rating&column=id&column=moon"), "sort-link")
    assert [words(head) for head in heads] == ["Nota", "Id"]


def test_rows_are_sorted_by_any_column_and_those_without_a_value_come_last(manager):
    column = cells(shown(manager, "?column=rating&order=-rating"), 0)
    numbers = [int(value) for value in column if value]
    assert numbers == sorted(numbers, reverse=True)
    assert column[: len(numbers)] == [str(n) for n in numbers]
    column = cells(shown(manager, "?column=subject&order=subject"), 0)
    assert column == sorted(column, key=str.casefold)


def test_words_narrow_the_rows(manager):
    drawn = shown(manager, "?find=שלום")
    assert words(of_class(drawn, "details-count")) == "15 conversas"
    assert "Nenhuma linha" in words(shown(manager, "?find=zzz"))


def test_filters_are_those_of_every_page(manager):
    drawn = shown(manager, "?origin=teammate")
    assert words(of_class(drawn, "details-count")) == "1 conversa"


@pytest.mark.parametrize("search", ["?page=0", "?page=x", "?of=people", "?shift=none"])
def test_an_address_of_another_form_says_so(manager, search):
    assert search[1:].split("=")[0] in words(of_class(shown(manager, search), "banner"))


def test_a_page_beyond_the_last_is_the_last(manager):
    assert "1 a 97 de 97" in words(shown(manager, "?page=900"))
