"""Keeps a worker running: when it must be replaced, and the process that does it."""
