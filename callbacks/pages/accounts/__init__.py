"""The page `/accounts`."""
