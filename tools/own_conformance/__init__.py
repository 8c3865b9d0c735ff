"""Our conformance suite at our own stack: what it buys, how the stack stands meanwhile, and what came of it."""
