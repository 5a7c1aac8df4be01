"""What every answer says to the browser about its limits."""

from flask import Flask, Response, g

from callbacks.web import static_files
from services.runtime.backend import Backend


def set_up(server: Flask, backend: Backend, build: str) -> None:
    behind_tls = backend.settings.server.behind_tls
    server.after_request(lambda response: _with_headers(response, behind_tls, build))


def _with_headers(response: Response, behind_tls: bool, build: str) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = policy(g.get("nonce", ""))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    headers["X-Build"] = build
    if behind_tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    is_file = static_files.is_static() and response.status_code < 400
    headers["Cache-Control"] = static_files.lifetime() if is_file else "no-store"
    return response


def policy(nonce: str) -> str:
    """Styles may stand in elements: Dash, Plotly and React set them there. No host but ours."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        )
    )
