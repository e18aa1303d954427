"""Orders at a command line: issued, moved on, listed and shown."""
