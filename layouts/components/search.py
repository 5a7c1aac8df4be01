"""A field for words to look for."""

from dash import dcc, html

from layouts.icons import icon


def search_field(field_id: str, value: str, label: str) -> html.Label:
    """A field that searches while one types; its label is read out, and stands in it until then.

    Args:
        field_id: Id of the `dcc.Input` inside.
        value: The words that are looked for now.
    """
    return html.Label(
        [
            icon("search"),
            html.Span(label, className="unseen"),
            dcc.Input(
                id=field_id,
                type="search",
                value=value,
                placeholder=label,
                debounce=0.3,
                maxLength=200,
                autoComplete="off",
            ),
        ],
        className="search-field",
    )
