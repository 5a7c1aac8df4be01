"""The page `/status`."""
