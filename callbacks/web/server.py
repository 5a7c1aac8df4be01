"""The web application: Flask with its guard first, then Dash with the pages."""

import hashlib
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from flask import Flask, Response, g, jsonify, make_response, redirect, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadSignature
from markupsafe import escape
from werkzeug.exceptions import BadRequest
from werkzeug.http import parse_cookie
from werkzeug.middleware.proxy_fix import ProxyFix

from callbacks.access import (
    first_start,
    guard,
    help,
    own_account,
    session,
    sign_in,
    single_sign_on,
    wall_code,
)
from callbacks.access.roles import ROLES_BY_CALLBACK, role_callback
from callbacks.access.routes import Route, add_route, record
from callbacks.api import blueprint as api
from callbacks.pages.analyst import export as analyst_export
from callbacks.pages.differences import page as differences
from callbacks.pages.operations import page as operations
from callbacks.reports import exports, page_query
from callbacks.setup import routes as setup
from callbacks.web import (
    errors,
    frame,
    headers,
    heartbeat,
    hooks,
    prometheus,
    recordings,
    registry,
    request_check,
    request_meter,
    static_files,
)
from layouts import bundles, ids
from layouts.components import states
from layouts.components.context import Context
from layouts.components.shell import page_frame
from layouts.elements import Element
from layouts.i18n import text_for
from layouts.roles import EVERYBODY, PAGES, ROLES
from services.runtime.backend import Backend

ROOT = Path(__file__).parents[2]
REFRESH_MILLISECONDS = 60_000
BODY_BYTES = 2**20
BUILD = "VIGIA_BUILD"
CSRF_COOKIE = "_csrf_token"
FAVICON = Route(path="/favicon.ico", endpoint="favicon", roles=None)
HOME = Route(path="/", endpoint="home", roles=EVERYBODY)
HEALTHZ = Route(path="/healthz", endpoint="healthz", roles=None)
READYZ = Route(path="/readyz", endpoint="readyz", roles=None)
ASSETS = "_dash_assets.static"
# Dash's own, which it names after their paths; who may fire which callback is looked at besides.
DASH_PATHS = (
    "/",
    "/<path:path>",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/_dash-layout",
    "/_dash-dependencies",
    "/_dash-update-component",
    "/_reload-hash",
    "/_favicon.ico",
)
DASH_ROUTES = (
    Route(path="/assets/<path:filename>", endpoint=ASSETS, roles=EVERYBODY),
    *(Route(path=path, endpoint=path, roles=EVERYBODY) for path in DASH_PATHS),
)
HIDDEN_VERSIONS = (
    "python_version",
    "dash_version",
    "dash_version_url",
    "plotly_version",
    "ddk_version",
)
# Dash's packages of components of which no page has any; on a screen in a room nothing pops up.
UNUSED = ("dash_table", "plotly")
UNUSED_ON_SCREENS = (*UNUSED, "dash_bootstrap_components")


class GuardedDash(Dash):  # type: ignore[misc]
    """Dash that tells each role of its own callbacks only, and puts the nonce on its scripts."""

    def dependencies(self) -> Any:
        """The callbacks that the reader's role may fire; clientside ones are everybody's."""
        table = self.server.config.get(ROLES_BY_CALLBACK, {})
        role = session.current_viewer().role
        foreign = tuple(
            ids.panel(page.name, "") for page in PAGES.values() if role not in page.roles
        )
        own = [
            entry
            for entry in self._callback_list
            if role in table.get(entry["output"], ())
            or (entry.get("clientside_function") and not _belongs_to_any(entry, foreign))
        ]
        return jsonify(own)

    def _config(self) -> Any:
        """What the browser's side must know; versions are only of use to an attacker.

        Where not everything comes out of its own packages, Dash asks where Plotly is.
        """
        told = {name: v for name, v in super()._config().items() if name not in HIDDEN_VERSIONS}
        return {**told, "serve_locally": False, "plotlyjs_url": bundles.address(bundles.CHARTS)}

    def _initialize_context(self, body: Any) -> Any:
        """The context of a callback; a body that our own pages never send is a bad request."""
        if not request_check.is_valid(body, self.callback_map[body["output"]]):
            raise BadRequest("not a request of this application")
        return super()._initialize_context(body)

    def interpolate_index(self, **kwargs: Any) -> str:
        role = session.current_viewer().role
        unused = UNUSED_ON_SCREENS if ROLES[role].is_screen else UNUSED
        libraries = [
            line
            for line in kwargs["scripts"].splitlines()
            if not any(f"/{name}/" in line for name in unused)
        ]
        own = {kind: bundles.address(f"{role}.{kind}") for kind in ("css", "js")}
        kwargs["config"] += "".join(
            _enclose(path, answer())
            for path, answer in (
                ("/_dash-layout", self.serve_layout),
                ("/_dash-dependencies", self.dependencies),
            )
        )
        kwargs["css"] = f'<link rel="stylesheet" href="{own["css"]}">'
        kwargs["scripts"] = "\n".join([f'<script src="{own["js"]}"></script>', *libraries])
        kwargs["favicon"] = (
            f'<link rel="icon" type="image/svg+xml" href="{bundles.address("favicon.svg")}">'
        )
        html_text = super().interpolate_index(**kwargs)
        return re.sub(r"<script(?![^>]*\bnonce=)", f'<script nonce="{g.nonce}"', html_text)


def _enclose(path: str, answer: Response) -> str:
    """What Dash's script would ask for at once, for `fetch-guard.js` to hand out."""
    words = answer.get_data(as_text=True).replace("<", "\\u003c")
    return f'<script type="application/json" data-answer="{path}">{words}</script>'


def _belongs_to_any(entry: Any, prefixes: tuple[str, ...]) -> bool:
    ends = [*entry["inputs"], *entry["state"]]
    places = [entry["output"].lstrip("."), *(str(end["id"]) for end in ends)]
    return any(place.startswith(prefixes) for place in places)


def create_app(backend: Backend) -> Dash:
    build = build_id()
    server = _create_server(backend)
    server.config[BUILD] = build
    request_meter.set_up(server, backend)
    static_files.set_up(server)
    guard.set_up(server, backend)
    headers.set_up(server, backend, build)
    errors.set_up(server, backend)
    csrf = CSRFProtect(server)
    session.set_up(server, backend)
    sign_in.set_up(server, backend)
    single_sign_on.set_up(server, backend)
    first_start.set_up(server, backend)
    own_account.set_up(server, backend)
    wall_code.set_up(server, backend)
    setup.set_up(server, backend)
    heartbeat.set_up(server, backend)
    hooks.set_up(server, backend, csrf)
    operations.add_word(server, backend)
    recordings.set_up(server, backend)
    help.set_up(server, backend)
    prometheus.set_up(server, backend)
    exports.set_up(server, backend, registry.REPORTS)
    analyst_export.set_up(server, backend)
    differences.set_up(server, backend)
    blueprint = api.blueprint(backend)
    csrf.exempt(blueprint)
    server.register_blueprint(blueprint)
    _add_routes(server, backend)
    record(server, *DASH_ROUTES)
    app = GuardedDash(
        __name__,
        server=server,
        include_assets_files=False,
        suppress_callback_exceptions=True,
        update_title=None,
        title="Vigia",
        serve_locally=True,
        compress=False,
        use_pages=False,
        use_async=False,
        enable_mcp=False,
        csrf_token_name=CSRF_COOKIE,
        health_endpoint=None,
        on_error=errors.panel_error,
    )
    app.enable_dev_tools(debug=False, dev_tools_hot_reload=False, dev_tools_ui=False)
    server.view_functions[ASSETS] = static_files.serve
    app.index_string = INDEX
    app.layout = lambda: _layout(backend)
    _register_routing(app, backend)
    frame.register(app, backend)
    registry.register(app, backend)
    server.after_request(lambda response: _with_csrf_cookie(response, backend))
    _add_page_status(server, backend)
    # Dash lists its files during the first request: whoever asks for one meanwhile gets a 404.
    app._generate_scripts_html()
    app._generate_css_dist_html()
    return app


INDEX = """<!doctype html>
<html>
<head>{%metas%}
<title>{%title%}</title>
{%favicon%}{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


@cache
def build_id() -> str:
    """A word that changes with the program: open screens load themselves anew."""
    digest = hashlib.sha256()
    for folder in ("assets", "layouts", "callbacks", "metrics"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".css", ".js", ".yaml", ".html", ".svg"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _create_server(backend: Backend) -> Flask:
    settings, environment = backend.settings, backend.environment
    assert environment.secret_key is not None
    server = Flask(__name__, static_folder=None)
    secure = settings.server.behind_tls
    server.config.update(
        SECRET_KEY=environment.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="__Host-vigia" if secure else "vigia",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_PATH="/",
        # The server-side session ends first; a device's goes on.
        PERMANENT_SESSION_LIFETIME=timedelta(days=400),
        MAX_CONTENT_LENGTH=BODY_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.server.trusted_proxies:
        hops = settings.server.trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return server


def find_largest_body(server: Flask, path: str, cookies: str, length: int) -> int:
    """Files are long; who is not signed in may not fill the memory with one."""
    if length > BODY_BYTES:
        hooks.note_refused_body(server, path)
    if not path.startswith(differences.FILES):
        return BODY_BYTES
    serializer = SecureCookieSessionInterface().get_signing_serializer(server)
    cookie = parse_cookie(cookies).get(server.config["SESSION_COOKIE_NAME"], "")
    try:
        known = serializer.loads(cookie) if serializer else {}
    except BadSignature:
        known = {}
    return differences.LARGEST if "_user_id" in known else BODY_BYTES


def _add_routes(server: Flask, backend: Backend) -> None:
    def favicon() -> Response:
        return static_files.serve("favicon.svg")

    def home() -> Response:
        return make_response(
            redirect(session.find_home(session.current_viewer().role, backend), 302)
        )

    add_route(server, FAVICON, favicon)
    add_route(server, HOME, home)
    add_route(server, HEALTHZ, lambda: jsonify({"status": "ok"}))
    add_route(server, READYZ, lambda: _answer_readiness(backend))


def _answer_readiness(backend: Backend) -> Response:
    """200 once every configured vendor has answered or failed once, else 503 with the reason."""
    snapshot = backend.dataset.snapshot()
    waiting = ["snapshot"]
    if snapshot is not None:
        waiting = [n for n, status in snapshot.sources.items() if status.state == "starting"]
    response: Response = jsonify({"ready": not waiting, "waiting_for": waiting})
    response.status_code = 503 if waiting else 200
    return response


def _add_page_status(server: Flask, backend: Backend) -> None:
    """Dash answers 200 to any address; pages of another role are 403, unknown ones 404."""

    def after(response: Response) -> Response:
        catches_all = request.endpoint is not None and request.endpoint.endswith("/<path:path>")
        if catches_all and response.status_code == 200:
            path = request.path.rstrip("/")
            if path not in PAGES:
                response.status_code = 404
            elif guard.page_for(path, session.current_viewer(backend), backend) is None:
                response.status_code = 403
        if catches_all and response.mimetype == "text/html":
            _add_language_and_theme(response, backend)
        return response

    server.after_request(after)


def _add_language_and_theme(response: Response, backend: Backend) -> None:
    text = text_for(session.choose_language(request.cookies, backend))
    theme = session.choose_theme(request.cookies)
    kinds = ("stale", "offline", "refused_part")
    stale, offline, refused = (escape(text(f"shell.{state}", s="{s}")) for state in kinds)
    opening = (
        f'<html lang="{text.language}" data-bs-theme="{theme}" '
        f'data-stale="{stale}" data-offline="{offline}" data-refused="{refused}" '
        f'data-panel-parameters="{" ".join(page_query.PANEL)}" '
        f'data-shared-parameters="{" ".join(page_query.SHARED)}">'
    )
    response.set_data(response.get_data(as_text=True).replace("<html>", opening, 1))


def _with_csrf_cookie(response: Response, backend: Backend) -> Response:
    """The token that Dash's own script sends back in a header; scripts must be able to read it."""
    # Where the store is down nobody can be looked up, and no page is shown either.
    is_page = response.mimetype == "text/html" and response.status_code < 500
    if is_page and not static_files.is_static() and current_user.is_authenticated:
        secure = backend.settings.server.behind_tls
        response.set_cookie(CSRF_COOKIE, generate_csrf(), samesite="Lax", secure=secure)
    return response


def _layout(backend: Backend) -> html.Div:
    """What every page shares, and the page of the address; `dcc.Interval` beats once a minute."""
    seconds = backend.settings.sync.interval_seconds
    milliseconds = min(REFRESH_MILLISECONDS, max(5, seconds) * 1000)
    here: dict[str, str] = {}
    page = None
    if request.path.rstrip("/") in PAGES:
        search = request.query_string.decode("ascii", "replace")
        here = {"pathname": request.path, "search": f"?{search}" if search else ""}
        page = _draw_page(request.path, here["search"], backend)
    return html.Div(
        [
            dcc.Location(id=ids.URL, refresh="callback-nav", **here),
            dcc.Interval(id=ids.REFRESH, interval=milliseconds),
            html.Div(page, id=ids.PAGE),
        ]
    )


def _register_routing(app: Dash, backend: Backend) -> None:
    @role_callback(app, roles=EVERYBODY)(
        Output(ids.PAGE, "children"),
        Input(ids.URL, "pathname"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def show_page(path: str | None, search: str | None) -> Any:
        if not isinstance(path, str):
            return no_update
        return _draw_page(path, search if isinstance(search, str) else "", backend)


def _draw_page(path: str, search: str, backend: Backend) -> Element:
    path = path.rstrip("/") or "/"
    context = session.current_context(backend, path)
    page = guard.page_for(path, session.current_viewer(backend), backend)
    return registry.PAGES[path].render(context, search) if page else _draw_no_page(path, context)


def _draw_no_page(path: str, context: Context) -> Element:
    home = dcc.Link(context.text("shell.home"), href=ROLES[context.role].home, className="button")
    text = context.text
    if path in PAGES:
        drawn = states.forbidden(context, home)
    else:
        drawn = states.message(
            "empty", context, text("states.not_found"), text("states.not_found_words"), home
        )
    return page_frame(context, "Vigia", html.Div(drawn, className="state-page"))
