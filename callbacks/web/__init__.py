"""The Flask application: composition, pages and their routes, headers, health, errors."""
