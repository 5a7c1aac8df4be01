"""Pages outside Dash: signing in, forms, errors. Templates that need no script and escape all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from layouts.i18n import Text

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes:
        name: Under which it is sent.
        kind: text, email or password.
        autocomplete: What the browser may put in.
        hint: A line below it.
        focus: Whether one can type into it at once.
    """

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    focus: bool = False


@dataclass(frozen=True)
class Form:
    """A form, in its order.

    Attributes:
        action: Where it is sent.
        submit: On its button.
        does: Which of several forms of one address it is.
        quiet: Whether its button stands back.
    """

    action: str
    fields: Sequence[Field]
    submit: str
    does: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Section:
    """One of several things on a page.

    Attributes:
        link: Address and words.
        secret: Lines to be copied by hand.
    """

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
    """The login page.

    Args:
        csrf_token: Goes back with the form.
        nonce: Of the page's script.
        email: What was typed before.
        target: Where to go on to afterwards.
        message: Why it did not work.
        first_account: Whether nobody can sign in yet.
        provider: Name of the OpenID provider; None = there is none.
        passwords: Whether passwords are accepted.
    """
    return _render("login.html", **locals())


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
    """A page with one form, or with several below each other.

    Args:
        csrf_token: Goes back with each form.
        lead: What to do.
        back: Address and words of the way out.
        form: The only form.
        sections: Several forms, and what belongs to them.
        message: Why it did not work.
        done: What was done.
    """
    return _render("form_page.html", **locals())


def error_page(
    text: Text, *, theme: str, title: str, words: str, href: str = "/", link: str | None = None
) -> str:
    """The page in place of a page that could not be made.

    Args:
        words: What to do about what happened.
        href: A way on.
        link: What that is called; the beginning, where nothing is said.
    """
    link = link or text("shell.home")
    return _render("error_page.html", **locals())


def _render(template: str, **values: Any) -> str:
    return TEMPLATES.get_template(template).render(values)
