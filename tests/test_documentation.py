"""The site of the documentation: complete in itself, and built without a network."""

import re
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

ROOT = Path(__file__).parents[1]
LOADED = re.compile(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="(https?:[^"]+)"')


@pytest.mark.filterwarnings("ignore")
def test_the_site_builds_with_all_its_links_and_asks_no_other_host(tmp_path):
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path)))
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    loaded = {address for page in pages for address in LOADED.findall(page.read_text())}
    assert {
        address for address in loaded if not address.startswith("https://vigia.example")
    } == set()
