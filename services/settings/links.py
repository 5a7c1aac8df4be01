"""Where conversations and tickets are opened in Intercom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from services.settings.config import Settings


def workspace_id(configured: str | None, meta: Mapping[str, Any]) -> str | None:
    """INTERCOM_APP_ID, else the one that Intercom told the collector."""
    return configured or meta.get("app_id")


@dataclass(frozen=True)
class IntercomLinks:
    """None instead of a link as long as the workspace is not known."""

    settings: Settings
    app_id: str | None

    def conversation(self, conversation_id: str) -> str | None:
        return self._filled(self.settings.intercom.conversation_url, conversation_id)

    def ticket(self, ticket_id: str) -> str | None:
        return self._filled(self.settings.backoffice.ticket_url, ticket_id)

    def _filled(self, template: str, id_: str) -> str | None:
        if not self.app_id:
            return None
        filled = template.replace("{app_id}", quote(self.app_id, safe=""))
        return filled.replace("{id}", quote(id_, safe=""))
