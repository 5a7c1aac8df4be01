"""Bytes in two stores on disk or in Redis, with locks, the lease and commands."""
