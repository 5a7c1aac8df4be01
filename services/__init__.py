"""The outside world: vendors, stores, accounts, and the collector that feeds them."""

VERSION = "0.3"
