"""The page in place of a page that could not be made: plain markup that needs nothing else."""

from markupsafe import Markup

from layouts.i18n import Text


def page(
    text: Text, *, theme: str, title: str, words: str, href: str = "/", link: str | None = None
) -> str:
    """The whole page as HTML; every value is escaped.

    Args:
        text: The reader's words.
        theme: dark or light.
        title: What happened.
        words: What to do about it.
        href: A way on.
        link: What that is called; the beginning, where nothing is said.
    """
    return Markup(
        '<!doctype html><html lang="{lang}" data-bs-theme="{theme}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{title} · Vigia</title>"
        '<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">'
        '<link rel="stylesheet" href="/assets/10-tokens.css">'
        '<link rel="stylesheet" href="/assets/20-base.css">'
        '<link rel="stylesheet" href="/assets/60-login.css"></head>'
        '<body><main class="fault"><h1>{title}</h1><p>{words}</p><p><a href="{href}">{link}</a></p>'
        "</main></body></html>"
    ).format(
        lang=text.language,
        theme=theme,
        title=title,
        words=words,
        href=href,
        link=link or text("shell.home"),
    )
