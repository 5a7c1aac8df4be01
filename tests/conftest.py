"""What holds for all tests."""

import pytest
from hypothesis import HealthCheck, settings

# The machine may be busy with something else, and a run that fails must fail again.
settings.register_profile(
    "vigia",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("vigia")


# What starts the whole product, or draws pages in a browser: `make test-all`. The sign-in page
# stays with the others, so that they show a page drawn, too.
WHOLE_PRODUCT = (
    "tests/browser/",
    "tests/contract/test_recovery.py",
    "tests/test_documented_commands.py",
    "tests/test_serve.py",
)
QUICK = ("tests/browser/test_login.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        path = item.path.relative_to(item.config.rootpath).as_posix()
        if path.startswith(WHOLE_PRODUCT) and path not in QUICK:
            item.add_marker("whole_product")
