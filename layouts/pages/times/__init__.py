"""The page `/times`."""
