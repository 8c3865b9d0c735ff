"""What every handler shares: HTTP in and out, errors, settings, logging, clock, ids, paging."""
