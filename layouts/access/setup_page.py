"""The guided set-up as a page: steps at the side, one form, and the numbers that it moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from layouts.access.plain_pages import render
from layouts.i18n import Text

Kind = Literal["checkbox", "select", "text", "password", "time", "number", "textarea"]


@dataclass(frozen=True)
class Control:
    """`label` is said to who does not see the row; `options` are values and their words."""

    kind: Kind
    name: str
    label: str
    value: str = ""
    checked: bool = False
    options: Sequence[tuple[str, str]] = ()
    placeholder: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    controls: Sequence[Control] = ()
    meta: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """`is_list`: many rows of the same kind, close together."""

    title: str
    rows: Sequence[Row]
    words: str = ""
    is_list: bool = False


@dataclass(frozen=True)
class Link:
    key: str
    label: str
    href: str
    is_done: bool


@dataclass(frozen=True)
class Told:
    """What came of it, `good`, `optional` or `wrong`."""

    mark: str
    words: str


@dataclass(frozen=True)
class Action:
    """A button of the form beside "save and go on"."""

    does: str
    label: str


@dataclass(frozen=True)
class Page:
    """One step, ready to be drawn; `code` are the digits for a television, and its address."""

    step: str
    title: str
    lead: str
    groups: Sequence[Group]
    links: Sequence[Link]
    numbers: Sequence[Mapping[str, str]] = ()
    told: Sequence[Told] = ()
    fixed: Sequence[str] = ()
    actions: Sequence[Action] = ()
    code: tuple[str, str] | None = None
    waiting: str = ""
    history: str = ""
    submit: str = ""


def setup_page(text: Text, page: Page, *, theme: str, csrf_token: str, nonce: str) -> str:
    return render("setup.html", title=page.title, sheet="setup.css", **locals())
