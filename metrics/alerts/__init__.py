"""When somebody has to be told: conditions, problems and their severity."""
