"""The definitions: one expression a number, one theme a module.

The order of the imports is that of the catalogue, and so of files and API.
"""
# ruff: noqa: F401, I001

from metrics.measures import tickets
from metrics.measures import workload
from metrics.measures import responsiveness
from metrics.measures import satisfaction
from metrics.measures import ai_agent
from metrics.measures import stocks
from metrics.measures import telephony
