"""The second computation of the real use is one of its own, and right by the standards."""
