import re
from pathlib import Path

import pytest

from layouts.palette import PALETTES

TOKENS = Path(__file__).parents[2] / "assets" / "10-tokens.css"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_python_and_css_name_the_same_colours(theme):
    block = re.search(rf"\[data-bs-theme={theme}\]\{{(.*?)\n\}}", TOKENS.read_text(), re.DOTALL)
    css = dict(re.findall(r"--v-([a-z0-9-]+):(#[0-9A-F]{6})", block.group(1)))
    assert {name: css[name] for name in PALETTES[theme]} == dict(PALETTES[theme])
