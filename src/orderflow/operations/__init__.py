"""What people do to a running shop, kept for good; and what they look at that no single context can show."""
