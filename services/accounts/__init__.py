"""People and machines that may come in: accounts, sessions, tokens, devices, audit."""
