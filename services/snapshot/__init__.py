"""Versions of the tables in the cache: partitions, manifest, writing and reading."""
