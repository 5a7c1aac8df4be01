"""Timings of what has to be fast; not part of the test run."""
