"""The oversight service: its books, its answers, its snapshot."""
