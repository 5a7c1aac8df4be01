"""The definitions: one function a number, one theme a module."""
