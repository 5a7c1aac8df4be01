"""The site of the documentation: complete in itself, and built without a network."""

import re
import subprocess
import sys
from pathlib import Path

import metrics.measures  # noqa: F401  (fills the catalogue)
from metrics.model.catalog import CATALOG

ROOT = Path(__file__).parents[1]
LOADED = re.compile(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="(https?:[^"]+)"')


def test_the_site_has_all_its_links_and_numbers_and_asks_no_other_host(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    pages = {page.relative_to(tmp_path): page.read_text() for page in tmp_path.rglob("*.html")}
    assert len(pages) > 20
    assert [found for text in pages.values() for found in LOADED.findall(text)] == []
    for language in ("pt-BR", "en"):
        told = set(re.findall('id="([a-z_]+)"', pages[Path(language, "glossary", "index.html")]))
        assert told >= CATALOG.keys()
