"""A provider to sign in at, and browsers that go there and come back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from pydantic import SecretStr
from werkzeug.test import TestResponse

from services.settings.config import Settings
from tests.worlds.web_world import Browser

ROOT = Path(__file__).parents[2]
CLIENT, SECRET = "vigia", "only-the-provider-knows"
ENVIRONMENT = {"oidc_client_secret": SecretStr(SECRET)}
TIMEOUT = 10


class Provider:
    """A provider in a process of its own.

    Args:
        port: Where it listens.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"

    def put(self, subject: str, **claims: Any) -> None:
        """Somebody whom the provider knows."""
        self._put(f"/users/{quote(subject)}", claims)

    def lie(self, how: str) -> None:
        """One of LIES for the ID tokens that follow; empty = the truth."""
        self._put("/lie", how)

    def asked(self, path: str) -> list[dict[str, str]]:
        """The forms that came to an address."""
        answer = requests.get(f"{self.issuer}/asked", timeout=TIMEOUT)
        return [form for asked, form in answer.json() if asked == path]

    def sign_in(self, address: str, subject: str) -> str:
        """Say who one is; path and query that the browser is sent back to."""
        answer = requests.post(
            address, data={"sub": subject}, allow_redirects=False, timeout=TIMEOUT
        )
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def settings(self, **oidc: Any) -> Settings:
        """Settings that believe this provider; `server` and `accounts` go beside `oidc`."""
        beside = {name: oidc.pop(name) for name in ("server", "accounts") if name in oidc}
        access = {"oidc": {"issuer": self.issuer, "client_id": CLIENT, "name": "Acme ID", **oidc}}
        return Settings.model_validate({"access": access, **beside})

    def _put(self, path: str, content: Any) -> None:
        requests.put(self.issuer + path, json=content, timeout=TIMEOUT).raise_for_status()


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that ends with the tests."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.worlds.oidc_provider"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        yield Provider(int(process.stdout.readline()))
        process.stdin.close()
        process.wait(TIMEOUT)


def set_out(browser: Browser, query: str = "") -> str:
    """Press the button; the provider's address."""
    answer = browser.get(f"/login/oidc{query}")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def sign_in(browser: Browser, idp: Provider, subject: str, query: str = "") -> TestResponse:
    """The whole way; what the browser gets when it comes back."""
    return browser.get(idp.sign_in(set_out(browser, query), subject))
