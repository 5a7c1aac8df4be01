"""The document describes every route, and the answers are what it says."""

import re

import pytest

from callbacks.api import schema as api_schema
from callbacks.api.routes import PREFIX, ROUTES
from callbacks.api.schema import INTERNAL
from metrics.model.catalog import CATALOG
from metrics.model.schema import TABLES
from tests.worlds.api_world import ANALYST, MANAGER, Api, snapshot

ASKED = {
    "breakdown": [{"metric": key, "by": "agent"} for key in CATALOG]
    + [
        {"metric": "csat_score", "by": by}
        for by in ("day", "hour", "weekday_hour", "team", "reason", "Equipe")
    ],
    "decomposition": [
        {"metric": key, "compare": "same"} for key, metric in CATALOG.items() if metric.dated_by
    ],
    "conversations": [{}, {"metric": "first_response_time"}, {"limit": "1"}],
    "calls": [{}, {"metric": "talk_time"}],
    "fair_target": [
        {},
        {"transfers": "1", "basis": "hours", "from": "2026-11-30", "to": "2026-12-24"},
    ],
    "staffing": [{}, {"stream": "both", "patience": "60", "level": "p90"}],
}


@pytest.fixture(scope="module")
def api():
    return Api()


@pytest.fixture(scope="module")
def document(api):
    return api.get("openapi.json")


def references(part):
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_address_is_described_and_no_other(api, document):
    addresses = {
        rule.rule for rule in api.app.url_map.iter_rules() if rule.rule.startswith(f"{PREFIX}/")
    }
    assert set(document["paths"]) == addresses
    assert document["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere(document):
    found = set(references(document))
    assert found
    for reference in found:
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
        assert part


def test_every_metric_and_every_column_appears(document):
    schemas = document["components"]["schemas"]
    assert set(schemas["SummaryNumbers"]["properties"]) == set(CATALOG)
    for model, table in (("Conversation", "conversations"), ("Call", "calls")):
        assert set(TABLES[table]) - INTERNAL <= set(schemas[model]["properties"])


def test_every_parameter_is_described(document):
    for path, item in document["paths"].items():
        for parameter in item["get"]["parameters"]:
            assert parameter["in"] == "query"
            assert parameter["description"], (path, parameter["name"])
            assert parameter["schema"]["type"]
    breakdown = {p["name"]: p for p in document["paths"]["/api/v1/breakdown"]["get"]["parameters"]}
    assert breakdown["metric"]["required"]
    assert breakdown["metric"]["schema"]["enum"] == list(CATALOG)
    assert not breakdown["from"]["required"]
    assert breakdown["team"]["schema"]["type"] == "array"
    assert "attr.Motivo de Contato" in breakdown
    calls = {p["name"]: p for p in document["paths"]["/api/v1/calls"]["get"]["parameters"]}
    assert "talk_time" in calls["metric"]["schema"]["enum"]
    assert "conversations" not in calls["metric"]["schema"]["enum"]
    assert calls["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000,
        "default": 100,
    }


def test_every_operation_has_its_name_and_its_refusals(document):
    operations = [item["get"] for item in document["paths"].values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert set(operation["responses"]) == {"200", "400", "401", "403", "429", "503"}


def test_descriptions_name_no_python(document):
    assert not re.search(r"Raises:|Args:|\bself\b", str(document))


@pytest.mark.parametrize("viewer", [MANAGER, ANALYST], ids=["manager", "analyst"])
@pytest.mark.parametrize("name", [name for name in ROUTES if ROUTES[name].answer])
def test_answers_are_as_described(api, name, viewer):
    if viewer is ANALYST and "analyst" not in ROUTES[name].roles:
        return
    for query in ASKED.get(name, [{}]):
        ROUTES[name].answer.model_validate(api.get(name, viewer=viewer, **query))


@pytest.mark.parametrize("name", [name for name in ROUTES if ROUTES[name].answer])
def test_the_answers_of_an_empty_workspace_are_as_described(name):
    api = Api(snapshot([], [], [], [], [], sources={}))
    for query in ASKED.get(name, [{}]):
        ROUTES[name].answer.model_validate(api.get(name, **query))


def test_a_refusal_is_as_described(api):
    for path, query in (("nothing", {}), ("summary", {"x": "1"})):
        _, body = api.ask(path, **query)
        api_schema.Error.model_validate(body)
