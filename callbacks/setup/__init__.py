"""The guided set-up: what a manager is asked, what is kept of it, and which numbers it moves."""
