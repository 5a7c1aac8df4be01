"""The page `/quality`."""
