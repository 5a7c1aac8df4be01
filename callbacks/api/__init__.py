"""JSON for machines under `/api/v1`: the same functions that fill the screens answer here."""
