"""Orderflow: an order-processing backend for AWS."""
