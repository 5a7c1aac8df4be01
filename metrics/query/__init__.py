"""Asking: values, groups, rows behind a cell, comparisons."""
