"""Two invented vendors on one small HTTP server. Imports nothing of the rest of Vigia."""
