import pytest

from services.errors import ConfigurationError
from services.settings.config import Settings, load_environment
from services.vendors.clients import aircall_client, intercom_client

KEYS = {"INTERCOM_TOKEN": "token", "AIRCALL_ID": "id", "AIRCALL_TOKEN": "secret"}


def test_both_vendors_are_asked_where_the_environment_says():
    environment = load_environment({**KEYS, "INTERCOM_BASE_URL": "http://127.0.0.1:1"})
    assert intercom_client(environment, Settings()).warning is None
    assert aircall_client(environment, Settings()).requests_last_minute() == 0


def test_intercom_is_required_and_aircall_is_not():
    environment = load_environment({})
    with pytest.raises(ConfigurationError, match="INTERCOM_TOKEN is missing"):
        intercom_client(environment, Settings())
    assert aircall_client(environment, Settings()) is None
