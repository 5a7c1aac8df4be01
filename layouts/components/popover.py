"""What opens below a button, and closes when one clicks beside it."""

from typing import Any

import dash_bootstrap_components as dbc


def popover(
    target: Any, body: Any, class_name: str = "chooser", placement: str = "bottom-start"
) -> dbc.Popover:
    """The part that opens.

    Args:
        target: Id of the button.
        body: What it holds.
        class_name: How it looks.
        placement: Below the button's start or its end.
    """
    return dbc.Popover(
        dbc.PopoverBody(body),
        target=target,
        trigger="legacy",
        placement=placement,
        hide_arrow=True,
        className=class_name,
    )
