"""The whole web application over the small operation of `api_world`, and browsers that sign in."""

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from dash import Dash
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from callbacks.access.roles import roles_of
from callbacks.web.server import create_app
from services.accounts.accounts import PREFIX
from services.runtime.backend import Backend
from services.settings.config import Environment, Settings
from services.settings.decisions import Decisions
from services.snapshot.dataset import Snapshot
from services.storage.disk_store import DiskStore
from tests.worlds.api_world import NOW, FakeDataset, FakeStore, snapshot

MANAGER = "marina.falcao@example.com"
ANALYST = "joao.lacerda@example.com"
STRANGER = "ninguem@example.com"
PASSWORD = "correct horse battery"
TOKEN = "token-of-the-machines"
PEOPLE = {
    MANAGER: ("Marina Falcão", "manager"),
    ANALYST: ("João Vitor Lacerda", "analyst"),
    STRANGER: ("Ninguém", "analyst"),
}
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@functools.cache
def cheap_hash(password: str) -> str:
    """A hash that costs nothing: the real ones take a tenth of a second each."""
    return generate_password_hash(password, "pbkdf2:sha256:1")


class Web:
    """One deployment: stores in a folder, three people, and a clock that stands still.

    Args:
        folder: Where the stores lie.
        settings: Of config.yaml.
        current: The version that the pages show.
        starting: Whether nothing has been collected yet.
        people: E-mail -> name and role.
        environment: More of the environment.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: Settings | None = None,
        current: Snapshot | None = None,
        starting: bool = False,
        people: dict[str, tuple[str, str]] = PEOPLE,
        environment: dict[str, Any] | None = None,
    ) -> None:
        self.now = NOW.timestamp()
        self.settings = settings or Settings()
        self.state = DiskStore(folder / "state")
        cache: Any = FakeStore()
        self.dataset = FakeDataset(None if starting else current or snapshot())
        for email, (name, role) in people.items():
            self.put_account(email, name, role)
        dataset: Any = self.dataset
        self.backend = Backend(
            decisions=Decisions(
                self.state,
                self.settings,
                Environment(
                    **{
                        "secret_key": SecretStr("k" * 48),
                        "intercom_token": SecretStr("hush-hush"),
                        "api_token": SecretStr(TOKEN),
                        **(environment or {}),
                    }
                ),
                clock=lambda: self.now,
            ),
            cache=cache,
            state=self.state,
            dataset=dataset,
            clock=lambda: self.now,
        )
        self.accounts, self.sessions = self.backend.accounts, self.backend.sessions
        self.app: Dash = create_app(self.backend)

    def put_account(self, email: str, name: str, role: str, password: str = PASSWORD) -> None:
        """An account in the store, without the cost of a real hash."""
        document = {
            "email": email,
            "name": name,
            "role": role,
            "password_hash": cheap_hash(password),
        }
        self.state.set(PREFIX + email, orjson.dumps(document))

    def browser(self, email: str | None = None) -> "Browser":
        """A browser with cookies of its own; signed in when an e-mail is given."""
        browser = Browser(self)
        if email is not None:
            answer = browser.sign_in(email)
            assert answer.status_code == 303, answer.text
        return browser

    def screen(self, name: str = "TV da sala") -> "Browser":
        """A television that has opened its device link."""
        browser = Browser(self)
        answer = browser.get(f"/wall/{self.sessions.add_device(name)}")
        assert answer.status_code == 303, answer.text
        return browser

    def callback_ids(self) -> list[str]:
        """The callbacks that answer over HTTP."""
        return sorted(roles_of(self.app))

    def callback_of(self, output: str) -> str:
        """Dash's name of the callback that fills an output (`<id>.<property>`)."""
        [name] = [name for name in self.callback_ids() if output in name.strip(".").split("...")]
        return name

    def body(self, output: str, **values: Any) -> dict[str, Any]:
        """What the browser sends for the callback that fills an output.

        Values by `<id>.<property>`, else null. Dash's own name of a callback is taken too.
        """
        if output not in self.app.callback_map:
            output = self.callback_of(output)
        wiring = self.app.callback_map[output]
        listed = [_end(part) for part in output.strip(".").split("...")]
        inputs, states = (
            [{**end, "value": values.get(f"{end['id']}.{end['property']}")} for end in wiring[kind]]
            for kind in ("inputs", "state")
        )
        return {
            "output": output,
            "outputs": listed if output.startswith("..") else listed[0],
            "inputs": inputs,
            "state": states,
            "changedPropIds": [f"{end['id']}.{end['property']}" for end in inputs[:1]],
        }

    def close(self) -> None:
        """Let go of the files."""
        self.state.close()


@contextmanager
def web(folder: Path, **options: Any) -> Iterator[Web]:
    """A deployment that is put away afterwards."""
    world = Web(folder, **options)
    try:
        yield world
    finally:
        world.close()


class Browser:
    """Keeps cookies, reads the CSRF token off the page, and fires callbacks as Dash does."""

    def __init__(self, world: Web) -> None:
        self.world = world
        self.client: FlaskClient = world.app.server.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """A navigation, unless other headers are given."""
        return self.client.get(path, **{"headers": NAVIGATION, "buffered": True, **options})

    def post(self, path: str, **options: Any) -> TestResponse:
        """A request with the token that Dash takes from the cookie."""
        headers = {"X-CSRFToken": self.csrf() or "", **options.pop("headers", {})}
        return self.client.post(path, headers=headers, **options)

    def csrf(self) -> str | None:
        """The token in the cookie that Dash's own script reads."""
        found = self.client.get_cookie("_csrf_token")
        return found.value if found else None

    def form_token(self, path: str = "/login") -> str:
        """The token in the form of the login page."""
        found = CSRF.search(self.get(path).text)
        return unescape(found[1]) if found else ""

    def sign_in(
        self, email: str = MANAGER, password: str = PASSWORD, target: str = "", **options: Any
    ) -> TestResponse:
        """Fill in the login form and send it; the page after it is loaded too."""
        form = {
            "email": email,
            "password": password,
            "next": target,
            "csrf_token": self.form_token(),
        }
        answer = self.client.post("/login", data=form, **options)
        if answer.status_code == 303:
            self.get(urlsplit(answer.headers["Location"]).path)
        return answer

    def sign_out(self) -> TestResponse:
        """Press the button of the account corner."""
        return self.post("/logout")

    def cookie(self) -> str:
        """The session cookie, as somebody might copy it."""
        name = self.world.app.server.config["SESSION_COOKIE_NAME"]
        found = self.client.get_cookie(name)
        return found.value if found else ""

    def put_cookie(self, value: str) -> None:
        """Come with that session cookie."""
        self.client.set_cookie(self.world.app.server.config["SESSION_COOKIE_NAME"], value)

    def fire(self, output: str, **values: Any) -> TestResponse:
        """Fire one callback; values by `<id>.<property>`."""
        return self.send(self.world.body(output, **values))

    def send(self, body: Any) -> TestResponse:
        """Any body to the address of the callbacks."""
        return self.post("/_dash-update-component", json=body)


def read_props(answer: TestResponse) -> dict[str, dict[str, Any]]:
    """The properties that a callback's answer sets, by id; none where nothing is new."""
    if answer.status_code == 204:
        return {}
    body = answer.get_json()
    return {**body.get("sideUpdate", {}), **body["response"]}


def _end(part: str) -> dict[str, str]:
    component, _, prop = part.rpartition(".")
    return {"id": component, "property": prop}
