"""Customers' text made short and plain: the only form in which it is kept."""

import unicodedata
from html.parser import HTMLParser

SUBJECT_LENGTH = 120
# An HTML mail may carry so much style before its first word; what comes after it is not looked for.
FARTHEST = 60_000
CHUNK = 2_000
SILENT = frozenset({"script", "style", "title"})
WITHIN_A_WORD = frozenset(
    {"a", "b", "code", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"}
)
ZERO_WIDTH_JOINER = "\u200d"  # holds composed emoji together


class _Words(HTMLParser):
    """Collects the text of HTML; scripts and styles are not text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.length = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Most tags part words; some hide them."""
        self._silent += tag in SILENT
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        """The end of a hidden part."""
        if tag in SILENT and self._silent:
            self._silent -= 1
        self._part(tag)

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._silent:
            self.words.append(data)
            self.length += len(data.strip())

    def _part(self, tag: str) -> None:
        if tag not in WITHIN_A_WORD:
            self.words.append(" ")


def plain(text: object, length: int = SUBJECT_LENGTH) -> str | None:
    """One line of plain text from a subject or an HTML body; None where no word is in it."""
    if not isinstance(text, str):
        return None
    if "<" not in text and "&" not in text:
        return line(text, length)
    parser = _Words()
    for start in range(0, min(len(text), FARTHEST), CHUNK):
        parser.feed(text[start : start + CHUNK])
        if parser.length > 2 * length:
            break
    # What is left is a tag without an end. Closing tries each of its characters as a beginning,
    # which takes minutes where somebody means harm.
    if len(parser.rawdata) <= CHUNK:
        parser.close()
    return line("".join(parser.words), length)


def line(text: object, length: int = SUBJECT_LENGTH) -> str | None:
    """The text in one line, its characters as they are; None where nothing can be seen.

    Control characters and those that turn the direction of the text are dropped, white space is
    one space, and what is too long ends in an ellipsis.
    """
    if not isinstance(text, str):
        return None
    words = " ".join(text[:FARTHEST].split())
    if not words.isprintable():
        words = " ".join("".join(filter(_is_visible, words[: 4 * length])).split())
    if len(words) > length:
        return words[: length - 1].rstrip() + "…"
    return words or None


def _is_visible(character: str) -> bool:
    # "C" is everything that is no letter, mark, number, sign or space: Cf turns directions,
    # Cs is half a character.
    return character == ZERO_WIDTH_JOINER or not unicodedata.category(character).startswith("C")
