"""The signs as data."""
