"""The page `/alerts`."""
