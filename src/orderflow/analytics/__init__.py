"""Figures of the shop and of each customer, by day: counted from what orders become, never by reading the orders."""
