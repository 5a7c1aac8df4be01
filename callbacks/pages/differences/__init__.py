"""The page `/differences`."""
