"""Stage 4: what partitions of facts count becomes signs of the city; a pure fold of one partition."""
