"""Bytes in two stores on disk or in Redis, with leases, commands and private folders."""
