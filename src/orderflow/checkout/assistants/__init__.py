"""The checkout as tools of the Model Context Protocol (MCP), which AI assistants call by JSON-RPC 2.0."""
