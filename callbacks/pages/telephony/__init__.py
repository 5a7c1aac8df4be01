"""The page `/telephony`."""
