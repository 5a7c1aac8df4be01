"""The vendors' clients, as the environment and the settings want them."""

import time
from collections.abc import Callable

from requests.auth import HTTPBasicAuth

from services.errors import ConfigurationError
from services.settings.config import Environment, Settings
from services.vendors.aircall import Aircall
from services.vendors.http import AIRCALL, INTERCOM, BearerAuth, VendorSession
from services.vendors.intercom import Intercom

Sleep = Callable[[float], object]


def intercom_client(
    environment: Environment, settings: Settings, sleep: Sleep = time.sleep
) -> Intercom:
    """The client of the workspace whose token is in the environment.

    Args:
        environment: Token and address.
        settings: Version and pace.
        sleep: As of `VendorSession`.

    Raises:
        ConfigurationError: There is none.
    """
    if environment.intercom_token is None:
        raise ConfigurationError(
            "INTERCOM_TOKEN is missing; `make run` shows Vigia on an invented operation"
        )
    version = settings.intercom.version
    http = VendorSession(
        INTERCOM,
        environment.intercom_base_url,
        BearerAuth(environment.intercom_token.get_secret_value()),
        headers={"Intercom-Version": version},
        requests_per_minute=settings.intercom.requests_per_minute,
        sleep=sleep,
    )
    return Intercom(http, version)


def aircall_client(
    environment: Environment, settings: Settings, sleep: Sleep = time.sleep
) -> Aircall | None:
    """The client of the company whose key is in the environment; None without a key."""
    if environment.aircall_id is None or environment.aircall_token is None:
        return None
    key = HTTPBasicAuth(
        environment.aircall_id.get_secret_value(), environment.aircall_token.get_secret_value()
    )
    limit = settings.aircall.requests_per_minute
    base_url = environment.aircall_base_url
    return Aircall(VendorSession(AIRCALL, base_url, key, requests_per_minute=limit, sleep=sleep))
