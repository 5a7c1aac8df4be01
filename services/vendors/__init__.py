"""Clients of Intercom and Aircall, and their objects as rows of the canonical tables."""
