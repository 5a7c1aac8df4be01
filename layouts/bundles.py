"""What browsers load from `assets/`: put together for each role, and named by its content.

A role's bundle is its style sheets and its scripts: those of everybody, and those that bear the
name of one of its pages. `charts.js` is Plotly, behind the locale that it looks for as it starts.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from dash.fingerprint import build_fingerprint

from layouts.roles import PAGES, ROLES

ASSETS = Path(__file__).parents[1] / "assets"
SIGN_IN = "login"
SIGN_IN_FILES = ("10-tokens.css", "20-base.css", "50-login.css", "login.js")
CHARTS = "charts.js"
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
    made[CHARTS] = _join(CHART_FILES).encode()
    for group in (SIGN_IN, *ROLES):
        made[f"{group}.js"] = _join(_names(group, "js")).encode()
        sheet = _join(_names(group, "css"))
        made[f"{group}.css"] = _FONT.sub(
            lambda found: _address(found[0], made[found[0]]), sheet
        ).encode()
    return made


def _names(group: str, kind: str) -> Iterable[str]:
    return sorted(path.name for path in ASSETS.glob(f"*.{kind}") if _belongs(path.name, group))


def _belongs(name: str, group: str) -> bool:
    if group == SIGN_IN:
        return name in SIGN_IN_FILES
    owner = _OWNER.match(name)
    page = PAGES.get(f"/{owner[1]}") if owner else None
    if page is not None:
        return group in page.roles
    return name not in CHART_FILES and not name.endswith(SIGN_IN_FILES[-2:])


def _join(names: Iterable[str]) -> str:
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def _address(name: str, content: bytes) -> str:
    fingerprint = build_fingerprint(name, "0", hashlib.sha256(content).hexdigest()[:16])
    return f"/assets/{fingerprint}"
