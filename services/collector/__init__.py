"""Reads the vendors, live state first and history behind it, and publishes versions.

All clocks here give Unix seconds.
"""
