"""Checkout sessions of the Agentic Commerce Protocol: what an assistant puts together before it becomes an order."""
