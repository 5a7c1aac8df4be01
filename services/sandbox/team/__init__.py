"""The invented support team: its people, its hours, and what its customers want of it.

What happens follows from seed, size and start alone; each purpose draws from a random generator of
its own.
"""
