"""The page `/crosstabs`."""
