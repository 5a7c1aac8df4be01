"""Files that are the same for everybody: kept by browsers for good, and never with a cookie."""

import mimetypes

from dash.fingerprint import check_fingerprint
from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress
from flask_compress.flask_compress import DictCache

from layouts import bundles

PREFIXES = ("/assets/", "/_dash-component-suites/", "/favicon.ico")
PAGES = "/<path:path>"
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
COMPRESSED = (
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
)


class _Session(SecureCookieSessionInterface):
    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_static():
            super().save_session(app, session, response)


class _CompressedFiles(DictCache):  # type: ignore[misc]
    """Files are compressed once, everything else each time."""

    def set(self, key: str, value: bytes) -> None:
        if is_static():
            super().set(key, value)


def set_up(server: Flask) -> None:
    """Before everything else that looks at answers: what comes last is compressed."""
    server.session_interface = _Session()
    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_CACHE_BACKEND=_CompressedFiles,
        COMPRESS_CACHE_KEY=lambda asked: check_fingerprint(asked.path)[0],
        COMPRESS_REGISTER=False,
    )
    compress = Compress(server)
    server.after_request(
        lambda answer: answer if _is_form(answer) else compress.after_request(answer)
    )


def _is_form(answer: Response) -> bool:
    """HTML that is not Dash's. Tokens against forged requests stand in it, beside words that come
    with the request: what is compressed tells by its length how much of the two is alike.
    """
    return answer.mimetype == "text/html" and request.endpoint != PAGES


def serve(filename: str) -> Response:
    """A file of `layouts.bundles`; one that an older page asks for is the present one."""
    name, _ = check_fingerprint(filename)
    if name not in bundles.files():
        abort(404)
    return Response(bundles.files()[name], mimetype=mimetypes.guess_type(name)[0])


def is_static() -> bool:
    return request.path.startswith(PREFIXES)


def lifetime() -> str:
    """How long the answer to this request for a file is kept, as its `Cache-Control` says it."""
    path = request.path
    is_named = check_fingerprint(path)[1]
    if path.startswith("/assets/"):
        is_named = path in bundles.addresses().values()
    return FOR_GOOD if is_named else ASK_AGAIN
