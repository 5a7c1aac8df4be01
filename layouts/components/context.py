"""What a layout needs to know of its reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote_plus

from layouts.formats import Formats
from layouts.i18n import Text
from layouts.links import view
from layouts.palette import PALETTES, Palette, Theme

FILTERS = ("team", "agent", "origin", "shift", "line", "handled_by")


@dataclass(frozen=True)
class Context:
    """The reader of a screen: language, theme and role, chosen per request.

    Attributes:
        role: manager, analyst or wall.
        wall: Whether the operations wall is open to the reader.
        choices: What its address chooses: parameter -> values, without what is open beside it.
    """

    text: Text
    formats: Formats
    theme: Theme
    role: str
    name: str
    path: str = "/"
    wall: bool = True
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict, compare=False)
    lists_rows: bool = False

    @property
    def palette(self) -> Palette:
        return PALETTES[self.theme]

    @property
    def is_filtered(self) -> bool:
        """Whether the reader chose some rows of a period."""
        return any(name in FILTERS or name.startswith("attr.") for name in self.choices)

    def view(self, **changes: str | Sequence[str] | None) -> str:
        return view(self.path, self.choices, **changes)

    def rows(self, key: str, *cells: str) -> str:
        """`key` is of the catalogue or `drilldown.LISTS`; a cell is `<by>:<key>`: `agent:201`."""
        asked = "".join(f"&cell={quote_plus(cell)}" for cell in cells)
        return f"{self._rows}{quote_plus(key)}{asked}"

    @cached_property
    def _rows(self) -> str:
        """Written once: a page has hundreds of links to rows."""
        return self.view(rows="")
