"""How a request is refused, and who waits for the answer: a person or a script."""

from collections.abc import Mapping

from flask import Response, jsonify, request


def json_error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    response: Response = jsonify({"error": {"code": code, "message": message}})
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def is_navigation() -> bool:
    """Browsers say so themselves, but not over plain HTTP, as in an office network."""
    if request.method != "GET" or request.path.startswith(("/_", "/assets/")):
        return False
    destination = request.headers.get("Sec-Fetch-Dest")
    if destination is not None:
        return destination == "document"
    if request.headers.get("X-Requested-With"):
        return False
    accepted = request.headers.get("Accept", "*/*")
    return "text/html" in accepted or "json" not in accepted
