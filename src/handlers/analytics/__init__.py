"""Functions of the analytics context: one module per Lambda."""
