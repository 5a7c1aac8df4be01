"""The settings of single sign-on: which provider is believed, and whom it may let in."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

CALLBACK_PATH = "/login/oidc/callback"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_private(address: str) -> bool:
    """Whether nobody on the way can read what goes to an address: HTTPS, or this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def _issuer(text: str) -> str:
    if not is_private(text):
        raise ValueError("must start with https://; plain http:// only for localhost")
    if re.search(r"[?#@\s]", text):
        raise ValueError("must be an address without user, query and fragment")
    return text


def _domain(text: str) -> str:
    domain = text.strip().lower()
    if not re.fullmatch(r"[^@\s/]+\.[^@\s/]+", domain):
        raise ValueError("must be the part of an e-mail after the @, such as example.com")
    return domain


def _scopes(scopes: list[str]) -> list[str]:
    if "openid" not in scopes:
        raise ValueError("must contain openid")
    return scopes


def _redirect_uri(text: str) -> str:
    if not re.fullmatch(r"https?://[^/?#@\s]+" + re.escape(CALLBACK_PATH), text):
        raise ValueError(f"must be the whole address, such as https://vigia.example{CALLBACK_PATH}")
    return text


Issuer = Annotated[str, AfterValidator(_issuer)]
Domain = Annotated[str, AfterValidator(_domain)]
Scopes = Annotated[list[str], AfterValidator(_scopes)]
RedirectUri = Annotated[str, AfterValidator(_redirect_uri)]
Claim = Annotated[str, Field(min_length=1)]


class OidcSetting(BaseModel):
    """An OpenID Connect provider; the client's secret comes from the environment.

    Attributes:
        issuer: As its discovery document names it.
        client_id: Under which it knows this deployment.
        name: On the button of the login page.
        scopes: What it is asked for.
        email_claim: Where it says the e-mail.
        require_verified_email: Whether it has to say that the e-mail was verified.
        email_domains: Only e-mails of these; empty = all.
        required_claims: Claims that have to be there with exactly this value.
        role_claim: Where it says groups or roles; dots lead into nested ones. None = it does not.
        roles: Value of that claim -> role.
        default_role: Of those without such a value; None = they are refused.
        create_accounts: Whether somebody unknown gets an account.
        password_login: Whether passwords go on being accepted.
        redirect_uri: Where the provider sends people back to; None = as their browser names us.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    issuer: Issuer
    client_id: str = Field(min_length=1)
    name: str = Field(default="SSO", min_length=1, max_length=40)
    scopes: Scopes = ["openid", "email", "profile"]
    email_claim: Claim = "email"
    require_verified_email: bool = True
    email_domains: list[Domain] = []
    required_claims: dict[str, str] = {}
    role_claim: Claim | None = None
    roles: dict[str, Literal["manager", "analyst"]] = {}
    default_role: Literal["analyst"] | None = None
    create_accounts: bool = True
    password_login: bool = True
    redirect_uri: RedirectUri | None = None

    @model_validator(mode="after")
    def _somebody_is_kept_out(self) -> "OidcSetting":
        if bool(self.roles) != (self.role_claim is not None):
            raise ValueError("role_claim and roles come as a pair")
        if self.default_role and self.create_accounts and not self._is_narrow:
            raise ValueError(
                "default_role would let in everybody whom the provider knows; "
                "email_domains or required_claims must say who may come"
            )
        return self

    @property
    def _is_narrow(self) -> bool:
        return bool(self.email_domains or self.required_claims)
