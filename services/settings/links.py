"""Where a conversation is opened in Intercom."""

from urllib.parse import quote


def conversation_url(template: str, app_id: str | None, conversation_id: str) -> str | None:
    """The conversation in Intercom; None as long as the workspace is not known."""
    if not app_id:
        return None
    filled = template.replace("{app_id}", quote(app_id, safe=""))
    return filled.replace("{id}", quote(conversation_id, safe=""))
