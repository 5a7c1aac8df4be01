"""Help inside: the guides of `docs/`, as pages of our own, in the reader's language.

`make docs` makes a site of the same files; the glossary is the catalogue in words.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import get_args

from markdown import markdown

import metrics.measures  # noqa: F401  (fills the catalogue)
from layouts.i18n import Text, text_for
from metrics.model.catalog import CATALOG, Table

FOLDER = Path(__file__).parents[2] / "docs"
GLOSSARY = "glossary"
NAMES = ("lead", "analyst", "wall", GLOSSARY, "privacy", "api")
EXTENSIONS = ("attr_list", "fenced_code", "tables", "toc")
_LINK = re.compile(r"\]\((?:../en/)?([a-z]+)\.md(#[\w-]+)?\)")


@cache
def read_guide(name: str, language: str) -> str | None:
    """HTML; in the other language where there is no such guide in this one."""
    made: Callable[[str], str] = _read_file(name) if name != GLOSSARY else write_glossary
    for tried in (language, "en", "pt-BR"):
        if content := made(tried):
            drawn: str = markdown(_LINK.sub(r"](/help/\1\2)", content), extensions=EXTENSIONS)
            return drawn
    return None


def _read_file(name: str) -> Callable[[str], str]:
    def read(language: str) -> str:
        path = FOLDER / language / f"{name}.md"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    return read


def write_glossary(language: str) -> str:
    """Every number of the catalogue in Markdown; a number's anchor is its key."""
    text: Text = text_for(language)
    lines = [f"# {text('help.glossary.title')}", "", text("help.glossary.lead")]
    for table in get_args(Table):
        lines += ["", f"## {text(f'help.glossary.{table}')}"]
        for metric in CATALOG.values():
            if metric.table == table:
                words = f"metrics.{metric.key}"
                lines += [
                    "",
                    f"### {text(f'{words}.label')} {{#{metric.key}}}",
                    "",
                    f"`{metric.key}` · {text(f'help.glossary.kind.{metric.kind}')}",
                    "",
                    text(f"{words}.definition"),
                ]
    return "\n".join([*lines, ""])
