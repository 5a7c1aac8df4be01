"""The demonstration: the whole product on an invented operation, without any account."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.settings.config import Environment

SETTINGS = Path(__file__).with_name("demo.yaml")
HOST = "127.0.0.1"
# It answers on this machine only, and for invented people.
INTERCOM_TOKEN = "demonstration"  # noqa: S105
AIRCALL_ID, AIRCALL_TOKEN = "demonstration", "demonstration"
# What the demonstration takes over from the real environment.
PASSED_ON = ("LOG_FORMAT", "HOST", "PORT", "API_TOKEN", "VIGIA_CONFIG", "OIDC_CLIENT_SECRET")


@dataclass(frozen=True)
class DemoAccount:
    """The password is public, so it exists in the demonstration only."""

    email: str
    name: str
    role: Literal["manager", "analyst"]
    password: str


ACCOUNTS = (
    DemoAccount("marina.falcao@example.com", "Marina Falcão", "manager", "vigia-gestora"),
    DemoAccount("joao.lacerda@example.com", "João Vitor Lacerda", "analyst", "vigia-analista"),
    DemoAccount("luana.tavares@example.com", "Luana Tavares", "analyst", "vigia-analista"),
)


def build_demo_environ(
    environ: Mapping[str, str], environment: Environment, sandbox_port: int
) -> dict[str, str]:
    """Without real accounts, stores and keys, whatever the shell holds; folders of its own."""
    own = {name.upper() for name in Environment.model_fields} - set(PASSED_ON)
    values = {
        name: value for name, value in environ.items() if name.removesuffix("_FILE") not in own
    }
    vendors = f"http://{HOST}:{sandbox_port}"
    values.update(
        INTERCOM_TOKEN=INTERCOM_TOKEN,
        INTERCOM_BASE_URL=vendors,
        AIRCALL_ID=AIRCALL_ID,
        AIRCALL_TOKEN=AIRCALL_TOKEN,
        AIRCALL_BASE_URL=vendors,
        SLACK_WEBHOOK=f"{vendors}/slack/webhook",
        VIGIA_STATE_DIR=str((environment.vigia_state_dir or Path("state")).absolute() / "demo"),
    )
    if environment.vigia_cache_dir is not None:
        values["VIGIA_CACHE_DIR"] = str(environment.vigia_cache_dir.absolute() / "demo")
    if environment.vigia_config is None:
        values["VIGIA_CONFIG"] = str(SETTINGS)
    return values


def find_free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        return port
