"""The documentation: what an installer has to know stands in it, and its site needs no network."""

import re
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from services.settings.config import Environment

ROOT = Path(__file__).parents[1]
LOADED = re.compile(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="(https?:[^"]+)"')


@pytest.mark.parametrize("readme", ["README.md", "README.pt-BR.md"])
def test_every_variable_stands_in_both_readmes(readme):
    text = (ROOT / readme).read_text()
    variables = [name.upper() for name in Environment.model_fields]
    assert [name for name in variables if f"`{name}`" not in text] == []


@pytest.mark.filterwarnings("ignore")
def test_the_site_builds_with_all_its_links_and_asks_no_other_host(tmp_path):
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path)))
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    loaded = {address for page in pages for address in LOADED.findall(page.read_text())}
    assert {
        address for address in loaded if not address.startswith("https://vigia.example")
    } == set()
