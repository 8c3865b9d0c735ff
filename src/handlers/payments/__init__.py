"""Functions of the payments context: one module per Lambda."""
