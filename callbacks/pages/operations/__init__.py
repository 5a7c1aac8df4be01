"""The page `/operations`."""
