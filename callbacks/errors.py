"""A callback that fails: the log gets the traceback, the reader a reference, the page lives on."""

import logging
import secrets

from dash import ctx, no_update
from dash.development.base_component import Component
from flask import has_request_context, request

from layouts import words
from layouts.components.states import failed_words

log = logging.getLogger(__name__)


def panel_error(error: Exception) -> Component | list[Component]:
    """What stands in the place of a panel that could not be drawn."""
    reference = secrets.token_hex(4)
    log.error("callback failed, reference %s", reference, exc_info=error)
    language = request.cookies.get("vigia_lang", "") if has_request_context() else ""
    drawn = failed_words(words.text_for(language), reference)
    outputs = ctx.outputs_list
    if isinstance(outputs, list):
        return [drawn if o.get("property") == "children" else no_update for o in outputs]
    return drawn
