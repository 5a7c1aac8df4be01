"""What the vendors say of their own accord: web-hooks, from the web side to the collector."""
