"""Settings of the second line's tickets and of conversations closed as duplicates."""

from typing import Annotated

from pydantic import AfterValidator, Field

from services.settings.sections import LinkTemplate, Section


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Word = Annotated[str, AfterValidator(_word)]


class BackofficeAttributes(Section):
    """Labels of the attributes that the workspace gives its tickets."""

    platform: str = "Plataforma"
    severity: str = "Severidade"
    company: str = "Empresa"
    external_key: str = "Jira"


class BackofficeSetting(Section):
    """Which tickets are read, and what is read out of them."""

    enabled: bool = True
    ticket_types: list[Word] = Field(default_factory=list)
    attributes: BackofficeAttributes = BackofficeAttributes()
    age_days: float = Field(default=5, gt=0)
    status_phrase: Word | None = None
    ticket_url: LinkTemplate = "https://app.intercom.com/a/inbox/{app_id}/inbox/conversation/{id}"


class MergedSetting(Section):
    """Signs by which a conversation that was closed as a duplicate is recognised."""

    attribute: str = "Merged"
    tags: list[Word] = Field(default=["merged", "duplicate", "duplicad"])
    destination: str | None = None
