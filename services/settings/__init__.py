"""`config.yaml` and the environment, validated once."""
