"""Versions of the Model Context Protocol that are served here.

2026-07-28 has no handshake: each request says its version in `_meta` and in a header. Before, `initialize` chose one.
Older than 2025-06-18 are none: they let clients send batches.
"""

MODERN = ("2026-07-28",)
LEGACY = ("2025-11-25", "2025-06-18")  # newest first
SUPPORTED = (*MODERN, *LEGACY)
