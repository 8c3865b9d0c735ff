"""The most that one order may be of."""

MAX_LINES = 50
MAX_QUANTITY = 999  # of one product, over all lines
MAX_TOTAL = 99_999_999  # minor units
