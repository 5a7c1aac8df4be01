"""The operations wall."""

from dash import Dash, html
from dash.development.base_component import Component

from layouts.context import Context
from layouts.shell import page_frame
from services.backend import Backend


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""


def render(context: Context, search: str) -> Component:
    """The page's frame."""
    return page_frame(context, "Operação", html.Div())
