"""Order events sent to agents: signed, repeated until they arrive, in order for each order."""
