"""Links that change what is chosen on a page without leaving it (`assets/rows.js`).

They are plain links: they can be copied, opened in a new tab, and work without the script.
"""

from typing import Any, Literal

from layouts.components.context import Context
from layouts.elements import Element, html

Mode = Literal["push", "replace"]


def view_link(
    words: Any, href: str, class_name: str = "", *, mode: Mode = "push", **attributes: Any
) -> Element:
    """Push keeps the present view for the back button; replace does not."""
    return html.A(words, href=href, className=class_name, **{"data-go": mode}, **attributes)


def rows_link(
    words: Any, context: Context, key: str, *cells: str, class_name: str = "", **attributes: Any
) -> Element:
    """Stays outlined while the rows are open; `key` and `cells` as in `Context.rows`."""
    link_attributes: dict[str, Any] = {"title": context.text("rows.open"), **attributes}
    link_attributes["data-rows-link"] = "\n".join((key, *cells))
    return view_link(
        words, context.rows(key, *cells), f"rows-link {class_name}".strip(), **link_attributes
    )
