"""Functions of the orders context: one module per Lambda."""
