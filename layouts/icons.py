"""Icons, drawn by `assets/20-icons.css` in the colour of the text beside them."""

from dash import html


def icon(name: str, class_name: str = "", title: str | None = None) -> html.Span:
    """An icon of that name; silent for screen readers unless it has a title.

    Args:
        name: A file name of bootstrap-icons that `20-icons.css` lists.
        title: Words for who cannot see it, where no text stands beside it.
    """
    attributes = {"aria-hidden": "true"} if title is None else {"role": "img", "aria-label": title}
    return html.Span(className=f"icon icon-{name} {class_name}".strip(), title=title, **attributes)


CHANNELS = {
    "email": "envelope",
    "whatsapp": "whatsapp",
    "instagram": "instagram",
    "facebook": "facebook",
    "twitter": "twitter-x",
    "phone_call": "telephone",
}


def channel_icon(channel: str | None, title: str | None = None) -> html.Span:
    """The icon of a conversation's channel; a speech bubble for those without their own."""
    return icon(CHANNELS.get(channel or "", "chat-left-text"), title=title)
