"""The OpenAPI 3.1 document: parameters from the query models, answers from the schema."""

from typing import Any, Literal, get_origin

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from callbacks.api.routes import ROUTES, ApiRoute
from callbacks.api.schema import Error
from metrics.model.catalog import CATALOG
from metrics.model.schema import ATTRIBUTE_PREFIX

REFERENCE = "#/components/schemas/{model}"
# Status -> (name in the document, when).
REFUSALS = {
    "400": ("BadRequest", "A parameter cannot be used; the message names it."),
    "401": ("Unauthorized", "Neither a valid token nor a signed-in session."),
    "403": ("Forbidden", "Not for this reader."),
    "429": ("TooManyRequests", "More requests in a minute than one reader may make."),
    "503": ("Starting", "No data has been collected yet, or the store does not answer."),
}
DESCRIPTION = """\
Numbers of a support operation: text (Intercom) and voice (Aircall). The functions that fill the
screens answer here. Durations are seconds, shares lie in 0..1, instants are ISO 8601 in UTC, days
are local (`time_zone`) and both ends are included. `null` is "no data", never zero.

An analyst's session is answered with the analyst's own rows, whatever is asked for; queue and
line are then as on the wall. Other routes answer managers and the token only."""


def document(labels: tuple[str, ...], cookie: str) -> dict[str, Any]:
    """Each of `labels` (attributes of the settings) is a filter; `cookie` is the session's name."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vigia", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": {route.path: {"get": _operation(route, labels)} for route in ROUTES.values()},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`API_TOKEN`"},
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
            },
            "schemas": _schemas(),
            "responses": {
                name: {"description": when, "content": _content(Error)}
                for name, when in REFUSALS.values()
            },
        },
    }


def _operation(route: ApiRoute, labels: tuple[str, ...]) -> dict[str, Any]:
    content = _content(route.answer) if route.answer else {"application/json": {"schema": {}}}
    refusals = {
        status: {"$ref": f"#/components/responses/{answer}"}
        for status, (answer, _) in REFUSALS.items()
    }
    return {
        "operationId": route.name,
        "summary": route.purpose,
        "description": f"Roles: {', '.join(sorted(route.roles))}, or the token.",
        "parameters": _parameters(route, labels),
        "responses": {"200": {"description": route.purpose, "content": content}, **refusals},
    }


def _parameters(route: ApiRoute, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    schema = route.query.model_json_schema(ref_template=REFERENCE)
    required = schema.get("required", [])
    parameters = []
    for name, field in route.query.model_fields.items():
        public = field.alias or name
        if name == "attributes":
            continue
        shape = _without_null(schema["properties"][public])
        if name == "metric":
            shape["enum"] = [k for k, m in CATALOG.items() if route.rows in (None, m.table)]
        parameter = {
            "name": public,
            "in": "query",
            "required": public in required,
            "description": field.description,
            "schema": shape,
        }
        if get_origin(field.annotation) is tuple:
            parameter |= {"style": "form", "explode": True}
        parameters.append(parameter)
    if "attributes" in route.query.model_fields:
        parameters += [_attribute(label) for label in labels]
    return parameters


def _attribute(label: str) -> dict[str, Any]:
    return {
        "name": ATTRIBUTE_PREFIX + label,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": True,
        "description": "A value of this attribute (empty: not filled in); may be repeated. "
        "Any other attribute of the workspace filters in the same way.",
        "schema": {"type": "array", "items": {"type": "string"}},
    }


def _without_null(shape: dict[str, Any]) -> dict[str, Any]:
    """A parameter's shape when it is given; whether it must be is said elsewhere."""
    choices = [choice for choice in shape.get("anyOf", []) if choice != {"type": "null"}]
    shape_given = choices[0] if choices else shape
    return {
        key: value
        for key, value in shape_given.items()
        if key not in ("title", "description") and (key != "default" or value not in ([], None))
    }


def _content(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}


def _schemas() -> dict[str, Any]:
    answers = [route.answer for route in ROUTES.values() if route.answer]
    described: list[tuple[Any, Literal["validation"]]] = [
        (model, "validation") for model in (*answers, Error)
    ]
    _, schema = models_json_schema(described, ref_template=REFERENCE)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions
