"""Signs of the city: figures with their coverage, recomputed by others."""
