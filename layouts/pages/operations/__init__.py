"""The page `/operations`."""

PAGE, PATH = "operations", "/operations"
