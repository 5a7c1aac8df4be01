"""`/help/<guide>`: the documentation that came with the program, with no other host asked."""

from flask import Flask, Response, abort, make_response, request

from callbacks.access.routes import Route, add_route
from callbacks.access.session import choose_language, choose_theme
from layouts.access import guides, plain_pages
from layouts.i18n import text_for
from layouts.roles import EVERYBODY
from services.runtime.backend import Backend

HELP = Route(path="/help/<guide>", endpoint="help", roles=EVERYBODY, by_hand=True)


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, HELP, lambda guide: _show(guide, backend))


def _show(guide: str, backend: Backend) -> Response:
    text = text_for(choose_language(request.cookies, backend))
    content = guides.read_guide(guide, text.language) if guide in guides.NAMES else None
    if content is None:
        abort(404)
    theme = choose_theme(request.cookies)
    return make_response(plain_pages.guide_page(text, theme=theme, name=guide, content=content))
