"""Work about signs of the city: other thresholds of one, and all as a table of an export."""
