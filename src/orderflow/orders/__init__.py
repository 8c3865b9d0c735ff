"""Orders: intake, the status machine, reading, and the start of the order workflow."""
