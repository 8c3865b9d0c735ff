"""Payments: one charge per order behind a provider port, and its way back."""
