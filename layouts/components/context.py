"""What a layout needs to know of its reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from layouts.formats import Formats
from layouts.i18n import Text
from layouts.links import view
from layouts.palette import PALETTES, Palette, Theme


@dataclass(frozen=True)
class Context:
    """The reader of a screen: language, theme and role, chosen per request.

    Attributes:
        text: Words in the reader's language.
        formats: Numbers, durations and dates as that language writes them.
        theme: dark or light.
        role: manager, analyst or wall.
        path: The page that is being drawn, such as /overview.
        wall: Whether the operations wall is open to the reader.
        choices: What its address chooses: parameter -> values, without what is open beside it.
        lists_rows: Whether numbers of this page open the rows behind them.
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
        """Literal colours of the reader's theme."""
        return PALETTES[self.theme]

    def view(self, **changes: str | Sequence[str] | None) -> str:
        """The address of this page with some of its choices changed."""
        return view(self.path, self.choices, **changes)

    def rows(self, key: str, *cells: str) -> str:
        """The address that opens the rows behind a number.

        Args:
            key: Of the catalogue, or of `metrics.query.drilldown.LISTS`.
            cells: `<by>:<key>` of the mark, such as `agent:201`; none for the whole number.
        """
        return self.view(rows=key, cell=cells)
