"""The page `/settings`."""
