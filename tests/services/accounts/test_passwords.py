"""What a password must not be."""

import pytest

from services.accounts.passwords import find_password_problem, make_one_time_password

ABOUT = ("marina.falcao@nuvem.example", "Marina Falcão")


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "P4ssw0rd!!!",
        "senha123456",
        "Senha@2026!!",
        "1234567890",
        "9876543210123",
        "aaaaaaaaaaaa",
        "abababababab",
        "qwertyuiop",
        "1q2w3e4r5t",
        "mudar123mudar",
        "Flamengo2026",
        "vigia-gestora",
        "Vigia2026!!",
        "intercom.aircall",
        "suporte@2026",
        "bem-vindo-2026",
        "TeAmoTeAmo1",
        "marina.falcao",
        "Falcão-Marina-1",
        "MARINA2026nuvem",
        "m4rin4f4lc40",
        "primavera2026",
        "Março/2026!",
        "   senha   ",
    ],
)
def test_what_is_tried_first_is_refused(password):
    assert find_password_problem(password, 10, *ABOUT) == "common_password"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "senha açaí 123",
        "bananeira-no-quintal",
        "k7#vQ2!mZp9w",
        "три белых коня",
        "água de coco gelada",
        "marina gosta de ondas",
    ],
)
def test_words_of_ones_own_are_good(password):
    assert find_password_problem(password, 10, *ABOUT) is None


@pytest.mark.parametrize(
    ("length", "said"), [(9, "short_password"), (10, None), (1000, None), (1001, "long_password")]
)
def test_the_length_has_two_ends(length, said):
    assert find_password_problem(("kestrel fjord " * 80)[:length], 10) == said


def test_a_name_of_somebody_else_is_not_obvious():
    assert find_password_problem("marina.falcao", 10) is None


def test_one_time_passwords_are_good_and_never_the_same():
    made = {make_one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert [word for word in made if find_password_problem(word, 10, *ABOUT)] == []
    assert {len(word) for word in made} == {19}
