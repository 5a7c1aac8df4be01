"""Pages outside Dash: signing in, forms, errors. Templates that need no script and escape all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from layouts import bundles
from layouts.access.guides import NAMES
from layouts.i18n import Text

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals["address"] = bundles.address


@dataclass(frozen=True)
class Field:
    """`name` is what it is sent under; `focus` puts the cursor into it."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    focus: bool = False


@dataclass(frozen=True)
class Form:
    """`does` tells several forms of one address apart; a `quiet` button stands back."""

    action: str
    fields: Sequence[Field]
    submit: str
    does: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Section:
    """`link` is an address and its words; `secret` are lines to be copied by hand."""

    title: str
    words: str
    form: Form | None = None
    link: tuple[str, str] | None = None
    secret: Sequence[str] = ()


def login_page(
    text: Text,
    *,
    theme: str,
    csrf_token: str,
    nonce: str,
    email: str = "",
    target: str = "",
    message: str | None = None,
    first_account: bool = False,
    provider: str | None = None,
    passwords: bool = True,
) -> str:
    """`nonce` is the script's; `provider` names the OpenID provider; `target` is where to go on."""
    return render("login.html", **locals())


def form_page(
    text: Text,
    *,
    theme: str,
    csrf_token: str,
    title: str,
    lead: str,
    back: tuple[str, str],
    form: Form | None = None,
    sections: Sequence[Section] = (),
    message: str | None = None,
    done: str | None = None,
) -> str:
    """One form, or `sections` below each other; `back` is the address and words of the way out."""
    return render("form_page.html", **locals())


def error_page(
    text: Text,
    *,
    theme: str,
    title: str,
    words: str,
    href: str = "/",
    link: str | None = None,
    reference: str = "",
) -> str:
    """`reference` leads to the lines of the log."""
    link = link or text("shell.home")
    return render("error_page.html", **locals())


def guide_page(text: Text, *, theme: str, name: str, content: str) -> str:
    """A part of the documentation; `content` is HTML of ours."""
    return render("guide.html", title=text(f"help.name.{name}"), guides=NAMES, **locals())


def render(template: str, **values: Any) -> str:
    return TEMPLATES.get_template(template).render(values)
