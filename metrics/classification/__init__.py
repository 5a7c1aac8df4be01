"""The goal of classified conversations, and which reason a text suggests."""
