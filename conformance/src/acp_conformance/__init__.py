"""Checks any merchant server of the Agentic Commerce Protocol against its requirements, by URL."""

__version__ = "0.1.0"
