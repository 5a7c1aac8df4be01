"""What a layout needs to know of its reader."""

from dataclasses import dataclass

from layouts.formats import Formats
from layouts.palette import PALETTES, Palette, Theme
from layouts.words import Text


@dataclass(frozen=True)
class Context:
    """The reader of a screen: language, theme and role, chosen per request.

    Attributes:
        text: Words in the reader's language.
        formats: Numbers, durations and dates as that language writes them.
        theme: dark or light.
        role: manager, analyst or wall.
        name: The reader's name.
        path: The page that is being drawn, such as /overview.
        wall: Whether the operations wall is open to the reader.
    """

    text: Text
    formats: Formats
    theme: Theme
    role: str
    name: str
    path: str = "/"
    wall: bool = True

    @property
    def palette(self) -> Palette:
        """Literal colours of the reader's theme."""
        return PALETTES[self.theme]
