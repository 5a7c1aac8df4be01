"""The page `/staffing`."""
