"""Icons, drawn by `assets/20-icons.css` in the colour of the text beside them."""

from layouts.elements import Element, html


def icon(name: str, class_name: str = "", title: str | None = None) -> Element:
    """`name` is a file of bootstrap-icons that `20-icons.css` lists; silent without a title."""
    attributes = {"aria-hidden": "true"}
    if title is not None:
        attributes = {"role": "img", "aria-label": title, "title": title}
    return html.Span(className=f"icon icon-{name} {class_name}".strip(), **attributes)


CHANNELS = {
    "email": "envelope",
    "whatsapp": "whatsapp",
    "instagram": "instagram",
    "facebook": "facebook",
    "twitter": "twitter-x",
    "phone_call": "telephone",
}


def channel_icon(channel: str | None, title: str | None = None) -> Element:
    return icon(CHANNELS.get(channel or "", "chat-left-text"), title=title)
