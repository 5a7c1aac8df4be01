"""Reads the vendors, live state first and history behind it, and publishes versions."""
