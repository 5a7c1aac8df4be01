"""The page `/ai`."""
