"""A field for words to look for."""

from layouts.elements import Element, dcc, html
from layouts.icons import icon


def search_field(field_id: str, value: str, label: str) -> Element:
    """Searches while one types; the label is read out, and stands in the field until then."""
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
