"""Measures of work: the book, the ledger, its answers and the command."""
