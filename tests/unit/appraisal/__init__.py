"""Objections to figures, and the adoption of indexes."""
