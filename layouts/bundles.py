"""What browsers load from `assets/`: put together for each role, and named by its content.

A role's bundle is its style sheets and its scripts: those of everybody, and those that bear the
name of one of its pages. `charts.js` is Plotly, behind the locale that it looks for as it starts.
Dash's own part of a chart is with those who see charts: it would be asked for at each visit.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from dash import dcc
from dash.fingerprint import build_fingerprint

from layouts.roles import PAGES, REPORT_READERS, ROLES

ASSETS = Path(__file__).parents[1] / "assets"
SIGN_IN, SETUP = "login", "setup"
SIGN_IN_FILES = ("10-tokens.css", "20-base.css", "50-login.css", "login.js")
SETUP_FILES = ("10-tokens.css", "20-base.css", "50-setup.css", "setup.js")
CHARTS = "charts.js"
CHART_PART = Path(dcc.__file__).with_name("async-graph.js")
CHART_FILES = ("plotly-pt-br.js", "plotly-basic.min.js")
_OWNER = re.compile(r"(?:\d\d-)?([a-z]+)")
_FONT = re.compile(r"fonts/[\w-]+\.woff2")


def address(name: str) -> str:
    return addresses()[name]


@cache
def addresses() -> Mapping[str, str]:
    """Where each file is, with a fingerprint: the answer to one address never changes."""
    return {name: _address(name, content) for name, content in files().items()}


@cache
def files() -> Mapping[str, bytes]:
    """Content by name."""
    plain = ["favicon.svg", *(f"fonts/{path.name}" for path in (ASSETS / "fonts").iterdir())]
    made = {name: (ASSETS / name).read_bytes() for name in plain}
    made[CHARTS] = _join(_find(CHART_FILES)).encode()
    for group in (SIGN_IN, SETUP, *ROLES):
        parts = [CHART_PART] if group in REPORT_READERS else []
        made[f"{group}.js"] = _join([*_find(_names(group, "js")), *parts]).encode()
        sheet = _join(_find(_names(group, "css")))
        made[f"{group}.css"] = _FONT.sub(
            lambda found: _address(found[0], made[found[0]]), sheet
        ).encode()
    return made


def _names(group: str, kind: str) -> Iterable[str]:
    return sorted(path.name for path in ASSETS.glob(f"*.{kind}") if _belongs(path.name, group))


def _belongs(name: str, group: str) -> bool:
    if group not in ROLES:
        return name in (SIGN_IN_FILES if group == SIGN_IN else SETUP_FILES)
    owner = _OWNER.match(name)
    page = PAGES.get(f"/{owner[1]}") if owner else None
    if page is not None:
        return group in page.roles
    return name not in (*CHART_FILES, *SIGN_IN_FILES[-2:], *SETUP_FILES[-2:])


def _find(names: Iterable[str]) -> Iterable[Path]:
    return (ASSETS / name for name in names)


def _join(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def _address(name: str, content: bytes) -> str:
    fingerprint = build_fingerprint(name, "0", hashlib.sha256(content).hexdigest()[:16])
    return f"/assets/{fingerprint}"
