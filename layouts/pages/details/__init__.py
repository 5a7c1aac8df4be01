"""The page `/details`."""
