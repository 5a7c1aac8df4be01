"""The page `/analyst`."""
