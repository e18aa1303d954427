"""Signs of the city (体征): figures of how the city is, each with its coverage, of what was due."""
