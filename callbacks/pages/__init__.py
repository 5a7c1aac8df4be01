"""One folder a page: query, figures, actions. Pages do not know each other."""
