"""The operators' command line: an adapter, like a handler. It parses, calls use cases and shows what they answer."""
