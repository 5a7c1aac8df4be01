"""The page `/backoffice`."""
