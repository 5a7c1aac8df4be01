import time

import pytest

from services.vendors.html_text import html_to_text, single_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<p>Olá,<br>o boleto n&atilde;o <b>che</b>gou</p><p>Obrigada</p>",
            "Olá, o boleto não chegou Obrigada",
        ),
        ("  muitos \n\t espaços \u00a0 aqui ", "muitos espaços aqui"),
        ("valor < 100 & prazo > 2", "valor < 100 & prazo > 2"),
        ("<style>p {color: red}</style><script>x()</script><p>texto</p>", "texto"),
        ("nome\u202egnp.exe \u200bzero\x00", "nomegnp.exe zero"),
        ("👩\u200d💻 ajuda", "👩\u200d💻 ajuda"),
        ("P&amp;D &lt;3", "P&D <3"),
        ("<b sem fim", "<b sem fim"),
        ("<p>Olá</p><b sem fim", "Olá"),
        ("menor <3 que & maior", "menor <3 que & maior"),
        ("<!-- nota --><?xml version='1.0'?><p>Olá</p>", "Olá"),
        ("\ud800 &amp; <b>oi</b>", "& oi"),
        ("&\x00", "&"),
        ("", None),
        (" \n ", None),
        ('<img src="https://downloads.example.com/a.png">', None),
        (None, None),
        (7, None),
        ({"a": 1}, None),
    ],
)
def test_what_is_left_is_one_plain_line(text: object, expected: str | None):
    assert html_to_text(text) == expected


def test_what_is_too_long_ends_in_an_ellipsis():
    assert html_to_text("a" * 120) == "a" * 120
    assert html_to_text("a" * 121) == "a" * 119 + "…"
    assert html_to_text(f"<p>{'palavra ' * 5000}</p>", 11) == "palavra pa…"


def test_text_behind_a_long_style_is_found():
    assert html_to_text(f"<style>{'p {color: red} ' * 1000}</style><p>Bom dia</p>") == "Bom dia"


@pytest.mark.parametrize(
    "part",
    [
        "<a b='",
        "<!--",
        "<",
        "<a",
        "</",
        "&#",
        "<![CDATA[",
        "<style>",
        "<?",
        "&amp;",
        "<div>",
        "<i></b>",
        "<a><div>",
    ],
)
def test_harmful_html_costs_no_time(part: str):
    # Processor time: what else the machine does is no matter.
    started = time.thread_time()
    html_to_text(part * 100_000)
    assert time.thread_time() - started < 2


def test_a_line_keeps_what_looks_like_html():
    assert single_line(" R&amp;D  <b> ") == "R&amp;D <b>"
    assert single_line("a\u202eb") == "ab"
    assert single_line("\ud83d") is None
