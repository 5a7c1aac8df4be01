"""Text in Slack's markup: what comes from outside says nothing to Slack, only to people."""

import unicodedata

LONGEST_NAME = 60
ELLIPSIS = "…"
# They hold composed emoji together and are no characters of their own.
JOINERS = "\u200d\ufe0f"
# Signs that would begin or end bold, code or struck text within our own.
MARKS = str.maketrans({"*": "∗", "`": "ʹ", "~": "∼", "|": "¦"})


def escaped(text: str) -> str:
    """Slack's links and mentions begin and end with these three signs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def name(text: str, longest: int = LONGEST_NAME) -> str:
    """A name or a word from outside, in one line, harmless and not too long."""
    # Cut before it is looked at: nobody's name takes ten thousand characters to begin.
    words = " ".join(text[: 8 * longest].split())
    seen = "".join(c for c in words if c in JOINERS or unicodedata.category(c)[0] != "C")
    return escaped(cut(" ".join(seen.split()), longest).translate(MARKS))


def plain(text: str) -> str:
    """For a screen: in one line and without signs that turn it around."""
    return unescaped(name(text))


def link(url: str, label: str) -> str:
    address = url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
    return f"<{address.replace('&', '&amp;')}|{name(label)}>"


def cut(text: str, longest: int) -> str:
    """Ends in an ellipsis where it is too long; no emoji is cut in two."""
    if len(text) <= longest:
        return text
    start = text[: longest - 1]
    while start and (start[-1] in JOINERS or text[len(start)] in JOINERS):
        start = start[:-1]
    return start.rstrip() + ELLIPSIS


def cut_lines(lines: list[str], longest: int) -> str:
    """Whole lines only: a line cut in the middle of a link would not be a link."""
    fitting: list[str] = []
    for line in lines:
        if sum(map(len, fitting)) + len(fitting) + len(line) > longest:
            break
        fitting.append(line)
    return "\n".join(fitting)
