"""The API under requests made out of its own description: good ones, crooked ones, and garbage."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbacks.api.routes import PREFIX
from tests.worlds.web_world import ANALYST, TOKEN, web

SETTINGS = settings(
    max_examples=220,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1e309",
            "NaN",
            "9" * 400,
            "true",
            "null",
            "[]",
            "{}",
            "'; --",
            "%00",
            "\x00",
            "../../etc/passwd",
            "2026-02-30",
            "0001-01-01",
            "9999-12-31",
            "2026-11-24T00:00:00Z",
            "${jndi:ldap://x}",
            "{{7*7}}",
            "\U0001f600" * 50,
            "a" * 5000,
        ]
    ),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with web(tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture(scope="module")
def described(world):
    """Path -> the parameters of its query, as the description has them."""
    header = {"Authorization": f"Bearer {TOKEN}"}
    document = world.browser().get(f"{PREFIX}/openapi.json", headers=header).get_json()
    paths = document["paths"]
    assert len(paths) >= 9
    return {path: methods["get"] for path, methods in paths.items()}


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """Values as the schema wants them."""
    for name in ("anyOf", "oneOf"):
        if name in schema:
            return st.one_of([fitting(one) for one in schema[name] if one.get("type") != "null"])
    if "enum" in schema:
        return st.sampled_from([str(value) for value in schema["enum"]])
    if "const" in schema:
        return st.just(str(schema["const"]))
    kind = schema.get("type")
    if kind == "array":
        return fitting(schema.get("items", {}))
    if kind == "integer":
        low, high = schema.get("minimum", 0), schema.get("maximum", 10_000)
        return st.integers(low, high).map(str)
    if kind == "boolean":
        return st.sampled_from(["true", "false"])
    if schema.get("format") == "date":
        return st.dates().map(str) | st.sampled_from(["2026-11-01", "2026-11-24"])
    return st.sampled_from(["1", "201", "none", "day", "conversations", "agent"]) | st.text(
        max_size=8
    )


@st.composite
def queries(draw: Any, operation: dict[str, Any]) -> list[tuple[str, str]]:
    """A query: parameters of the description and others, fitting or not, doubled or missing."""
    wanted = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    chosen = draw(st.lists(st.sampled_from(wanted), max_size=5)) if wanted else []
    chosen += [p for p in wanted if p.get("required") and draw(st.booleans())]
    query = [
        (p["name"], draw(fitting(p.get("schema", {})) if draw(st.integers(0, 3)) else HOSTILE))
        for p in chosen
    ]
    if not draw(st.integers(0, 4)):
        query.append((draw(HOSTILE), draw(HOSTILE)))
    return query


def check(answer: Any, sent: Any) -> None:
    """Whatever was asked: an answer of ours, in the shape that is promised."""
    assert answer.status_code in (200, 400, 401, 403, 404, 405), (sent, answer.text[:300])
    assert answer.headers["Cache-Control"] == "no-store", sent
    assert answer.headers["X-Content-Type-Options"] == "nosniff", sent
    assert answer.mimetype == "application/json", sent
    assert "Traceback" not in answer.text
    if answer.status_code != 200 and answer.text:
        error = answer.get_json()["error"]
        assert set(error) == {"code", "message"}, sent
        assert "/" + "work" not in error["message"]


def test_no_query_is_a_mistake_of_ours(world, described, caplog):
    browser, header = world.browser(), {"Authorization": f"Bearer {TOKEN}"}
    seen = set()

    @SETTINGS
    @given(st.data())
    def attack(data: Any) -> None:
        world.now += 1
        path = data.draw(st.sampled_from(sorted(described)))
        query = data.draw(queries(described[path]))
        answer = browser.get(path, headers=header, query_string=query)
        check(answer, (path, query))
        assert answer.status_code in (200, 400), (path, query, answer.text[:300])
        seen.add((path, answer.status_code))

    attack()
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []
    # The attack is worth something only where both happen.
    assert {status for _, status in seen} == {200, 400}
    assert {path for path, _ in seen} == set(described)


def test_no_query_lets_an_analyst_see_more(world, described):
    browser = world.browser(ANALYST)

    @settings(SETTINGS, max_examples=90)
    @given(st.data())
    def attack(data: Any) -> None:
        world.now += 1
        path = data.draw(st.sampled_from(sorted(described)))
        query = data.draw(queries(described[path]))
        answer = browser.get(path, headers={}, query_string=query)
        check(answer, (path, query))
        if answer.status_code == 200 and path.endswith(("/conversations", "/calls")):
            rows = next(v for v in answer.get_json().values() if isinstance(v, list))
            assert "luana.tavares" not in str(rows).lower(), (path, query)

    attack()


def test_no_method_address_or_token_is_a_mistake_of_ours(world, caplog):
    browser = world.browser()

    @settings(SETTINGS, max_examples=120)
    @given(
        st.sampled_from(METHODS),
        st.text("/.%abc012_-é~;:@", max_size=30),
        st.one_of(st.none(), HOSTILE),
        st.binary(max_size=60),
    )
    def attack(method: str, tail: str, token: str | None, body: bytes) -> None:
        said = "".join(c for c in token or "" if 31 < ord(c) < 127)
        headers = {} if token is None else {"Authorization": f"Bearer {said}"}
        path = f"{PREFIX}/{tail}"
        answer = browser.client.open(path, method=method, headers=headers, data=body)
        # An address that is written otherwise is sent to where it is written properly.
        if answer.status_code != 308:
            check(answer, (method, path))
            assert answer.status_code != 200, (method, path)

    attack()
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []
