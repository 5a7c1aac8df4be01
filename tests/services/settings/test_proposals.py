"""What the vendors' lists suggest for the settings."""

from services.settings.proposals import Person, propose_labels, propose_people, propose_team


def test_labels_are_known_by_our_own_names_first_and_by_their_words_then():
    assert propose_labels(["motivo de  contato", "Motivo principal"]) == {
        "reason": "motivo de  contato"
    }
    found = propose_labels(["Segundo motivo", "Motivo", "Situação da conversa", "Plano"])
    assert found == {
        "second_reason": "Segundo motivo",
        "reason": "Motivo",
        "status": "Situação da conversa",
    }
    assert propose_labels(["Plano", "CX Score"]) == {}


def test_people_are_known_by_their_names_and_nobody_by_a_name_that_two_have():
    texts = [
        Person("João Vitor Lacerda", "joao@example.com"),
        Person("Ana Souza", "ana1@example.com"),
        Person("Ana Souza", "ana2@example.com"),
        Person("?", "p.reis@example.com"),
    ]
    voices = [
        Person("Joao Lacerda", "jl@example.com"),
        Person("Ana Souza", "ana@example.com"),
        Person("Paulo", "p.reis@example.org"),
    ]
    assert propose_people(texts, voices) == [(texts[0], voices[0]), (texts[3], voices[2])]


def test_a_line_goes_to_the_one_team_whose_name_it_bears():
    teams = {"1": "Suporte", "2": "Suporte N2", "3": "Vendas"}
    assert propose_team("Linha Vendas SP", teams) == "3"
    assert propose_team("Linha Suporte", teams) == "1"
    assert propose_team("Suporte N2", teams) is None
    assert propose_team("0800", teams) is None
