"""Baselines of signs, other thresholds, heat, and the record of a sign."""
