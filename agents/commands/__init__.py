"""Thin command lines: what a person types, and what it does with the rooms beside."""
