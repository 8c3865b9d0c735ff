"""A tiny merchant server for the suite's own tests: right by default, wrong in one respect when told so."""
