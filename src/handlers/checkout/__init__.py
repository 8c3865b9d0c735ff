"""Functions of the checkout context: one module per Lambda."""
