"""HTML and Dash's controls, as the plain dictionaries that the browser is sent.

A page has thousands of them. An object of Dash's own costs 7 µs to make and 10 µs to write as JSON,
a dictionary 0.3 µs in all, and Dash sends both alike. It is Dash's own class that knows the
properties of each: tests make every element of every page with it.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypedDict

import dash
import dash_bootstrap_components


class Element(TypedDict):
    type: str
    namespace: str
    props: dict[str, Any]


class Library:
    """One of Dash's packages: `html.Div("words", className="note")` makes an element of it."""

    def __init__(self, package: ModuleType) -> None:
        self._package = package

    def __getattr__(self, name: str) -> Callable[..., Element]:
        component = getattr(self._package, name)
        kind, namespace = component._type, component._namespace

        def element(children: Any = None, **properties: Any) -> Element:
            props = properties if children is None else {"children": children, **properties}
            return {"type": kind, "namespace": namespace, "props": props}

        setattr(self, name, element)
        return element


html, dcc, dbc = Library(dash.html), Library(dash.dcc), Library(dash_bootstrap_components)
