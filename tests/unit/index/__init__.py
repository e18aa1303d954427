"""The index: its data, its scores by hand, other weights, and what is refused."""
