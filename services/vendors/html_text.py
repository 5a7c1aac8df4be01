"""Customers' text made short and plain: the only form in which it is kept."""

import unicodedata

from lxml.etree import HTMLParser

SUBJECT_LENGTH = 120
# An HTML mail may carry so much style before its first word; what comes after it is not looked for.
FARTHEST = 60_000
CHUNK = 2_000
HIDDEN = frozenset({"script", "style", "title"})
WITHIN_A_WORD = frozenset(
    {"a", "b", "code", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"}
)
ZERO_WIDTH_JOINER = "\u200d"  # holds composed emoji together


class _TextCollector:
    """Target of lxml's parser; scripts and styles are not text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self._hidden = 0

    def start(self, tag: str, attributes: object) -> None:
        self._hidden += tag in HIDDEN
        self._separate(tag)

    def end(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN
        self._separate(tag)

    def data(self, text: str) -> None:
        if not self._hidden:
            self.parts.append(text)
            self.length += len(text.strip())

    def comment(self, text: str) -> None:
        """Nothing to read."""

    def pi(self, target: str, text: str | None = None) -> None:
        """Nothing to read."""

    def close(self) -> str:
        return "".join(self.parts)

    def _separate(self, tag: str) -> None:
        if tag not in WITHIN_A_WORD:
            self.parts.append(" ")


def html_to_text(text: object, length: int = SUBJECT_LENGTH) -> str | None:
    """One line of plain text; None where no word is in it."""
    if not isinstance(text, str):
        return None
    # No tag ends without ">", and a text without tags and entities is itself.
    if not ("<" in text and ">" in text) and "&" not in text:
        return single_line(text, length)
    collector = _TextCollector()
    parser = HTMLParser(target=collector)
    # Half a character, which JSON can hold, is nothing that a parser of UTF-8 takes.
    readable = text[:FARTHEST].replace("\0", "").encode(errors="ignore").decode()
    for start in range(0, len(readable), CHUNK):
        parser.feed(readable[start : start + CHUNK])
        if collector.length > 2 * length:
            break
    return single_line(parser.close(), length)


def single_line(text: object, length: int = SUBJECT_LENGTH) -> str | None:
    """None where nothing can be seen.

    Control characters and those that turn the direction of the text are dropped, white space is
    one space, and what is too long ends in an ellipsis.
    """
    if not isinstance(text, str):
        return None
    line = " ".join(text[:FARTHEST].split())
    if not line.isprintable():
        line = " ".join("".join(filter(_is_visible, line[: 4 * length])).split())
    if len(line) > length:
        return line[: length - 1].rstrip() + "…"
    return line or None


def _is_visible(character: str) -> bool:
    # "C" is everything that is no letter, mark, number, sign or space: Cf turns directions,
    # Cs is half a character.
    return character == ZERO_WIDTH_JOINER or not unicodedata.category(character).startswith("C")
