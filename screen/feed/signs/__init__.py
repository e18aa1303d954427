"""Signs of the city: what the screen knows of them, what the wall is told, and whose wall it may be."""
