"""The OpenID provider: found by its issuer, asked through Authlib, believed as far as it proves.

Authlib checks signature, issuer, audience, expiry and nonce of the ID token and that state and PKCE
fit. What it leaves to its user is done here: that the discovery document is the issuer's own, which
algorithms count, how long everything is waited for, and that a refusal has a reason.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, request, session
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from requests import RequestException

from services.errors import ServiceError
from services.runtime.backend import Backend
from services.runtime.oidc_accounts import lacks_claims
from services.settings.sections import OidcSetting, is_private

NAME = "oidc"
STATES = f"_state_{NAME}_"
# Somebody may look for the telephone of the second factor; a tab of last week is nobody's.
ATTEMPT_SECONDS = 600.0
# A cookie has room for 4096 bytes; without what it cannot keep, people begin at their home.
ATTEMPTS_AT_ONCE, TARGET_LENGTH = 2, 800
TIMEOUT = (3.05, 6.0)
FRESH_SECONDS, FAILED_SECONDS = 3600.0, 15.0
LEEWAY_SECONDS = 120
# Signed with a key that only the provider has. `none` and those with a shared secret are not.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
    | {"ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# What Authlib raises for answers that are not as the specification says.
MISTAKES = (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError, RuntimeError)


class ProviderError(ServiceError):
    """The text is a key of the login texts; `cause` is for the log."""

    def __init__(self, reason: str, cause: object = "") -> None:
        super().__init__(reason)
        self.cause = cause


class Provider(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's client, with a discovery document that is checked, renewed and waited for once."""

    def __init__(self, *given: Any, issuer: str, **options: Any) -> None:
        super().__init__(*given, **options)
        self._issuer = issuer
        self._lock = threading.Lock()
        self._good_until = self._failed_until = float("-inf")

    def load_server_metadata(self) -> Any:
        """An hour old at most, unless the provider is down. Raises ProviderError without any."""
        with self._lock:
            now = time.monotonic()
            if now >= max(self._good_until, self._failed_until):
                try:
                    # A new one: the keys are kept in it and are asked for anew too.
                    self.server_metadata = self._discovered()
                    self._good_until = now + FRESH_SECONDS
                except (RequestException, ValueError, TypeError) as error:
                    # Not once more for every visitor: each of them would hold a thread.
                    self._failed_until = time.monotonic() + FAILED_SECONDS
                    if not self.server_metadata:
                        raise ProviderError("unavailable", error) from error
            if not self.server_metadata:
                raise ProviderError("unavailable", "it did not answer a moment ago")
            return self.server_metadata

    def _discovered(self) -> dict[str, Any]:
        with self._get_session() as http:
            answer = http.request("GET", self._server_metadata_url, withhold_token=True)
            answer.raise_for_status()
            document = answer.json()
        if not isinstance(document, dict) or document.get("issuer") != self._issuer:
            raise ValueError("the discovery document is not the issuer's")
        if not all(is_private(str(document.get(name, ""))) for name in ENDPOINTS):
            raise ValueError("an endpoint is missing, or can be read by others on the way")
        offered = document.get("id_token_signing_alg_values_supported", ["RS256"])
        algorithms = [name for name in offered if name in ALGORITHMS]
        if not algorithms:
            raise ValueError("the provider signs in no way that can be checked")
        document.pop("jwks", None)
        return document | {"id_token_signing_alg_values_supported": algorithms}


def create_provider(server: Flask, setting: OidcSetting, backend: Backend) -> Provider:
    """The client of a deployment; nothing is asked before somebody signs in."""
    secret = backend.environment.oidc_client_secret
    provider: Provider = OAuth(server).register(
        NAME,
        client_cls=Provider,
        issuer=setting.issuer,
        client_id=setting.client_id,
        client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=setting.issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": " ".join(setting.scopes),
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
            **({} if secret else {"token_endpoint_auth_method": "none"}),
        },
    )
    return provider


def start_attempt(provider: Provider, back: str, target: str, clock: Callable[[], float]) -> str:
    """The visitor's cookie keeps state, nonce and verifier. Raises ProviderError unanswered."""
    try:
        made = provider.create_authorization_url(back)
    except (RequestException, *MISTAKES) as error:
        raise _translate(error) from error
    attempts = sorted(
        (name for name in session if name.startswith(STATES)),
        key=lambda name: session[name].get("data", {}).get("until", 0),
    )
    for name in attempts[: max(0, len(attempts) + 1 - ATTEMPTS_AT_ONCE)]:
        session.pop(name)
    attempt = {name: made[name] for name in ("state", "nonce", "code_verifier")}
    attempt |= {"redirect_uri": back, "next": target if len(target) <= TARGET_LENGTH else ""}
    provider.save_authorize_data(until=clock() + ATTEMPT_SECONDS, **attempt)
    return str(made["url"])


def load_attempt(provider: Provider, backend: Backend) -> dict[str, Any] | None:
    """What was kept when this visitor set out; None = this browser did not, or too long ago."""
    state = request.args.get("state", "")
    attempt = provider.framework.get_state_data(session, state)
    if not isinstance(attempt, dict) or attempt.get("until", 0) <= backend.clock():
        return None
    return attempt


def fetch_claims(provider: Provider, setting: OidcSetting) -> dict[str, Any]:
    """Raises ProviderError where it does not answer, refuses, or cannot be believed."""
    if error_code := request.args.get("error"):
        provider.framework.clear_state_data(session, request.args.get("state"))
        raise ProviderError(
            "denied" if error_code == "access_denied" else "refused", error_code[:100]
        )
    if request.args.get("iss", setting.issuer) != setting.issuer:
        raise ProviderError("refused", "sent back by another issuer")
    expected = {
        "iss": {"essential": True, "value": setting.issuer},
        "aud": {"essential": True, "value": setting.client_id},
        "sub": {"essential": True},
    }
    try:
        token = provider.authorize_access_token(claims_options=expected, leeway=LEEWAY_SECONDS)
        if "id_token" not in token:
            raise ValueError("an answer without an ID token")
        claims = dict(token["userinfo"])
        if lacks_claims(claims, setting) and provider.server_metadata.get("userinfo_endpoint"):
            claims = _fetch_user_info(provider, token, claims["sub"]) | claims
    except (RequestException, *MISTAKES) as error:
        raise _translate(error) from error
    return claims


def _fetch_user_info(provider: Provider, token: dict[str, Any], subject: str) -> dict[str, Any]:
    """What the user-info endpoint adds, if it speaks of the same person."""
    info = provider.userinfo(token=token)
    if info.get("sub") != subject:
        raise ValueError("the user-info endpoint speaks of somebody else")
    return dict(info)


def _translate(error: Exception) -> ServiceError:
    if isinstance(error, RequestException):
        return ProviderError("unavailable", error)
    times = isinstance(error, InvalidClaimError) and error.claim in ("iat", "nbf")
    if times or isinstance(error, ExpiredTokenError):
        return ProviderError("clocks", error)
    return ProviderError("refused", error)
