"""Customers' text made short and plain: the only form in which it is kept."""

import re
import unicodedata
from html.parser import HTMLParser

SUBJECT_LENGTH = 120
# What it takes to fill a subject; reading on would only cost time.
ENOUGH = 2000


class _Words(HTMLParser):
    """Collects the text of HTML; scripts and styles are not text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Tags part words; some hide them."""
        self._silent += tag in ("script", "style")
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """The end of a hidden part."""
        if tag in ("script", "style") and self._silent:
            self._silent -= 1
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._silent:
            self.words.append(data)


def plain(text: object, length: int = SUBJECT_LENGTH) -> str | None:
    """One line of plain text from a subject or an HTML body; None where nothing is left.

    Tags, control characters and those that turn the direction of the text are dropped, white space
    is one space, and what is too long ends in an ellipsis.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    words = text[: ENOUGH * 4]
    if "<" in words or "&" in words:
        parser = _Words()
        parser.feed(words)
        parser.close()
        words = "".join(parser.words)
    visible = "".join(" " if c.isspace() else c for c in words[:ENOUGH] if _kept(c))
    line = re.sub(r" +", " ", visible).strip()
    if not line:
        return None
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _kept(character: str) -> bool:
    if character.isspace():
        return True
    category = unicodedata.category(character)
    # Cf holds the direction overrides; the joiner is part of emoji.
    return category not in ("Cc", "Cs", "Co", "Cn") and (category != "Cf" or character == "\u200d")
