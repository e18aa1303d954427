"""Kills, freezes, bad networks."""
