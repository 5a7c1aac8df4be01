"""One folder a page: values in, components out. Pages do not know each other."""
