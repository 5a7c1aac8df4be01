"""A browser drops a whole rule for one selector that it does not know, and televisions are old."""

import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "assets"


def selector_lists(css: str) -> list[list[str]]:
    """The selectors of each rule; commas in brackets part nothing."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    preludes = re.findall(r"([^{};]+)\{", css)
    return [
        re.split(r",(?![^(\[]*[)\]])", prelude)
        for prelude in preludes
        if not prelude.lstrip().startswith("@")
    ]


@pytest.mark.parametrize("path", sorted(ASSETS.glob("[1-9]*.css")), ids=lambda path: path.name)
def test_has_takes_no_older_selector_down_with_it(path):
    for selectors in selector_lists(path.read_text()):
        assert len({":has(" in selector for selector in selectors}) == 1, ",".join(selectors)


def test_a_mixed_list_is_noticed():
    assert selector_lists("a, b:has(c, d) e {x: y} @media print { f {} }") == [
        ["a", " b:has(c, d) e "],
        [" f "],
    ]
