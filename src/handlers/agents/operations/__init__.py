"""What agents can ask of a checkout, whichever door they came by: a route of its own, or a tool of POST /mcp.

One module each, because a function's zip holds what it imports. The door has admitted the machine already.
"""
