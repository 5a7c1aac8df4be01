"""The API as schemathesis reads its description: every answer is one that is promised there."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from callbacks.api.routes import PREFIX, ROUTES
from tests.worlds.web_world import ANALYST, TOKEN, web

CASES = int(os.environ.get("VIGIA_FUZZ_CASES", "8"))
SETTINGS = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TOKEN_HEADER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture(scope="module")
def operations(world):
    document = world.browser().get(f"{PREFIX}/openapi.json", headers=TOKEN_HEADER).get_json()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = world.app.server
    # Who asks is chosen by the test.
    schema.config.generation.update(with_security_parameters=False)
    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) == len(document["paths"]) >= 9
    return found


def identity(world, who):
    """What a request brings along; the client inside schemathesis unpacks nothing."""
    brought = {"headers": {"Accept-Encoding": "identity"}}
    if who == "token":
        brought["headers"] |= TOKEN_HEADER
    elif who is not None:
        brought["cookies"] = {"vigia": world.browser(who).cookie()}
    return brought


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("who", ["token", ANALYST, None])
def test_every_answer_is_one_of_the_description(world, operations, who, mode, caplog):
    brought, seen = identity(world, who), set()

    def ask(case):
        # The limit of requests a minute has tests of its own.
        world.now += 1
        answer = case.call_and_validate(**brought, checks=CHECKS)
        seen.add((case.operation.definition.raw["operationId"], answer.status_code))

    for operation in operations:
        if mode is GenerationMode.NEGATIVE and not operation.query:
            continue
        SETTINGS(given(case=operation.as_strategy(generation_mode=mode))(ask))()
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []
    statuses = {status for _, status in seen}
    if who is None:
        assert statuses == {401}
    elif who == ANALYST:
        foreign = {status for name, status in seen if "analyst" not in ROUTES[name].roles}
        assert foreign <= {403}
        assert statuses <= {200, 400, 403}
    else:
        assert statuses <= {200, 400}
        assert (400 if mode is GenerationMode.NEGATIVE else 200) in statuses
