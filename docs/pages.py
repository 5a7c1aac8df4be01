"""What the site has besides the files of this folder: the glossaries, and what lies above it."""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from layouts.access.guides import write_glossary

ROOT = Path(__file__).parents[1]
# What stands at the top of the repository for those who look there first.
ABOVE = {
    "en/start.md": "README.md",
    "pt-BR/start.md": "README.pt-BR.md",
    "contributing.md": "CONTRIBUTING.md",
}


def on_files(files: Files, config: Any) -> Files:
    made = {f"{language}/glossary.md": write_glossary(language) for language in ("pt-BR", "en")}
    for path, name in ABOVE.items():
        made[path] = _move((ROOT / name).read_text(encoding="utf-8"), path.count("/"))
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links to what lies above this folder, where a page of the site stands for it."""
    up = "../" * page.file.src_path.count("/")
    for path, name in ABOVE.items():
        markdown = markdown.replace(f"]({up}../{name}", f"]({up}{path}")
    return markdown


def _move(content: str, depth: int) -> str:
    """Links from the top of the repository, as they are from the site's page."""
    up = "../" * depth
    for path, name in ABOVE.items():
        content = content.replace(f"]({name}", f"]({up}{path}")
    content = re.sub(r"\]\(docs/", rf"]({up}", content)
    # Files of the repository that the site does not have.
    return re.sub(
        r"\[([^]]+)\]\((?:deploy/[\w.-]+|config\.yaml|LICENSE|[./]*decisions/)\)",
        r"\1",
        content,
    )
