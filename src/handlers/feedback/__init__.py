"""Functions of the feedback context: one module per Lambda."""
