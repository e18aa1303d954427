"""Sharing of data between departments at a command line; who may do what, and when, says `streams.directory.sharing`."""
