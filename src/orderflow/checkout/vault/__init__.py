"""The vault of a sandbox: delegated payment tokens of test cards, for machines that nobody pays with."""
