"""Originals of evidence: what a file is by its content, and where the bytes stand beside the log."""
